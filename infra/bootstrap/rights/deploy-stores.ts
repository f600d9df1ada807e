import type { Statement } from "../../lib/iam.ts";
import { domainOf, parameterRoot } from "../../lib/names.ts";
import { environmentPrefix } from "../names.ts";
import type { EnvironmentSettings } from "../settings/schema.ts";
import { regional, secrets, tagged, taggedAtCreation, type Reach } from "./reach.ts";

/** Buckets, keys, logs, alarms, budgets, secrets' names and DNS of one environment. */
export function deployStores(
  reach: Reach,
  { hostSecrets }: Pick<EnvironmentSettings, "hostSecrets">,
): Statement[] {
  const prefix = environmentPrefix(reach.environment);
  const { account } = reach.account;
  return [
    {
      sid: "Buckets",
      actions: [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:ListBucket*",
        "s3:PutBucket*",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
        "s3:UntagResource",
      ],
      resources: [`arn:aws:s3:::${prefix}*`],
    },
    {
      sid: "Artifacts",
      actions: [
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
        "s3:PutObjectTagging",
      ],
      resources: [`arn:aws:s3:::${prefix}*/*`],
    },
    {
      sid: "MakeKey",
      // The key has no ARN before it is made: AWS takes nothing but * here.
      actions: ["kms:CreateKey"],
      resources: ["*"],
      conditions: taggedAtCreation(reach),
    },
    {
      sid: "ManageOwnKey",
      actions: [
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:EnableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
      ],
      resources: [regional(reach, "kms", "key/*")],
      conditions: tagged(reach),
    },
    {
      sid: "NameOwnKey",
      actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      // By its whole name: the alias of the environment's state key begins alike.
      resources: [regional(reach, "kms", `alias/${prefix}key`)],
    },
    {
      sid: "UseOwnKey",
      actions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
      resources: [regional(reach, "kms", "key/*")],
      conditions: {
        StringEquals: { ...tagged(reach).StringEquals, "kms:ViaService": throughServices(reach) },
      },
    },
    {
      sid: "LendOwnKey",
      // A table and a function that the key encrypts get a grant on it as they are made.
      actions: ["kms:CreateGrant"],
      resources: [regional(reach, "kms", "key/*")],
      conditions: {
        StringEquals: { ...tagged(reach).StringEquals, "kms:ViaService": throughServices(reach) },
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    },
    ...nameSecrets(reach, hostSecrets),
    {
      sid: "ManageOwnSecrets",
      actions: [
        "secretsmanager:DeleteSecret",
        "secretsmanager:RestoreSecret",
        "secretsmanager:TagResource",
        "secretsmanager:UpdateSecret",
      ],
      resources: [regional(reach, "secretsmanager", "secret:*")],
      conditions: tagged(reach),
    },
    {
      sid: "Alarms",
      actions: [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetSubscriptionAttributes",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
      ],
      resources: [regional(reach, "sns", `${prefix}*`)],
    },
    {
      sid: "Budgets",
      actions: ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"],
      resources: [`arn:aws:budgets::${account}:budget/${prefix}*`],
    },
    {
      sid: "LogGroups",
      actions: [
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DisassociateKmsKey",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      resources: [
        regional(reach, "logs", `log-group:${parameterRoot(reach)}/*`),
        regional(reach, "logs", `log-group:/aws/lambda/${prefix}*`),
      ],
    },
    {
      sid: "MakeZone",
      actions: ["route53:CreateHostedZone"],
      resources: ["*"],
    },
    {
      sid: "ManageZone",
      // Route 53 deletes no zone that holds a name, and names of other domains are closed by the next statement.
      actions: [
        "route53:AssociateVPCWithHostedZone",
        "route53:ChangeTagsForResource",
        "route53:DeleteHostedZone",
        "route53:UpdateHostedZoneComment",
      ],
      resources: ["arn:aws:route53:::hostedzone/*"],
    },
    {
      sid: "ChangeOwnNames",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: ["arn:aws:route53:::hostedzone/*"],
      conditions: {
        "ForAllValues:StringLike": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": [domainOf(reach), `*.${domainOf(reach)}`],
        },
        // ForAllValues also holds where nothing is named: the key must be there.
        Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
      },
    },
  ];
}

/**
 * Secrets are made with the environment's tag, which takes a right to tag what carries none yet: by name, or the role
 * could lay its tag on anybody's secret, and then change or delete that. Their values are put in by people.
 */
function nameSecrets(reach: Reach, names: readonly string[]): Statement[] {
  if (names.length === 0) return [];
  return [
    {
      sid: "NameSecrets",
      actions: ["secretsmanager:CreateSecret", "secretsmanager:TagResource"],
      // The documentation leaves open whether a secret that is not there yet has AWS's six characters in its ARN.
      resources: [
        ...secrets(reach, names),
        ...names.map((name) => regional(reach, "secretsmanager", `secret:${name}`)),
      ],
      conditions: taggedAtCreation(reach),
    },
  ];
}

/** Services that open what the environment's key encrypts, as the deployment asks them. */
function throughServices({ account: { region } }: Reach): string[] {
  return ["dynamodb", "lambda", "s3"].map((service) => `${service}.${region}.amazonaws.com`);
}
