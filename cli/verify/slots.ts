import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Instance } from "@aws-sdk/client-ec2";
import { statusParameter } from "../../infra/lib/names.ts";
import type { PlannedResource } from "../../model/plan.ts";
import { parseStatus, type SlotStatus } from "../../runtime/host/report.ts";
import type { Check, Finding } from "../doctor/check.ts";
import { findingOf, UP, type AwsContext } from "./context.ts";
import { ofType, textOf } from "./expected.ts";
import { once } from "./roles.ts";

/** How a slot stands: at rest, or with an instance that is (or is not) ready. */
export interface SlotState {
  readonly group: AutoScalingGroup | undefined;
  /** The instance that serves the slot; undefined where none does. */
  readonly instance: Instance | undefined;
  readonly status: SlotStatus | undefined;
}

export interface PlannedSlot {
  /** For example `storage-1`. */
  readonly name: string;
  readonly group: PlannedResource;
  readonly look: () => Promise<SlotState>;
}

/** The slots of the plan, each looked at once however many lines ask. */
export function plannedSlots({ plan, settings, account }: AwsContext): readonly PlannedSlot[] {
  const planned = ofType(plan, "aws:autoscaling/group:Group");
  const groups = once(async () => {
    await account.ready();
    return groupsNamed(
      planned.map((group) => textOf(group, "name")),
      account,
    );
  });
  return planned.map((group) => {
    const name = slotTag(group) ?? group.name.replace(/-group$/, "");
    return {
      name,
      group,
      look: once(async () => {
        const live = (await groups()).get(textOf(group, "name"));
        const id = live?.Instances?.find(({ LifecycleState }) => LifecycleState === "InService")?.InstanceId;
        const instance = (await account.instances()).find(({ InstanceId }) => InstanceId === id);
        const text = await parameter(statusParameter(settings, name), account);
        return { group: live, instance: id === undefined ? undefined : instance, status: parseStatus(text) };
      }),
    };
  });
}

/** A line for each slot. */
export function slotChecks(slots: readonly PlannedSlot[]): readonly Check[] {
  return slots.map(({ name, group, look }): Check => ({
    id: `aws.slot.${name}`,
    title: `Slot ${name}`,
    side: "aws",
    rights: "autoscaling:DescribeAutoScalingGroups, ec2:DescribeInstances and ssm:GetParameter",
    look: async () => slotFinding(group, await look()),
  }));
}

/** Desired capacity, suspended processes and status belong to people, schedules and hosts; the rest to the stack. */
export function slotFinding(planned: PlannedResource, { group, instance, status }: SlotState): Finding {
  if (group === undefined) return findingOf([`group ${textOf(planned, "name")} does not exist`], "", UP);
  const suspended = (group.SuspendedProcesses ?? []).map(({ ProcessName = "" }) => ProcessName);
  const wrong = [
    ...sizeDifference("min", planned.inputs["minSize"], group.MinSize),
    ...sizeDifference("max", planned.inputs["maxSize"], group.MaxSize),
    // Two hosts must never share one identity: this process would start the second first.
    ...(suspended.includes("AZRebalance") ? [] : ["AZRebalance is not suspended"]),
  ];
  if (wrong.length > 0) return findingOf(wrong, "", UP);
  const desired = group.DesiredCapacity ?? 0;
  if (suspended.includes("Launch"))
    return desired > 0 && instance === undefined
      ? {
          status: "failed",
          found: `wants ${String(desired)}, and Launch is suspended: nothing will start`,
          fix: "Find who latched it and why; then resume Launch, or set the desired capacity to 0.",
        }
      : { status: "ok", found: `at rest, latched (suspended: ${suspended.join(", ")})` };
  if (desired === 0 && instance === undefined) return { status: "ok", found: "at rest" };
  if (instance === undefined)
    return {
      status: "failed",
      found: `wants ${String(desired)}, but no instance is in service`,
      fix: "Look at the group's activities: no spot capacity, a quota, or a template AWS refuses.",
    };
  return statusFinding(instance.InstanceId ?? "", status);
}

function statusFinding(id: string, status: SlotStatus | undefined): Finding {
  const fix = `Look at the host: aws ssm start-session --target ${id}, then journalctl -b.`;
  if (status === undefined)
    return { status: "failed", found: `${id} runs, but has never said how it is`, fix };
  if (status.instanceId !== id)
    return {
      status: "failed",
      found: `${id} runs, but the status is of ${status.instanceId ?? "an unnamed instance"}, an earlier one (${status.state}, ${status.at})`,
      fix,
    };
  if (status.state === "ready") return { status: "ok", found: `ready: ${id} since ${status.at}` };
  const why = status.reason === null ? "" : `: ${status.reason}`;
  return { status: "failed", found: `${id} is ${status.state} at step ${status.step}${why}`, fix };
}

function sizeDifference(name: string, planned: unknown, live: number | undefined): string[] {
  return planned === live ? [] : [`${name} is ${String(live)}, stack says ${String(planned)}`];
}

function slotTag({ inputs }: PlannedResource): string | undefined {
  const { tags } = inputs;
  if (!Array.isArray(tags)) return undefined;
  const tag: unknown = tags.find(
    (one: unknown) =>
      typeof one === "object" && one !== null && "key" in one && one.key === "proving-ground:slot",
  );
  return typeof tag === "object" && tag !== null && "value" in tag ? String(tag.value) : undefined;
}

type Account = AwsContext["account"];

async function groupsNamed(names: readonly string[], account: Account) {
  const { AutoScalingClient, paginateDescribeAutoScalingGroups } =
    await import("@aws-sdk/client-auto-scaling");
  const client = new AutoScalingClient({ ...account.client, region: account.region });
  const found = new Map<string, AutoScalingGroup>();
  // So many names fit in one call (Amazon EC2 Auto Scaling API, MaxRecords).
  for (let from = 0; from < names.length; from += 100) {
    const AutoScalingGroupNames = names.slice(from, from + 100);
    for await (const page of paginateDescribeAutoScalingGroups({ client }, { AutoScalingGroupNames }))
      for (const group of page.AutoScalingGroups ?? [])
        if (group.AutoScalingGroupName !== undefined) found.set(group.AutoScalingGroupName, group);
  }
  return found;
}

/** Undefined where nobody has written it yet. */
async function parameter(Name: string, account: Account): Promise<string | undefined> {
  const { GetParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({ ...account.client, region: account.region });
  try {
    return (await client.send(new GetParameterCommand({ Name }))).Parameter?.Value;
  } catch (error) {
    if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
    throw error;
  }
}
