import type { AwsRequest } from "../support/aws-proxy.ts";
import { ACCOUNT } from "../auditors/iam-simulate.ts";
import { callsOf, type AwsCall } from "./aws-calls.ts";

/** Parameters of a request that name what it is about. */
type Parameters = (name: string) => string;

const iam = (kind: string, name: string) => (of: Parameters) => `arn:aws:iam::${ACCOUNT}:${kind}/${of(name)}`;
const budget = (of: Parameters) => `arn:aws:budgets::${ACCOUNT}:budget/${of("BudgetName")}`;
const everything = () => "*";

/**
 * By service and operation: the action, where it is called otherwise, and what it is asked of. Undefined where no right
 * is needed. Source: Service authorization reference.
 */
const OPERATIONS: Readonly<
  Record<string, undefined | { readonly action?: string; readonly resource: (of: Parameters) => string }>
> = {
  "autoscaling:DescribeAutoScalingGroups": { resource: everything },
  "budgets:DescribeBudget": { action: "budgets:ViewBudget", resource: budget },
  "budgets:DescribeNotificationsForBudget": { action: "budgets:ViewBudget", resource: budget },
  "budgets:DescribeSubscribersForNotification": { action: "budgets:ViewBudget", resource: budget },
  "ec2:DescribeInstances": { resource: everything },
  "iam:GetInstanceProfile": { resource: iam("instance-profile", "InstanceProfileName") },
  "iam:GetRole": { resource: iam("role", "RoleName") },
  "iam:GetRolePolicy": { resource: iam("role", "RoleName") },
  "iam:ListAttachedRolePolicies": { resource: iam("role", "RoleName") },
  "iam:ListRolePolicies": { resource: iam("role", "RoleName") },
  "sns:ListSubscriptionsByTopic": { resource: (of) => of("TopicArn") },
  "ssm:GetParameter": { resource: (of) => `arn:aws:ssm:us-west-2:${ACCOUNT}:parameter${of("Name")}` },
  "sts:GetCallerIdentity": undefined,
};

const ROUTE53: readonly (readonly [path: RegExp, action: string])[] = [
  [/^\/2013-04-01\/hostedzonesbyname$/, "route53:ListHostedZonesByName"],
  [/^\/2013-04-01\/tags\/hostedzone\/(\w+)$/, "route53:ListTagsForResource"],
  [/^\/2013-04-01\/hostedzone\/(\w+)\/rrset\/?$/, "route53:ListResourceRecordSets"],
];

/**
 * The rights that a request of `ground verify` needs.
 *
 * @throws Error for one that no table here knows: a right that nobody judges.
 */
export function verifyCallsOf(request: AwsRequest): AwsCall[] {
  const service = serviceOf(request);
  if (service === "s3") return callsOf(request);
  if (service === "route53") return [route53Call(request)];
  const { operation, of } = operationOf(request);
  const name = `${service}:${operation}`;
  if (!(name in OPERATIONS)) throw unknown(name);
  const known = OPERATIONS[name];
  return known === undefined
    ? []
    : [{ action: known.action ?? name, resource: known.resource(of), context: {} }];
}

/** As the signature says it: `Credential=KEY/DAY/REGION/SERVICE/aws4_request`. */
function serviceOf({ headers, method, path }: AwsRequest): string {
  const [, service] =
    /Credential=[^/]+\/\d+\/[\w-]+\/([\w-]+)\/aws4_request/.exec(headers.authorization ?? "") ?? [];
  if (service === undefined) throw new Error(`${method} ${path} is not signed`);
  return service;
}

/** Of the protocols "AWS query" (a form) and "AWS JSON" (a header and an object). */
function operationOf({ headers, body }: AwsRequest): { operation: string; of: Parameters } {
  const text = body.toString("utf8");
  const target = headers["x-amz-target"];
  const form = new URLSearchParams(text);
  const json = typeof target === "string" ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : {};
  return {
    operation: typeof target === "string" ? target.replace(/^.*\./, "") : (form.get("Action") ?? ""),
    of(name) {
      const value = typeof target === "string" ? json[name] : form.get(name);
      if (typeof value !== "string") throw new Error(`${text} names no ${name}`);
      return value;
    },
  };
}

function route53Call({ method, path }: AwsRequest): AwsCall {
  const { pathname } = new URL(path, "http://route53");
  for (const [pattern, action] of ROUTE53) {
    const found = pattern.exec(pathname);
    if (found === null || method !== "GET") continue;
    const [, zone] = found;
    return {
      action,
      resource: zone === undefined ? "*" : `arn:aws:route53:::hostedzone/${zone}`,
      context: {},
    };
  }
  throw unknown(`${method} ${path}`);
}

function unknown(what: string): Error {
  return new Error(`${what}: say in test/bootstrap/verify-calls.ts which right it needs`);
}
