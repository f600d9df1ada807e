import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../lib/iam.ts";
import { physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import type { GuardSettings } from "../settings/schema.ts";

export interface ScheduleArgs {
  readonly scope: Scope;
  readonly settings: GuardSettings;
  readonly lambda: aws.lambda.Function;
  readonly failures: aws.sqs.Queue;
}

/** Calls the guard every few minutes. A schedule has no tags and its group does: it has one of its own. */
export function createSchedule(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, settings, lambda, failures }: ScheduleArgs,
): { readonly group: aws.scheduler.ScheduleGroup; readonly schedule: aws.scheduler.Schedule } {
  const parent = { parent: owner };
  const seconds = settings.intervalMinutes * 60;
  const group = new aws.scheduler.ScheduleGroup(
    `${name}-schedules`,
    { name: physicalName(scope, "guard"), tags: tagsFor(scope, `${name}-schedules`) },
    parent,
  );
  const role = new aws.iam.Role(
    `${name}-schedule-role`,
    {
      name: physicalName(scope, "guard-schedule"),
      description: "Lets the guard's schedule call it",
      assumeRolePolicy: serviceTrust("scheduler.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": scope.account },
        // AWS names the group here, not the schedule (EventBridge Scheduler user guide, confused deputy).
        ArnEquals: { "aws:SourceArn": group.arn },
      }),
      tags: tagsFor(scope, `${name}-schedule`),
    },
    parent,
  );
  const rights = new aws.iam.RolePolicy(
    `${name}-schedule-rights`,
    {
      role: role.name,
      policy: policyDocument([
        { sid: "CallGuard", actions: ["lambda:InvokeFunction"], resources: [lambda.arn] },
        { sid: "KeepFailures", actions: ["sqs:SendMessage"], resources: [failures.arn] },
      ]),
    },
    parent,
  );
  const schedule = new aws.scheduler.Schedule(
    `${name}-schedule`,
    {
      name: physicalName(scope, "guard"),
      groupName: group.name,
      description: "Calls the money guard",
      scheduleExpression: `rate(${String(settings.intervalMinutes)} minutes)`,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: lambda.arn,
        roleArn: role.arn,
        input: JSON.stringify({ trigger: "schedule" }),
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: seconds },
        deadLetterConfig: { arn: failures.arn },
      },
    },
    { ...parent, dependsOn: [rights] },
  );
  return { group, schedule };
}
