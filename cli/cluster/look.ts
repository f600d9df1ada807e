import { all } from "../../runtime/guard/observe.ts";
import type { Ledger } from "../../runtime/guard/ledger.ts";
import type {
  ObservedGroup,
  ObservedInstance,
  Requests,
  SpotQuote,
} from "../../runtime/guard/observations.ts";
import { HOUR } from "../../runtime/guard/time.ts";
import { slotConfig, type ClusterStack } from "./environment.ts";
import type { ClusterPorts } from "./ports.ts";
import { servingHost, viewOf, type SlotView } from "./slot-state.ts";

/** What was seen of a cluster at one time. */
export interface ClusterView {
  readonly now: number;
  readonly slots: readonly SlotView[];
  readonly groups: ReadonlyMap<string, ObservedGroup>;
  readonly ledger: Ledger | undefined;
  readonly requests: Requests;
}

/** A failed launch from before is of another start. */
export const ACTIVITY_SPAN_MS = HOUR;

/**
 * Looks at some slots, with the guard's account of money and leases.
 *
 * @param since activities before it are left out; default: those of the last hour count
 */
export async function lookAt(
  ports: ClusterPorts,
  stack: ClusterStack,
  names: readonly string[],
  since?: number,
): Promise<ClusterView> {
  const slots = names.map((name) => slotConfig(stack, name));
  const groupNames = slots.map(({ group }) => group);
  const [found, hosts, statuses, ledger, requests] = await Promise.all([
    all((next) => ports.cloud.groups(groupNames, next)),
    hostsByGroup(ports, stack, groupNames),
    ports.statuses(names),
    ports.table.read(),
    ports.table.requests(),
  ]);
  const groups = new Map(found.map((group) => [group.name, group]));
  const now = ports.clock.now();
  const from = since ?? now - ACTIVITY_SPAN_MS;
  const views = slots.map(async ({ name, group }) => {
    const own = hosts.get(group) ?? [];
    const desired = groups.get(group)?.desired ?? 0;
    // Only a slot that waits for a host has something to say; a call for each of the others would be for nothing.
    const waits = desired > 0 && servingHost(own) === undefined;
    return viewOf({
      slot: name,
      groupName: group,
      group: groups.get(group),
      hosts: own,
      status: statuses.get(name),
      activities: waits ? await ports.activities(group, from) : [],
      since: from,
      now,
    });
  });
  return { now, slots: await Promise.all(views), groups, ledger, requests };
}

/** Instances of the groups in any state. */
export async function hostsByGroup(
  { cloud }: Pick<ClusterPorts, "cloud">,
  { config }: Pick<ClusterStack, "config">,
  groups: readonly string[],
): Promise<ReadonlyMap<string, readonly ObservedInstance[]>> {
  const instances = await all((next) => cloud.instances(config.homeRegion, next));
  const byGroup = new Map<string, ObservedInstance[]>(groups.map((group) => [group, []]));
  for (const instance of instances)
    if (instance.group !== undefined) byGroup.get(instance.group)?.push(instance);
  return byGroup;
}

/** Spot prices in force now; none where the feed cannot be read, so that on-demand prices count. */
export async function quotesOf(
  { cloud, clock }: Pick<ClusterPorts, "cloud" | "clock">,
  { config }: Pick<ClusterStack, "config">,
  types: readonly string[],
): Promise<readonly SpotQuote[]> {
  const wanted = [...new Set(types)].sort();
  if (wanted.length === 0) return [];
  try {
    return await all((next) => cloud.spotPrices(config.homeRegion, wanted, clock.now(), next));
  } catch {
    return [];
  }
}
