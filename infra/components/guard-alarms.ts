import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  HEARTBEAT_DIMENSION,
  HEARTBEAT_METRIC,
  METRIC_NAMESPACE,
  type GuardAlarm,
} from "../../model/guard.ts";
import { policyDocument } from "../lib/iam.ts";
import { physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import type { GuardSettings } from "../settings/schema.ts";

export interface TopicArgs {
  readonly scope: Scope;
  readonly keyArn: pulumi.Input<string>;
  readonly emails: readonly string[];
}

/** The guard's words to people, and the alarms about it. */
export function createTopic(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, keyArn, emails }: TopicArgs,
): aws.sns.Topic {
  const parent = { parent: owner };
  const { account, region } = scope;
  const topic = new aws.sns.Topic(
    `${name}-topic`,
    { name: physicalName(scope, "guard"), kmsMasterKeyId: keyArn, tags: tagsFor(scope, `${name}-topic`) },
    parent,
  );
  new aws.sns.TopicPolicy(
    `${name}-topic-policy`,
    {
      arn: topic.arn,
      policy: policyDocument([
        {
          sid: "Alarms",
          principals: { Service: "cloudwatch.amazonaws.com" },
          actions: ["SNS:Publish"],
          resources: [topic.arn],
          conditions: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: {
              "aws:SourceArn": pulumi.interpolate`arn:aws:cloudwatch:${region}:${account}:alarm:${physicalName(scope, "guard")}-*`,
            },
          },
        },
      ]),
    },
    parent,
  );
  for (const [index, email] of emails.entries()) {
    new aws.sns.TopicSubscription(
      `${name}-mail-${String(index + 1)}`,
      { topic: topic.arn, protocol: "email", endpoint: email },
      parent,
    );
  }
  return topic;
}

export interface AlarmsArgs {
  readonly scope: Scope;
  readonly settings: GuardSettings;
  readonly topic: aws.sns.Topic;
  readonly lambda: aws.lambda.Function;
  readonly failures: aws.sqs.Queue;
}

type Watch = Pick<
  aws.cloudwatch.MetricAlarmArgs,
  | "alarmDescription"
  | "namespace"
  | "metricName"
  | "dimensions"
  | "statistic"
  | "period"
  | "evaluationPeriods"
  | "threshold"
  | "comparisonOperator"
  | "treatMissingData"
>;

/** Seconds over which errors are counted. */
const FIVE_MINUTES = 300;

/** Ticks without a heartbeat before people hear of it: one may fall between two periods. */
const SILENT_TICKS = 2;

/** The guard is silent, fails, is kept from running, or has left something undone. */
export function createAlarms(owner: pulumi.ComponentResource, name: string, args: AlarmsArgs): void {
  const { scope, topic } = args;
  for (const [alarm, watch] of Object.entries(watches(args))) {
    new aws.cloudwatch.MetricAlarm(
      `${name}-${alarm}-alarm`,
      {
        name: physicalName(scope, `guard-${alarm}`),
        ...watch,
        alarmActions: [topic.arn],
        okActions: [topic.arn],
        tags: tagsFor(scope, `${name}-${alarm}`),
      },
      { parent: owner },
    );
  }
}

function watches({ scope, settings, lambda, failures }: AlarmsArgs): Readonly<Record<GuardAlarm, Watch>> {
  const any = {
    period: FIVE_MINUTES,
    evaluationPeriods: 1,
    threshold: 1,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
  } as const;
  const ofFunction = (metricName: string, alarmDescription: string): Watch => ({
    ...any,
    alarmDescription,
    namespace: "AWS/Lambda",
    metricName,
    dimensions: { FunctionName: lambda.name },
    statistic: "Sum",
  });
  return {
    silent: {
      alarmDescription: `The money guard of ${scope.environment} gives no sign of life: nothing stops the spending but the hosts themselves, after ${String(settings.deadManMinutes)} minutes. See its log and the queue of failures.`,
      namespace: METRIC_NAMESPACE,
      metricName: HEARTBEAT_METRIC,
      dimensions: { [HEARTBEAT_DIMENSION]: scope.environment },
      statistic: "SampleCount",
      period: settings.intervalMinutes * 60,
      evaluationPeriods: SILENT_TICKS,
      threshold: 1,
      comparisonOperator: "LessThanThreshold",
      // No data is what silence looks like.
      treatMissingData: "breaching",
    },
    errors: ofFunction(
      "Errors",
      `The money guard of ${scope.environment} failed in a run; the next one takes it up.`,
    ),
    throttles: ofFunction(
      "Throttles",
      `Lambda did not run the money guard of ${scope.environment}: the account's concurrency is used up.`,
    ),
    failures: {
      ...any,
      alarmDescription: `The money guard of ${scope.environment} left something undelivered or undone; the queue of failures holds what.`,
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: failures.name },
      statistic: "Maximum",
    },
  };
}
