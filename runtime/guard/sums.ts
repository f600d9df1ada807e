import { isCounted, isStoppable } from "./classify.ts";
import { horizonOf, slotsByGroup, type GuardConfig } from "./config.ts";
import { spentOf, type Ledger } from "./ledger.ts";
import type { Running } from "./meter.ts";
import { charge, type NanoUsd } from "./money.ts";
import type { ObservedGroup } from "./observations.ts";
import { dayOf, DAY, endOfDay } from "./time.ts";

/** Every figure of a decision, so that a report shows how it came about. */
export interface Sums {
  readonly line: NanoUsd;
  /** Today so far. */
  readonly spent: NanoUsd;
  /** What goes on until 24:00 UTC whatever the guard does: persistent hosts, storage, instances it may not stop. */
  readonly reserved: NanoUsd;
  /** The most that what can be stopped may burn: on demand, at the dearest type of each slot that is up. */
  readonly burnPerHour: NanoUsd;
  /** Until the guard can act the next time, but no further than 24:00 UTC. */
  readonly horizonMs: number;
  /** Burn over the horizon. */
  readonly atRisk: NanoUsd;
  readonly projected: NanoUsd;
  /** Line less projection; below zero once it is too late to wait. */
  readonly left: NanoUsd;
}

export interface SumsInput {
  readonly ledger: Ledger;
  readonly running: readonly Running[];
  readonly groups: readonly ObservedGroup[];
  readonly config: GuardConfig;
  readonly now: number;
}

export function sumsOf({ ledger, running, groups, config, now }: SumsInput): Sums {
  const spent = spentOf(ledger, dayOf(now));
  const reserved = reservedUntilMidnight(running, config, now);
  const burnPerHour = stoppableBurn(running, groups, config) + ledger.modelPerHour;
  const horizonMs = Math.min(horizonOf(config), endOfDay(now) - now);
  const atRisk = charge(burnPerHour, horizonMs);
  const projected = spent + reserved + atRisk;
  return {
    line: config.linePerDay,
    spent,
    reserved,
    burnPerHour,
    horizonMs,
    atRisk,
    projected,
    left: config.linePerDay - projected,
  };
}

/**
 * A persistent host is reserved whether it runs or not, and at the dearer of its planned and its seen rate;
 * strays and unknown instances are reserved at their ceiling, since the guard has no right to stop them.
 */
export function reservedUntilMidnight(
  running: readonly Running[],
  config: GuardConfig,
  now: number,
): NanoUsd {
  const rest = endOfDay(now) - now;
  let persistentPerHour = 0;
  let heldPerHour = 0;
  for (const { claim, perHour, ceilingPerHour } of running) {
    if (claim.kind === "persistent") persistentPerHour += perHour;
    else if (isCounted(claim, config) && !isStoppable(claim)) heldPerHour += ceilingPerHour;
  }
  const planned = config.persistent.reduce((sum, host) => sum + host.perHour, 0);
  return (
    charge(Math.max(persistentPerHour, planned) + heldPerHour, rest) +
    Math.ceil((config.fixedPerDay * rest) / DAY)
  );
}

/**
 * A slot that is wanted counts at its ceiling even before its host is seen: a replacement after an interruption
 * may be the dearest allowed type, and spot prices may rise to the on-demand price between two ticks.
 */
function stoppableBurn(
  running: readonly Running[],
  groups: readonly ObservedGroup[],
  config: GuardConfig,
): NanoUsd {
  const bySlot = new Map<string, NanoUsd>();
  let outside = 0;
  for (const { claim, ceilingPerHour } of running) {
    if (!isStoppable(claim)) continue;
    if (claim.slot === undefined) outside += ceilingPerHour;
    else bySlot.set(claim.slot, (bySlot.get(claim.slot) ?? 0) + ceilingPerHour);
  }
  let slots = 0;
  const index = slotsByGroup(config);
  for (const { name, desired } of groups) {
    const slot = index.get(name);
    if (slot === undefined) continue;
    slots += Math.max(bySlot.get(slot.name) ?? 0, desired * slot.ceilingPerHour);
    bySlot.delete(slot.name);
  }
  // Hosts whose group was not described, since it is gone.
  for (const perHour of bySlot.values()) slots += perHour;
  return slots + outside;
}
