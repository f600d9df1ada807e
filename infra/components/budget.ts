import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../lib/iam.ts";
import { componentType, physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import type { BudgetSettings, ModelApiSettings } from "../settings/schema.ts";

/** What an environment may spend, or the visible decision to do without: a cluster without either does not compile. */
export type BudgetArgs = {
  readonly scope: Scope;
  readonly keyArn: pulumi.Input<string>;
  readonly modelApi?: ModelApiSettings | undefined;
} & BudgetSettings;

type Budgeted = Extract<BudgetSettings, { usdPerDay: number }>;

/**
 * AWS Budgets with alarms on actual cost, to a topic and straight to mail, so that a broken topic
 * silences nobody. Account-wide: a filter by tag sees nothing until the tag was activated, a day
 * after its first use. Credits and refunds are left out, or they would hide spending.
 * AWS refreshes its figures at best three times a day, 8 to 12 hours late: this is the backstop.
 * Cost: budgets are free; mail and topic are within the free allowance.
 */
export class Budget extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Budget"), name, {}, opts);
    const { scope, modelApi } = args;
    const alarms = this.createTopic(name, args);
    if ("usdPerDay" in args) {
      this.subscribe(name, alarms, args.emails);
      this.createBudget(`${name}-day`, scope, alarms, {
        ...args,
        name: physicalName(scope, "day"),
        spending: ALL_SPENDING,
      });
      if (modelApi !== undefined) {
        this.createBudget(`${name}-model-api`, scope, alarms, {
          ...modelApi,
          emails: args.emails,
          name: physicalName(scope, "model-api"),
          spending: MODEL_API_SPENDING,
        });
      }
    }
    this.topicArn = alarms.topic.arn;
    this.registerOutputs({
      topicArn: this.topicArn,
      ...("usdPerDay" in args
        ? { usdPerDay: args.usdPerDay, worstCaseUsdPerDay: args.worstCaseUsdPerDay }
        : { unbudgeted: args.reason }),
      ...(modelApi === undefined ? {} : { modelApiUsdPerDay: modelApi.usdPerDay }),
    });
  }

  private createTopic(name: string, { scope, keyArn }: BudgetArgs): Alarms {
    const parent = { parent: this };
    const topic = new aws.sns.Topic(
      `${name}-topic`,
      { name: physicalName(scope, "alarms"), kmsMasterKeyId: keyArn, tags: tagsFor(scope, `${name}-alarms`) },
      parent,
    );
    const policy = new aws.sns.TopicPolicy(
      `${name}-topic-policy`,
      { arn: topic.arn, policy: publishers(topic.arn, scope) },
      parent,
    );
    return { topic, policy };
  }

  private subscribe(name: string, { topic }: Alarms, emails: readonly string[]): void {
    for (const [index, email] of emails.entries()) {
      new aws.sns.TopicSubscription(
        `${name}-mail-${String(index + 1)}`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }
  }

  private createBudget(
    resource: string,
    scope: Scope,
    { topic, policy }: Alarms,
    { name, usdPerDay, alarmsAtPercent, emails, spending }: Watch,
  ): void {
    new aws.budgets.Budget(
      resource,
      {
        name,
        budgetType: "COST",
        timeUnit: "DAILY",
        limitAmount: usdPerDay.toFixed(2),
        limitUnit: "USD",
        ...spending,
        notifications: alarmsAtPercent.map((threshold) => ({
          comparisonOperator: "GREATER_THAN",
          notificationType: "ACTUAL",
          threshold,
          thresholdType: "PERCENTAGE",
          subscriberSnsTopicArns: [topic.arn],
          subscriberEmailAddresses: [...emails],
        })),
        tags: tagsFor(scope, resource),
      },
      // Without its policy the topic would drop an alarm that a new budget raises at once.
      { parent: this, dependsOn: [policy] },
    );
  }
}

/** The topic and the policy that lets AWS Budgets and alarms publish to it. */
interface Alarms {
  readonly topic: aws.sns.Topic;
  readonly policy: aws.sns.TopicPolicy;
}

interface Watch extends Pick<Budgeted, "usdPerDay" | "alarmsAtPercent" | "emails"> {
  readonly name: string;
  readonly spending: Spending;
}

/** Which part of the bill counts: AWS takes cost types, or a filter with a metric, never a mixture. */
type Spending =
  Pick<aws.budgets.BudgetArgs, "costTypes"> | Pick<aws.budgets.BudgetArgs, "filterExpression" | "metrics">;

const ALL_SPENDING: Spending = { costTypes: { includeCredit: false, includeRefund: false } };

/**
 * Amazon's own models are billed as "Amazon Bedrock"; others (Claude among them) as Marketplace
 * services named "… (Amazon Bedrock Edition)". New models are caught by that part of the name.
 */
const MODEL_API_SPENDING: Spending = {
  metrics: "UnblendedCost",
  filterExpression: {
    ands: [
      {
        ors: [
          { dimensions: { key: "SERVICE", matchOptions: ["EQUALS"], values: ["Amazon Bedrock"] } },
          {
            dimensions: { key: "SERVICE", matchOptions: ["CONTAINS"], values: ["(Amazon Bedrock Edition)"] },
          },
        ],
      },
      {
        not: { dimensions: { key: "RECORD_TYPE", matchOptions: ["EQUALS"], values: ["Credit", "Refund"] } },
      },
    ],
  },
};

/** AWS Budgets and CloudWatch alarms of this account may publish; nobody else. */
function publishers(
  topicArn: pulumi.Input<string>,
  { account, region, environment }: Scope,
): pulumi.Output<string> {
  const from = (sid: string, service: string, sourceArn: pulumi.Input<string>) => ({
    sid,
    principals: { Service: service },
    actions: ["SNS:Publish"],
    resources: [topicArn],
    conditions: { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": sourceArn } },
  });
  return policyDocument([
    from(
      "Budgets",
      "budgets.amazonaws.com",
      pulumi.interpolate`arn:aws:budgets::${account}:budget/proving-ground-${environment}-*`,
    ),
    from(
      "Alarms",
      "cloudwatch.amazonaws.com",
      pulumi.interpolate`arn:aws:cloudwatch:${region}:${account}:alarm:proving-ground-${environment}-*`,
    ),
  ]);
}
