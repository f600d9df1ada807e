import { isAlive } from "../../runtime/guard/billable.ts";
import { leaseOf } from "../../runtime/guard/commitments.ts";
import { all, messageOf } from "../../runtime/guard/observe.ts";
import { scheduledSince } from "../../runtime/guard/schedules.ts";
import { slotConfig, type ClusterStack } from "./environment.ts";
import { hostsByGroup } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";

/**
 * Sets the groups of slots at rest back to spot: one that went on demand in a schedule's hours and that the schedule
 * stopped would come up on demand at its next start, too. Not those that are up: Auto Scaling would replace a host on
 * demand by one on spot, launching it first. Not those that somebody holds: a start that goes on demand is at 0 for a
 * moment.
 *
 * @param names slots; those that are up are left out
 * @returns what could not be done, for people
 */
export async function restOnSpot(
  ports: ClusterPorts,
  stack: ClusterStack,
  names: readonly string[],
): Promise<readonly string[]> {
  const failures: string[] = [];
  try {
    for (const group of await groupsAtRest(ports, stack, names))
      try {
        await ports.setOnDemandShare(group, 0);
      } catch (error) {
        failures.push(`set ${group} back to spot: ${messageOf(error)}`);
      }
  } catch (error) {
    failures.push(`look for slots at rest: ${messageOf(error)}`);
  }
  return failures;
}

async function groupsAtRest(
  ports: ClusterPorts,
  stack: ClusterStack,
  names: readonly string[],
): Promise<readonly string[]> {
  const { cloud, clock, table } = ports;
  const { config } = stack;
  if (names.length === 0) return [];
  const seenAt = clock.now();
  const groupNames = names.map((name) => slotConfig(stack, name).group);
  const groups = await all((next) => cloud.groups(groupNames, next));
  const hosts = await hostsByGroup(ports, stack, groupNames);
  const { leases } = await table.requests();
  const now = clock.now();
  const starting = scheduledSince({ groups, heldGroups: [] }, config, {
    seenAt,
    now,
    until: now + config.timeToActMs,
  });
  const isFree = (group: string): boolean =>
    names.some(
      (name) =>
        slotConfig(stack, name).group === group && leaseOf([...leases, ...starting], name) === undefined,
    );
  const isEmpty = (group: string): boolean => !(hosts.get(group) ?? []).some(({ state }) => isAlive(state));
  return groups.flatMap(({ name, desired }) =>
    desired === 0 && isEmpty(name) && isFree(name) ? [name] : [],
  );
}
