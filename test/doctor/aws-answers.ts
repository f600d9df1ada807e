import { REQUIRED_TAGS } from "../../model/tags.ts";
import type { AwsAnswer, AwsRequest, Rule } from "../support/aws-proxy.ts";

/** An account as the answers below describe it: what moto has no notion of. */
export interface AccountFacts {
  /** vCPUs by quota code; a code that is missing was never changed and is told by AWS's default. */
  quotas: Readonly<Record<string, number>>;
  /** Increases that wait, by quota code. */
  asked: Readonly<Record<string, number>>;
  lambda: { readonly limit: number; readonly unreserved: number };
  models: readonly { readonly id: string; readonly provider: string; readonly usable: boolean }[];
  /** Cost-allocation tags that billing knows, with their state. */
  costTags: Readonly<Record<string, "Active" | "Inactive">>;
  /** Mail addresses that nobody has confirmed. */
  unconfirmed: readonly string[];
}

/** A new account's limits. Source: Amazon EC2 User Guide, "Spot Instance quotas" and "On-Demand Instance quotas". */
const DEFAULTS: Readonly<Record<string, number>> = { "L-34B43A08": 5, "L-1216C47A": 5 };

/** All that the large cluster with its model API needs. */
export const GOOD: AccountFacts = {
  quotas: { "L-34B43A08": 128, "L-1216C47A": 128 },
  asked: {},
  lambda: { limit: 1000, unreserved: 1000 },
  models: [
    { id: "anthropic.model-v1:0", provider: "Anthropic", usable: true },
    { id: "amazon.model-v1:0", provider: "Amazon", usable: false },
  ],
  costTags: Object.fromEntries(REQUIRED_TAGS.map((tag) => [tag, "Active" as const])),
  unconfirmed: [],
};

/** What AWS answers and moto does not: each rule names where AWS writes its form down. */
export function awsAnswers(facts: AccountFacts): Rule {
  const rules: readonly ((request: AwsRequest) => AwsAnswer | undefined)[] = [
    // Service Quotas API Reference: GetServiceQuota fails with NoSuchResourceException where no value was applied.
    (request) => serviceQuotas(facts, request),
    // Lambda API Reference, GetAccountSettings.
    ({ method, path }) =>
      method === "GET" && path.startsWith("/2016-08-19/account-settings")
        ? json({
            AccountLimit: {
              ConcurrentExecutions: facts.lambda.limit,
              UnreservedConcurrentExecutions: facts.lambda.unreserved,
            },
          })
        : undefined,
    (request) => bedrock(facts, request),
    (request) => costTags(facts, request),
    (request) => subscriptions(facts, request),
  ];
  return (request) => rules.map((rule) => rule(request)).find((answer) => answer !== undefined);
}

function serviceQuotas({ quotas, asked }: AccountFacts, request: AwsRequest): AwsAnswer | undefined {
  const operation = operationOf(request, "ServiceQuotasV20190624");
  if (operation === undefined) return undefined;
  const code = textOf(request, "QuotaCode");
  const value = quotas[code];
  if (operation === "GetServiceQuota")
    return value === undefined
      ? failure(
          "NoSuchResourceException",
          "The request failed because the specified service quota does not exist.",
        )
      : json({ Quota: { QuotaCode: code, Value: value } });
  if (operation === "GetAWSDefaultServiceQuota")
    return json({ Quota: { QuotaCode: code, Value: DEFAULTS[code] ?? 0 } });
  const to = asked[code];
  // In two pages, the first of them empty: a list may be so at any time ("Pagination").
  if (to !== undefined && textOf(request, "NextToken") === "")
    return json({ RequestedQuotas: [], NextToken: "more" });
  return json({
    RequestedQuotas: to === undefined ? [] : [{ QuotaCode: code, DesiredValue: to, Status: "CASE_OPENED" }],
  });
}

// Amazon Bedrock API Reference, ListFoundationModels and GetFoundationModelAvailability.
function bedrock({ models }: AccountFacts, { method, path }: AwsRequest): AwsAnswer | undefined {
  if (method !== "GET") return undefined;
  if (/^\/foundation-models(\?|$)/.test(path))
    return json({
      modelSummaries: models.map(({ id, provider }) => ({
        modelId: id,
        modelArn: `arn:aws:bedrock:us-west-2::foundation-model/${id}`,
        providerName: provider,
        modelLifecycle: { status: "ACTIVE" },
      })),
    });
  const id = /^\/foundation-model-availability\/([^?]+)/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const usable = models.find((model) => model.id === decodeURIComponent(id))?.usable ?? false;
  return json({
    modelId: id,
    agreementAvailability: { status: usable ? "AVAILABLE" : "NOT_AVAILABLE" },
    authorizationStatus: "AUTHORIZED",
    entitlementAvailability: usable ? "AVAILABLE" : "NOT_AVAILABLE",
    regionAvailability: "AVAILABLE",
  });
}

// AWS Cost Explorer API Reference: a tag that was never used is not in the list.
function costTags(facts: AccountFacts, request: AwsRequest): AwsAnswer | undefined {
  const operation = operationOf(request, "AWSInsightsIndexService");
  if (operation === "ListCostAllocationTags")
    return json({
      CostAllocationTags: Object.entries(facts.costTags).map(([TagKey, Status]) => ({
        TagKey,
        Type: "UserDefined",
        Status,
      })),
    });
  if (operation !== "UpdateCostAllocationTagsStatus") return undefined;
  const named = Object.keys(facts.costTags).filter((tag) => request.body.includes(tag));
  facts.costTags = { ...facts.costTags, ...Object.fromEntries(named.map((tag) => [tag, "Active" as const])) };
  return json({ Errors: [] });
}

// Amazon SNS API Reference, ListSubscriptionsByTopic: PendingConfirmation in place of the ARN. moto confirms by itself.
function subscriptions({ unconfirmed }: AccountFacts, { body }: AwsRequest): AwsAnswer | undefined {
  const text = body.toString();
  if (unconfirmed.length === 0 || !text.includes("Action=ListSubscriptionsByTopic")) return undefined;
  const members = unconfirmed.map(
    (email) =>
      `<member><TopicArn>t</TopicArn><Protocol>email</Protocol><SubscriptionArn>PendingConfirmation</SubscriptionArn><Owner>123456789012</Owner><Endpoint>${email}</Endpoint></member>`,
  );
  return {
    status: 200,
    headers: { "content-type": "text/xml" },
    body: `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions>${members.join("")}</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
  };
}

function operationOf({ headers }: AwsRequest, service: string): string | undefined {
  const [target, operation] = String(headers["x-amz-target"] ?? "").split(".");
  return target === service ? operation : undefined;
}

function textOf({ body }: AwsRequest, field: string): string {
  const parsed: unknown = JSON.parse(body.toString());
  const fields: [string, unknown][] =
    typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [];
  const value = fields.find(([key]) => key === field)?.[1];
  return typeof value === "string" ? value : "";
}

function json(value: unknown): AwsAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify(value),
  };
}

export function failure(type: string, message: string): AwsAnswer {
  return {
    status: 400,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": type },
    body: JSON.stringify({ __type: type, message }),
  };
}
