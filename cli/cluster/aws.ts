import {
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingClient,
  type LaunchTemplateSpecification,
  type MixedInstancesPolicy,
} from "@aws-sdk/client-auto-scaling";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { statusParameter } from "../../infra/lib/names.ts";
import { autoScalingCalls } from "../../runtime/guard/aws/auto-scaling.ts";
import { clientOptions, makeClients } from "../../runtime/guard/aws/clients.ts";
import { ec2Calls } from "../../runtime/guard/aws/ec2.ts";
import { ADMISSION_LOCK_KEY } from "../../runtime/guard/aws/items.ts";
import { TableLock } from "../../runtime/guard/aws/lock.ts";
import { page, token } from "../../runtime/guard/aws/pages.ts";
import { GuardTable } from "../../runtime/guard/aws/store.ts";
import { all } from "../../runtime/guard/observe.ts";
import type { Clock } from "../../runtime/guard/ports.ts";
import { parseStatus, type SlotStatus } from "../../runtime/host/report.ts";
import { AwsAccount } from "../doctor/aws-account.ts";
import { quotaChecks } from "../doctor/aws-quotas.ts";
import { look } from "../doctor/check.ts";
import type { Activity } from "./activity.ts";
import type { ClusterStack } from "./environment.ts";
import type { ClusterPorts } from "./ports.ts";

/** The commands' seams onto AWS; addresses and credentials come from the environment, as the AWS CLI has them. */
export function awsPorts({ settings, config, table }: ClusterStack, clock: Clock): ClusterPorts {
  const { region } = settings;
  const clients = makeClients(region);
  const ssm = new SSMClient(clientOptions(region));
  const account = new AwsAccount({
    region,
    expected: settings.awsAccount,
    client: {},
    now: () => clock.now(),
  });
  const { instances, spotPrices } = ec2Calls(clients.ec2, config, clock);
  const { groups, scheduledRuns, setDesired } = autoScalingCalls(clients.autoScaling);
  return {
    cloud: { instances, spotPrices, groups, scheduledRuns, setDesired },
    table: new GuardTable(clients.dynamodb, table),
    admissionLock: new TableLock(clients.dynamodb, table, clock, ADMISSION_LOCK_KEY),
    clock,
    statuses: (slots) => statuses(ssm, settings, slots),
    activities: (group, since) => activities(clients.autoScaling, group, since),
    setOnDemandShare: (group, percent) => setOnDemandShare(clients.autoScaling, group, percent),
    async quotas(hosts) {
      const checks = quotaChecks(settings, hosts, account);
      return (await Promise.all(checks.map(look))).map(({ line }) => line);
    },
  };
}

/** The most names that GetParameters takes. */
const NAMES_AT_ONCE = 10;

async function statuses(
  client: SSMClient,
  settings: { readonly environment: string },
  slots: readonly string[],
): Promise<ReadonlyMap<string, SlotStatus>> {
  const byName = new Map(slots.map((slot) => [statusParameter(settings, slot), slot]));
  const names = [...byName.keys()];
  const found = new Map<string, SlotStatus>();
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const Names = names.slice(from, from + NAMES_AT_ONCE);
    for (const { Name = "", Value } of (await client.send(new GetParametersCommand({ Names }))).Parameters ??
      []) {
      const slot = byName.get(Name);
      const status = parseStatus(Value);
      if (slot !== undefined && status !== undefined) found.set(slot, status);
    }
  }
  return found;
}

function activities(
  client: AutoScalingClient,
  AutoScalingGroupName: string,
  since: number,
): Promise<readonly Activity[]> {
  return all(async (next?: string) => {
    const { Activities = [], NextToken } = await client.send(
      new DescribeScalingActivitiesCommand({
        AutoScalingGroupName,
        MaxRecords: 100,
        Filters: [{ Name: "StartTimeLowerBound", Values: [new Date(since).toISOString()] }],
        ...token(next),
      }),
    );
    const told = Activities.map(
      ({
        AutoScalingGroupName: group = "",
        Description = "",
        StatusCode = "",
        StatusMessage,
        Cause,
        StartTime,
      }) => ({
        group,
        description: Description,
        status: StatusCode,
        message: StatusMessage ?? Cause ?? "",
        at: StartTime?.getTime() ?? 0,
      }),
    );
    return page(told, NextToken);
  });
}

/** Writes nothing where the share is the wanted one already, or the group is gone or without a policy. */
async function setOnDemandShare(
  client: AutoScalingClient,
  AutoScalingGroupName: string,
  percent: 0 | 100,
): Promise<void> {
  const { AutoScalingGroups: [group] = [] } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
  );
  const policy = group?.MixedInstancesPolicy;
  if (policy === undefined) return;
  if (policy.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity === percent) return;
  await client.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MixedInstancesPolicy: withShare(policy, percent),
    }),
  );
}

/** The whole policy, since the API does not say what becomes of parts that are left out. */
function withShare(policy: MixedInstancesPolicy, percent: 0 | 100): MixedInstancesPolicy {
  const { LaunchTemplate, InstancesDistribution } = policy;
  return {
    ...(LaunchTemplate && {
      LaunchTemplate: {
        ...LaunchTemplate,
        ...(LaunchTemplate.LaunchTemplateSpecification && {
          LaunchTemplateSpecification: oneName(LaunchTemplate.LaunchTemplateSpecification),
        }),
      },
    }),
    InstancesDistribution: { ...InstancesDistribution, OnDemandPercentageAboveBaseCapacity: percent },
  };
}

/** Auto Scaling gives a template by id and name, and takes only one of them (API Reference, LaunchTemplateSpecification). */
function oneName({ LaunchTemplateId, LaunchTemplateName, Version }: LaunchTemplateSpecification) {
  const version = Version === undefined ? {} : { Version };
  return LaunchTemplateId === undefined
    ? { LaunchTemplateName, ...version }
    : { LaunchTemplateId, ...version };
}
