import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ScheduledActionPlan } from "../settings/scheduled-actions.ts";

/**
 * The scheduled starts and stops of one slot. EC2 Auto Scaling carries them out: they come on time without the
 * guard, which sees each start ahead, holds it back where the day's money does not suffice, and counts what is
 * started as a lease of the schedule until its stop.
 */
export function createScheduledActions(
  owner: pulumi.ComponentResource,
  slot: string,
  groupName: pulumi.Input<string>,
  actions: readonly ScheduledActionPlan[],
): void {
  for (const { name, ...action } of actions) {
    new aws.autoscaling.Schedule(
      `${slot}-${name}`,
      // Minimum and maximum are -1, "leave alone": the provider's default of 0 would close the group.
      { scheduledActionName: name, autoscalingGroupName: groupName, ...action, minSize: -1, maxSize: -1 },
      { parent: owner },
    );
  }
}
