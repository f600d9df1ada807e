import type { Catalogue } from "../../pricing/catalogue.ts";
import type { PriceChange } from "./market.ts";
import { trueUsdPerHour } from "./setting.ts";
import type { SimInstance, World } from "./world.ts";

/**
 * The bill, as AWS would make it, from the simulator's log of launches and stops. It shares no line with the
 * guard's meter: it counts in dollars and seconds, after the fact, at the market's own prices.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A rate of something without instances, from a time on. */
export interface RateStep {
  readonly at: number;
  readonly usdPerHour: number;
}

export interface Account {
  readonly world: World;
  readonly catalogue: Catalogue;
  readonly tokenRates: readonly RateStep[];
}

/** US dollars from one instant to another, `foreign` instances left out: they are on another environment's account. */
export function billed(account: Account, from: number, to: number): number {
  const { world } = account;
  const fixed = (world.scenario.fixedUsdPerDay * (to - from)) / DAY;
  let sum = fixed + stepwise(account.tokenRates, from, to);
  for (const instance of world.log)
    if (instance.origin !== "foreign") sum += instanceBilled(account, instance, from, to);
  return sum;
}

/** The part that no watch may stop: strays and what nothing ties to the stack. */
export function untouchable(account: Account, from: number, to: number): number {
  return account.world.log
    .filter(({ origin }) => origin === "stray" || origin === "unknown")
    .reduce((sum, instance) => sum + instanceBilled(account, instance, from, to), 0);
}

/** One instance's part: by the second from `running`, a minute at least, with its address and volumes. */
export function instanceBilled(
  { world, catalogue }: Account,
  instance: SimInstance,
  from: number,
  to: number,
): number {
  const period = billedPeriod(instance, world.now);
  const start = Math.max(period.from, from);
  const end = Math.min(period.to, to);
  if (end <= start) return 0;
  const hours = (end - start) / HOUR;
  const extras = instance.origin === "persistent" ? 0 : hours * world.scenario.extrasUsdPerHour;
  if (instance.market === "on-demand")
    return hours * trueUsdPerHour(catalogue, instance.region, instance.type) + extras;
  return stepwise(world.market.stepsOf(instance.type, instance.zone), start, end) + extras;
}

/** From `running` to its end in whole seconds, a minute at least. One that ended before it ran costs nothing. */
export function billedPeriod(
  { runningAt, endedAt }: SimInstance,
  now: number,
): { readonly from: number; readonly to: number } {
  const end = endedAt ?? now;
  if (end <= runningAt) return { from: runningAt, to: runningAt };
  const seconds = Math.ceil((end - runningAt) / 1000);
  return { from: runningAt, to: runningAt + Math.max(seconds, 60) * 1000 };
}

/** Dollars of a rate that changes in steps; their times rise. */
export function stepwise(steps: readonly PriceChange[], from: number, to: number): number {
  let sum = 0;
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index];
    if (step === undefined || step.at >= to) break;
    const start = Math.max(step.at, from);
    const end = Math.min(steps[index + 1]?.at ?? to, to);
    if (end > start) sum += (step.usdPerHour * (end - start)) / HOUR;
  }
  return sum;
}
