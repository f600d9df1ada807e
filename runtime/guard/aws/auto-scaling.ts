import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  type Activity,
  type AutoScalingClient,
} from "@aws-sdk/client-auto-scaling";
import type { ObservedGroup, ScalingActivity } from "../observations.ts";
import type { Cloud } from "../ports.ts";
import { page, token } from "./pages.ts";

type AutoScalingCalls = Pick<
  Cloud,
  "groups" | "scheduledRuns" | "scalingActivities" | "suspend" | "resume" | "setDesired"
>;

/** The most that Auto Scaling gives in one page, and the most names it takes in one call. */
const PAGE = 100;

export function autoScalingCalls(client: AutoScalingClient): AutoScalingCalls {
  return {
    /** A page a hundred names. Without any name Auto Scaling would describe every group of the account. */
    async groups(names, next = "0") {
      const start = Number(next);
      const asked = names.slice(start, start + PAGE);
      const items: ObservedGroup[] = [];
      let more: string | undefined;
      do {
        if (asked.length === 0) break;
        const { AutoScalingGroups = [], NextToken } = await client.send(
          new DescribeAutoScalingGroupsCommand({
            AutoScalingGroupNames: asked,
            MaxRecords: PAGE,
            ...token(more),
          }),
        );
        for (const {
          AutoScalingGroupName: name,
          DesiredCapacity,
          SuspendedProcesses = [],
        } of AutoScalingGroups)
          if (name !== undefined)
            items.push({
              name,
              desired: DesiredCapacity ?? 0,
              suspended: SuspendedProcesses.flatMap(({ ProcessName }) => ProcessName ?? []),
            });
        more = NextToken;
      } while (more !== undefined);
      const rest = start + PAGE < names.length;
      return rest ? { items, next: String(start + PAGE) } : { items };
    },

    async scheduledRuns(next) {
      const { ScheduledUpdateGroupActions = [], NextToken } = await client.send(
        new DescribeScheduledActionsCommand({ MaxRecords: PAGE, ...token(next) }),
      );
      const runs = ScheduledUpdateGroupActions.flatMap(
        ({ AutoScalingGroupName: group, StartTime, DesiredCapacity: desired }) =>
          group === undefined || StartTime === undefined
            ? []
            : [{ group, at: StartTime.getTime(), ...(desired === undefined ? {} : { desired }) }],
      );
      return page(runs, NextToken);
    },

    /** Of all groups, deleted ones too. */
    async scalingActivities(since, next) {
      const { Activities = [], NextToken } = await client.send(
        new DescribeScalingActivitiesCommand({
          IncludeDeletedGroups: true,
          MaxRecords: PAGE,
          Filters: [{ Name: "StartTimeLowerBound", Values: [new Date(since).toISOString()] }],
          ...token(next),
        }),
      );
      return page(Activities.flatMap(activityOf), NextToken);
    },

    async suspend(group, processes) {
      await client.send(
        new SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [...processes] }),
      );
    },

    async resume(group, processes) {
      await client.send(
        new ResumeProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [...processes] }),
      );
    },

    async setDesired(group, desired) {
      await client.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: group,
          DesiredCapacity: desired,
          HonorCooldown: false,
        }),
      );
    },
  };
}

/** The id stands in the sentence alone: "Launching a new EC2 instance: i-…", "Terminating EC2 instance: i-…". */
function activityOf({
  AutoScalingGroupName,
  Description = "",
  StartTime,
}: Activity): readonly ScalingActivity[] {
  const found = /^(Launching|Terminating) .*?(i-[0-9a-f]+)/.exec(Description);
  const instanceId = found?.[2];
  if (AutoScalingGroupName === undefined || StartTime === undefined || instanceId === undefined) return [];
  const does = found?.[1] === "Launching" ? "launch" : "terminate";
  return [{ group: AutoScalingGroupName, instanceId, does, at: StartTime.getTime() }];
}
