import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../lib/iam.ts";
import { physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";

interface QueuesArgs {
  readonly scope: Scope;
  readonly timeoutSeconds: number;
  readonly budgetTopicArn: pulumi.Input<string>;
}

export interface GuardQueues {
  /** State changes of instances that the guard has not metered yet. */
  readonly events: aws.sqs.Queue;
  /** What could not be delivered, carried out or understood. */
  readonly failures: aws.sqs.Queue;
}

/** The longest that SQS keeps a message, seconds: a guard that was away for days still learns what ran meanwhile. */
const FOURTEEN_DAYS = 1_209_600;

/** Events wait over many looks while a region cannot be read; hours later they are a failure that people should see. */
const RECEIVED_AT_MOST = 100;

/** Every start and end of an instance in the home region, kept until the guard has metered it. */
export function createQueues(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, timeoutSeconds, budgetTopicArn }: QueuesArgs,
): GuardQueues {
  const parent = { parent: owner };
  const failures = new aws.sqs.Queue(
    `${name}-failures`,
    {
      name: physicalName(scope, "guard-failures"),
      messageRetentionSeconds: FOURTEEN_DAYS,
      sqsManagedSseEnabled: true,
      tags: tagsFor(scope, `${name}-failures`),
    },
    parent,
  );
  const events = new aws.sqs.Queue(
    `${name}-events`,
    {
      name: physicalName(scope, "guard-events"),
      messageRetentionSeconds: FOURTEEN_DAYS,
      // What a run has received is nobody else's while it lasts, and there again for the next one.
      visibilityTimeoutSeconds: timeoutSeconds,
      redrivePolicy: pulumi.jsonStringify({
        deadLetterTargetArn: failures.arn,
        maxReceiveCount: RECEIVED_AT_MOST,
      }),
      sqsManagedSseEnabled: true,
      tags: tagsFor(scope, `${name}-events`),
    },
    parent,
  );
  const rule = new aws.cloudwatch.EventRule(
    `${name}-changes`,
    {
      name: physicalName(scope, "guard-changes"),
      description: "Starts and ends of instances, of whomever: the guard tells them apart",
      eventPattern: JSON.stringify({
        source: ["aws.ec2"],
        "detail-type": ["EC2 Instance State-change Notification"],
      }),
      tags: tagsFor(scope, `${name}-changes`),
    },
    parent,
  );
  const deliver = (
    sid: string,
    service: string,
    queue: aws.sqs.Queue,
    from: pulumi.Input<string>,
  ): Statement => ({
    sid,
    principals: { Service: service },
    actions: ["sqs:SendMessage"],
    resources: [queue.arn],
    // The ARN names the account too.
    conditions: { ArnEquals: { "aws:SourceArn": from } },
  });
  const letEventsIn = allow(owner, `${name}-events-policy`, events, [
    deliver("StateChanges", "events.amazonaws.com", events, rule.arn),
  ]);
  const letFailuresIn = allow(owner, `${name}-failures-policy`, failures, [
    deliver("UndeliveredChanges", "events.amazonaws.com", failures, rule.arn),
    deliver("UndeliveredNotices", "sns.amazonaws.com", failures, budgetTopicArn),
  ]);
  new aws.cloudwatch.EventTarget(
    `${name}-changes-target`,
    {
      rule: rule.name,
      targetId: "guard",
      arn: events.arn,
      deadLetterConfig: { arn: failures.arn },
    },
    // EventBridge gives up an event for good where a queue does not let it in.
    { ...parent, dependsOn: [letEventsIn, letFailuresIn] },
  );
  return { events, failures };
}

function allow(
  owner: pulumi.ComponentResource,
  name: string,
  queue: aws.sqs.Queue,
  statements: readonly Statement[],
): aws.sqs.QueuePolicy {
  return new aws.sqs.QueuePolicy(
    name,
    { queueUrl: queue.url, policy: policyDocument(statements) },
    { parent: owner },
  );
}
