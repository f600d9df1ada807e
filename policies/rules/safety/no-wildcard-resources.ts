import { z } from "zod";
import { allowsOf, type PolicyStatement } from "../../documents.ts";
import { resourceRule } from "../../rule.ts";

/**
 * Actions that know no resource, so that AWS takes nothing but `*`. A final * stands for any rest of the name.
 * Source: AWS Service Authorization Reference.
 */
const WITHOUT_RESOURCES: readonly string[] = [
  "autoscaling:Describe*",
  "bedrock:ListFoundationModels",
  "ce:GetCostAndUsage",
  "cloudwatch:GetMetricData",
  "cloudwatch:GetMetricStatistics",
  "cloudwatch:ListMetrics",
  "cloudwatch:PutMetricData",
  "dynamodb:ListTables",
  "ec2:Describe*",
  "ec2messages:*",
  "ecr:GetAuthorizationToken",
  "kms:ListAliases",
  "kms:ListKeys",
  "pricing:*",
  "route53:ListHostedZones",
  "route53:ListHostedZonesByName",
  "s3:ListAllMyBuckets",
  "ssm:DescribeInstanceInformation",
  "ssm:DescribeParameters",
  "ssm:UpdateInstanceInformation",
  "ssmmessages:*",
  "sts:GetCallerIdentity",
  "tag:GetResources",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

export const noWildcardResources = resourceRule({
  name: "no-wildcard-resources",
  level: "mandatory",
  why: "A right on every resource reaches production, other teams and whatever is made later in the same account.",
  fix: "name the ARNs, or add a condition on a tag of the resource",
  outside: ["CKV_AWS_355", "CKV_AWS_356", "CKV_AWS_288", "CKV_AWS_289"],
  parameters: z.strictObject({
    /** Further actions without resources, for example `iotfleetwise:ListFleets`. */
    withoutResources: z.array(z.string().min(1)).default([]),
  }),
  *checkResource(resource, { parameters }) {
    const free = [...WITHOUT_RESOURCES, ...parameters.withoutResources];
    for (const statement of allowsOf(resource, "identity")) {
      if (!coversEverything(statement) || isBoundByTag(statement)) continue;
      const bound = statement.actions.filter((action) => !free.some((pattern) => matches(pattern, action)));
      if (bound.length > 0 || statement.actions.length === 0)
        yield `${statement.label} allows ${bound.join(", ") || "actions"} on every resource`;
    }
  },
});

function coversEverything({ resources, notResources }: PolicyStatement): boolean {
  return notResources.length > 0 || resources.some(isEverything);
}

/** True for `*`, and for an ARN that leaves its service, its name, or its account and all of a type open. */
function isEverything(resource: string): boolean {
  if (/^[*?]/.test(resource)) return true;
  const [, , service = "", , account = "", ...names] = resource.split(":");
  if (names.length === 0) {
    // A wildcard stands for colons too: `arn:aws:*` and `ar*` reach to the end of every ARN.
    const [known = ""] = resource.split(WILD);
    return known !== resource && ("arn:".startsWith(known) || known.startsWith("arn:"));
  }
  const name = names.join(":");
  return (
    WILD.test(service) || /^[*?/:]+$/.test(name) || (WILD.test(account) && /^[^/:]*[/:][*?/:]+$/.test(name))
  );
}

const WILD = /[*?]/;

/** `aws:ResourceTag/…` and its forms by service, `ec2:ResourceTag/…` or `s3:ExistingObjectTag/…`. */
function isBoundByTag({ conditions }: PolicyStatement): boolean {
  return Object.entries(conditions).some(([operator, keys]) => {
    // All others also hold for a missing tag, or for every tag but one.
    const isLike = operator.toLowerCase() === "stringlike";
    if (!isLike && operator.toLowerCase() !== "stringequals") return false;
    return Object.entries(keys).some(
      ([key, values]) =>
        /:(?:resourcetag|existingobjecttag)\//i.test(key) &&
        values.length > 0 &&
        !(isLike && values.some((value) => /^[*?]*$/.test(value))),
    );
  });
}

/** A wildcard in the action itself is text here: `ec2:*` is not covered by `ec2:Describe*`. */
function matches(pattern: string, action: string): boolean {
  const [wanted, found] = [pattern.toLowerCase(), action.toLowerCase()];
  return wanted.endsWith("*") ? found.startsWith(wanted.slice(0, -1)) : found === wanted;
}
