import type { Statement } from "../../lib/iam.ts";
import { parameterRoot } from "../../lib/names.ts";
import { PREFIXES } from "../../lib/prefixes.ts";
import { environmentPrefix } from "../names.ts";
import { readGuard } from "./read-guard.ts";
import { iam, regional, secrets, tagged, type Reach } from "./reach.ts";

/** Where AWS publishes the images of Amazon, Canonical and others; anybody may read it. */
const PUBLIC_PARAMETERS = "parameter/aws/service/*";

/**
 * What `pulumi preview` and `pulumi refresh` ask AWS about the types of resource that the main program makes,
 * and nothing they do not: no secret's value, no parameter but Amazon's own, no object.
 *
 * Derived from the read calls of the AWS provider for each type of the plans; `test/bootstrap/actions-of-types.ts`
 * lists them by type and fails for a type in any plan that is not listed, or whose calls are not allowed here.
 * AWS's own `ReadOnlyAccess` is no alternative: it reads every object of every bucket.
 */
export function readRights(reach: Reach): Statement[] {
  const { region, account } = reach.account;
  const prefix = environmentPrefix(reach.environment);
  return [
    {
      sid: "ReadHostsAndNetworks",
      // None of these knows a resource: the list of a region is asked for as a whole (service authorization reference).
      actions: ["ec2:Describe*", "autoscaling:Describe*"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": region } },
    },
    {
      sid: "ReadRoles",
      actions: [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:GetInstanceProfile",
        "iam:ListRolePolicies",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
      ],
      resources: [iam(reach, `role/${prefix}*`), iam(reach, `instance-profile/${prefix}*`)],
    },
    {
      sid: "ReadBuckets",
      actions: [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucket*",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListTagsForResource",
      ],
      resources: [`arn:aws:s3:::${prefix}*`],
    },
    {
      sid: "ReadKeys",
      actions: ["kms:DescribeKey", "kms:GetKey*", "kms:ListResourceTags"],
      resources: [regional(reach, "kms", "key/*")],
      conditions: tagged(reach),
    },
    { sid: "ReadAliases", actions: ["kms:ListAliases"], resources: ["*"] },
    {
      sid: "ReadSecretNames",
      actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
      resources: [regional(reach, "secretsmanager", "secret:*")],
      conditions: tagged(reach),
    },
    {
      sid: "ReadAlarms",
      actions: ["sns:GetTopicAttributes", "sns:GetSubscriptionAttributes", "sns:ListSubscriptionsByTopic"],
      resources: [regional(reach, "sns", `${prefix}*`)],
    },
    {
      sid: "ReadTagsOfAlarms",
      actions: ["sns:ListTagsForResource"],
      resources: [regional(reach, "sns", `${prefix}*`)],
    },
    {
      sid: "ReadBudgets",
      actions: ["budgets:ViewBudget", "budgets:ListTagsForResource"],
      resources: [`arn:aws:budgets::${account}:budget/${prefix}*`],
    },
    {
      sid: "FindLogGroups",
      actions: ["logs:DescribeLogGroups"],
      resources: [regional(reach, "logs", "log-group:*")],
    },
    {
      sid: "ReadLogGroups",
      actions: ["logs:ListTagsForResource"],
      resources: [
        regional(reach, "logs", `log-group:${parameterRoot(reach)}/*`),
        regional(reach, "logs", `log-group:/aws/lambda/${prefix}*`),
      ],
    },
    {
      sid: "ReadZones",
      actions: ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"],
      // A zone gets its id from AWS, and Route 53 knows no condition on the tags of one.
      resources: ["arn:aws:route53:::hostedzone/*"],
    },
    { sid: "WaitForZones", actions: ["route53:GetChange"], resources: ["arn:aws:route53:::change/*"] },
    { sid: "FindZones", actions: ["route53:ListHostedZones"], resources: ["*"] },
    {
      sid: "ReadImages",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: [`arn:aws:ssm:${region}::${PUBLIC_PARAMETERS}`],
    },
    ...readGuard(reach),
  ];
}

/**
 * The programs of hosts, which a refresh compares by their metadata; S3 asks the same right for an object's
 * metadata as for the object. Not given to pull requests, which do not refresh. Results stay closed.
 */
export function readHostPrograms(reach: Reach): Statement[] {
  const prefix = environmentPrefix(reach.environment);
  return [
    {
      sid: "ReadHostPrograms",
      actions: ["s3:GetObject", "s3:GetObjectTagging"],
      resources: [`arn:aws:s3:::${prefix}artifacts-*/${PREFIXES.hosts}*`],
    },
    {
      sid: "OpenHostPrograms",
      actions: ["kms:Decrypt"],
      resources: [regional(reach, "kms", "key/*")],
      conditions: {
        StringEquals: {
          ...tagged(reach).StringEquals,
          "kms:ViaService": `s3.${reach.account.region}.amazonaws.com`,
        },
      },
    },
  ];
}

/**
 * The secrets that the stack's governance hands to GitHub, one by one: a preview reads them too, since the program
 * does. Not given to pull requests, whose code nobody has seen yet; the settings refuse it.
 */
export function readNamedSecrets(reach: Reach, names: readonly string[]): Statement[] {
  if (names.length === 0) return [];
  return [
    {
      sid: "HandToGithub",
      actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
      resources: secrets(reach, names),
    },
  ];
}
