import type { GuardConfig } from "./config.ts";
import { slotsByGroup, windDownOf } from "./config.ts";
import type { Running } from "./meter.ts";
import { charge, type NanoUsd } from "./money.ts";
import type { Lease, ObservedGroup, ScheduledRun } from "./observations.ts";
import { scheduledLeases } from "./schedules.ts";
import { endOfDay } from "./time.ts";

/** What runs or was promised already, and what is asked for beside it. */
export interface Promises {
  readonly running: readonly Running[];
  readonly groups: readonly ObservedGroup[];
  readonly leases: readonly Lease[];
  /** Next runs of scheduled actions, those that are held back included. */
  readonly scheduled: readonly ScheduledRun[];
  readonly heldGroups: readonly string[];
}

/**
 * Cost until 24:00 UTC of a host that is to stop at a time: stopping takes the guard's time longer. Charged at
 * the ceiling, so that no price may break the promise.
 */
export function leaseCost(perHour: NanoUsd, from: number, until: number, config: GuardConfig): NanoUsd {
  const start = Math.max(from, 0);
  return charge(perHour, Math.min(until + windDownOf(config), endOfDay(start)) - start);
}

/**
 * What is promised of today's money: slots that are up or leased, to the end of their lease, their scheduled stop
 * or the day, and everything else that can be stopped, to the end of the day.
 */
export function committed(promises: Promises, config: GuardConfig, now: number): NanoUsd {
  const up = new Map<string, NanoUsd>();
  let sum = 0;
  for (const { claim, ceilingPerHour } of promises.running) {
    if (claim.kind === "tagged") sum += leaseCost(ceilingPerHour, now, endOfDay(now), config);
    if (claim.slot !== undefined) up.set(claim.slot, (up.get(claim.slot) ?? 0) + ceilingPerHour);
  }
  const wanted = new Set(promises.groups.filter(({ desired }) => desired > 0).map(({ name }) => name));
  if (up.size === 0 && wanted.size === 0 && promises.leases.length === 0) return sum;
  const leases = allLeases(promises, config, now);
  for (const slot of config.slots) {
    const lease = leaseOf(leases, slot.name);
    const ceiling = wanted.has(slot.group) || lease !== undefined ? slot.ceilingPerHour : 0;
    const perHour = Math.max(up.get(slot.name) ?? 0, ceiling);
    if (perHour > 0)
      sum += leaseCost(perHour, now, lease?.expiresAt ?? nextStop(promises, slot.group, now), config);
  }
  return sum;
}

/** People's leases, and those that schedules hold. */
export function allLeases(
  promises: Pick<Promises, "groups" | "leases" | "heldGroups">,
  config: Pick<GuardConfig, "schedules" | "slots">,
  now: number,
): readonly Lease[] {
  const scheduled = scheduledLeases(promises, config, now);
  return scheduled.length === 0 ? promises.leases : [...promises.leases, ...scheduled];
}

/** The lease that keeps a slot up the longest. */
export function leaseOf(leases: readonly Lease[], slot: string): Lease | undefined {
  if (leases.length === 0) return undefined;
  return leases
    .filter(({ slots, state }) => state === "active" && slots.includes(slot))
    .reduce<Lease | undefined>(
      (last, lease) => (last === undefined || lease.expiresAt > last.expiresAt ? lease : last),
      undefined,
    );
}

/** When the schedule stops a group the next time; without a stop today, at the end of the day. */
function nextStop({ scheduled }: Promises, group: string, now: number): number {
  return Math.min(
    ...scheduled
      .filter((run) => run.group === group && run.desired === 0 && run.at >= now)
      .map(({ at }) => at),
    endOfDay(now),
  );
}

/** A scheduled start that has still to come today, with what it adds until its stop or the end of the day. */
export interface ScheduledStart {
  readonly group: string;
  readonly at: number;
  readonly cost: NanoUsd;
}

/**
 * Today's starts that are not promised otherwise, in the order in which they come; equal times by name. Of a slot on a
 * lease only what goes on beyond its end is left.
 */
export function startsToday(promises: Promises, config: GuardConfig, now: number): readonly ScheduledStart[] {
  const { scheduled, groups } = promises;
  const midnight = endOfDay(now);
  const due = scheduled.filter(({ at, desired = 0 }) => desired > 0 && at < midnight);
  if (due.length === 0) return [];
  const up = new Set(groups.filter(({ desired }) => desired > 0).map(({ name }) => name));
  const slots = slotsByGroup(config);
  const leases = allLeases(promises, config, now);
  const starts: ScheduledStart[] = [];
  for (const { group, at } of due) {
    const slot = slots.get(group);
    if (slot === undefined) continue;
    const lease = leaseOf(leases, slot.name);
    if (lease === undefined && up.has(group)) continue;
    const stops = scheduled.filter((run) => run.group === group && run.desired === 0 && run.at > at);
    const stop = Math.min(...stops.map((run) => run.at), midnight);
    const from = Math.max(at, lease?.expiresAt ?? at);
    if (from < stop) starts.push({ group, at, cost: leaseCost(slot.ceilingPerHour, from, stop, config) });
  }
  return starts.toSorted((a, b) => a.at - b.at || (a.group < b.group ? -1 : 1));
}
