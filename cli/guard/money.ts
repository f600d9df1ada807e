import { knownRunning } from "../../runtime/guard/admission.ts";
import { isCounted, isStoppable } from "../../runtime/guard/classify.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { recordOf, totalOf, type Billed, type Ledger } from "../../runtime/guard/ledger.ts";
import { usdOf, type NanoUsd } from "../../runtime/guard/money.ts";
import type { ObservedGroup } from "../../runtime/guard/observations.ts";
import { sumsOf, type Sums } from "../../runtime/guard/sums.ts";
import { dayOf, endOfDay, HOUR } from "../../runtime/guard/time.ts";

/** Today's money by the guard's own sums: `spent` is the higher of `metered` and `billed`, and all others follow it. */
export interface Money extends Sums {
  /** Today so far by the meter alone. */
  readonly metered: NanoUsd;
  /** What AWS Budgets said of today, and when; null where it said nothing, or nothing that was believed. */
  readonly billed: Pick<Billed, "amount" | "at"> | null;
  /** The instant the sums are of: the last tick, or now where that was on another day. */
  readonly at: number;
  /** What everything counted costs an hour by the prices of the last tick, models included; storage is not. */
  readonly perHour: NanoUsd;
  /** The part of it that the guard would stop. */
  readonly stoppablePerHour: NanoUsd;
  /**
   * Milliseconds from `at` until the guard stops everything at that rate; null: not before 24:00 UTC. At the earliest
   * where `billed` counts: it stands still until the meter has passed it, or AWS says more.
   */
  readonly untilStop: number | null;
}

/**
 * The sums of the last tick, by the guard's own arithmetic. Nothing is added for the minutes since: sums of one
 * instant fit together, and the guard acts on no others.
 */
export function moneyOf(
  ledger: Ledger,
  groups: readonly ObservedGroup[],
  config: GuardConfig,
  now: number,
): Money {
  const at = dayOf(ledger.meteredUntil) === dayOf(now) ? ledger.meteredUntil : now;
  const running = knownRunning(ledger);
  const sums = sumsOf({ ledger, running, groups, config, now: at });
  const rate = (wanted: (one: (typeof running)[number]) => boolean): NanoUsd =>
    running.filter(wanted).reduce((sum, { perHour }) => sum + perHour, ledger.modelPerHour);
  const stoppablePerHour = rate(({ claim }) => isStoppable(claim));
  const { billed } = ledger;
  return {
    ...sums,
    metered: totalOf(recordOf(ledger, dayOf(at))),
    billed: billed?.day === dayOf(at) ? billed : null,
    at,
    perHour: rate(({ claim }) => isCounted(claim, config)),
    stoppablePerHour,
    untilStop: untilStop(sums, stoppablePerHour, at),
  };
}

/** What cannot be stopped is in the sums until 24:00 UTC already, so that only the rest brings the line nearer. */
export function untilStop(
  { left }: Pick<Sums, "left">,
  stoppablePerHour: NanoUsd,
  at: number,
): number | null {
  if (stoppablePerHour <= 0) return null;
  const until = Math.max(0, Math.floor((left / stoppablePerHour) * HOUR));
  return at + until < endOfDay(at) ? until : null;
}

/** For scripts: US dollars, times as ISO 8601, lengths in seconds. */
export function moneyJson(money: Money): Readonly<Record<string, unknown>> {
  const { at, line, spent, metered, billed, reserved, left, perHour, burnPerHour, untilStop } = money;
  const usd = (amount: number): number => usdOf(amount).toNumber();
  return {
    meteredUntil: new Date(at).toISOString(),
    lineUsd: usd(line),
    spentUsd: usd(spent),
    meteredUsd: usd(metered),
    billed: billed === null ? null : { usd: usd(billed.amount), at: new Date(billed.at).toISOString() },
    reservedUsd: usd(reserved),
    leftUsd: usd(left),
    usdPerHour: usd(perHour),
    mostUsdPerHour: usd(burnPerHour),
    secondsUntilStop: untilStop === null ? null : Math.floor(untilStop / 1_000),
  };
}
