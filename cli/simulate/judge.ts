import { instanceBilled, billed, billedPeriod } from "./bill.ts";
import { DEAD_MAN_CHECK_MS } from "../../runtime/guard/bound.ts";
import { horizonOf } from "../../runtime/guard/config.ts";
import { totalOf, type DayRecord } from "../../runtime/guard/ledger.ts";
import { dayOf } from "../../runtime/guard/time.ts";
import { EXTRAS_USD_PER_HOUR, trueUsdPerHour } from "./setting.ts";
import type { Run } from "./run.ts";
import type { SimInstance } from "./world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What a day may overshoot while every launch goes through `ground` or a schedule and the guard is healthy. */
export const ADMITTED_BOUND_USD = 1;

/** Time until an instance is shown by descriptions, and until it is down after a word to stop it. */
const VISIBLE_AND_DOWN_MS = 40_000;

/** Rounding of whole seconds and nano-dollars, and figures that the dollars of the bill lose. */
const ROUNDING_USD = 0.000_01;

/** One day of a run, judged by its bill. */
export interface DayReport {
  readonly seed: number;
  readonly day: string;
  readonly lineUsd: number;
  readonly billUsd: number;
  readonly ledgerUsd: number;
  readonly overshootUsd: number;
  readonly boundUsd: number;
  /** True where no look was longer away than the guard makes up for. */
  readonly healthy: boolean;
  /** True where something started behind the guard's back. */
  readonly behind: boolean;
  readonly stops: number;
  readonly falseStops: number;
  readonly persistentStopped: number;
  readonly runningAfterLatch: number;
  readonly problems: readonly string[];
}

/** Judges every day of a run. */
export function judge(run: Run): readonly DayReport[] {
  const { world, backend } = run;
  const records = new Map<string, DayRecord>(backend.archived);
  for (const record of backend.ledger?.days ?? []) records.set(record.day, record);
  const reports: DayReport[] = [];
  for (let from = world.start; from < world.end; from += DAY)
    reports.push(judgeDay(run, from, records.get(dayOf(from))));
  return reports;
}

function judgeDay(run: Run, from: number, record: DayRecord | undefined): DayReport {
  const { world, account, ticks } = run;
  const to = from + DAY;
  const billUsd = billed(account, from, to);
  const ledgerUsd = record === undefined ? 0 : totalOf(record) / 1e9;
  const { lineUsd } = world.scenario;
  const exposure = exposureOf(run, from, to);
  const overshootUsd = Math.max(0, billUsd - lineUsd);
  const boundUsd = boundOf(run, exposure, from, to);
  const stops = ticks.filter((tick) => tick.verdict === "stop" && tick.from >= from && tick.from < to);
  const falseStops = stops.filter((stop) => isFalse(run, stop.to, from)).length;
  const persistentStopped = world.log.filter(
    (one) => one.origin === "persistent" && one.endedAt !== undefined,
  ).length;
  const runningAfterLatch = leftRunning(run, from, to, exposure.ms);
  const skewed = world.scenario.happenings.some(({ does }) => does === "skew");
  // A guard whose clock is off books up to that much on the neighbouring day.
  const slack = ROUNDING_USD + (skewed ? skewSlack(run, from, to) : 0);
  const problems = [
    ...(overshootUsd > boundUsd
      ? [`overshoot $${overshootUsd.toFixed(4)} beyond the bound $${boundUsd.toFixed(4)}`]
      : []),
    ...(persistentStopped > 0 ? ["a persistent host was stopped"] : []),
    ...(runningAfterLatch > 0 ? [`${String(runningAfterLatch)} instances ran on after the latch`] : []),
    ...(ledgerUsd + slack < billUsd
      ? [`the ledger says $${ledgerUsd.toFixed(6)}, the bill $${billUsd.toFixed(6)}`]
      : []),
    ...(run.fooled > 0 ? ["a forged notice was believed"] : []),
  ];
  return {
    seed: world.scenario.seed,
    day: dayOf(from),
    lineUsd,
    billUsd,
    ledgerUsd,
    overshootUsd,
    boundUsd,
    healthy: exposure.healthy,
    behind: exposure.behind.length > 0,
    stops: stops.length,
    falseStops,
    persistentStopped,
    runningAfterLatch,
    problems,
  };
}

interface Exposure {
  /** Longest time that something could burn unseen, stop included. */
  readonly ms: number;
  readonly healthy: boolean;
  /** Stoppable instances of the day that came behind the guard's back. */
  readonly behind: readonly SimInstance[];
}

/** The longest time between two good looks around the day, cut at the dead man's switch. */
function exposureOf({ world, ticks }: Run, from: number, to: number): Exposure {
  const { config } = world;
  let longest = config.intervalMs;
  let before = world.start;
  for (const { from: began, to: at, ok } of ticks) {
    if (!ok) continue;
    if (at > from && before < to) longest = Math.max(longest, began - before);
    before = began;
  }
  const healthy = longest <= horizonOf(config) - config.timeToActMs;
  const ms =
    Math.min(longest, config.deadManMs + DEAD_MAN_CHECK_MS) + config.timeToActMs + VISIBLE_AND_DOWN_MS;
  const behind = world.log.filter(
    (one) => (one.origin === "group" || one.origin === "tagged") && overlaps(one, from, to, world.now),
  );
  return { ms, healthy, behind };
}

/**
 * The printed bound: a dollar; burn × (interval + time to act) for launches behind the guard's back; the same for
 * everything while the guard is gone, with the dead man's time in place of the interval; and what the guard has
 * no right to stop, whatever that costs.
 */
function boundOf(run: Run, { ms, healthy, behind }: Exposure, from: number, to: number): number {
  const { world, account } = run;
  const ceiling = (one: SimInstance): number =>
    trueUsdPerHour(account.catalogue, one.region, one.type) + EXTRAS_USD_PER_HOUR;
  const today = world.log.filter((one) => overlaps(one, from, to, world.now));
  const exposed = healthy ? behind : today.filter(isStoppable);
  const burning = exposed.reduce((sum, one) => sum + (ceiling(one) * ms) / HOUR, 0);
  const untouchable = today
    .filter(
      (one) =>
        one.origin === "stray" || one.origin === "unknown" || (one.origin === "tagged" && isCrowded(run)),
    )
    .reduce((sum, one) => sum + instanceBilled(account, one, from, to), 0);
  const bursts = world.scenario.happenings.reduce((sum, happening) => {
    if (happening.does === "tokens" && within(world.start + happening.at, happening.forMs, from, to))
      return sum + (happening.usdPerHour * ms) / HOUR;
    // A host that AWS refuses to end burns until it is let go.
    if (happening.does === "stubborn" && within(world.start + happening.at, happening.forMs, from, to))
      return (
        sum +
        today.filter(({ group }) => group !== undefined).reduce((total, one) => total + ceiling(one), 0) *
          ((happening.forMs + ms) / HOUR)
      );
    return sum;
  }, 0);
  return ADMITTED_BOUND_USD + burning + untouchable + bursts;
}

function overlaps(one: SimInstance, from: number, to: number, now: number): boolean {
  const period = billedPeriod(one, now);
  return period.from < to && period.to > from;
}

function within(at: number, forMs: number, from: number, to: number): boolean {
  return at < to && at + forMs > from;
}

function isStoppable({ origin }: SimInstance): boolean {
  return origin === "admitted" || origin === "scheduled" || origin === "group" || origin === "tagged";
}

/** True where so many carry the stack's tags that the guard may leave the tagged ones alone (FM-09). */
function isCrowded({ world }: Run): boolean {
  const tagged = world.log.filter(({ origin }) => origin === "tagged").length;
  return tagged > 0 && tagged + world.config.slots.length > world.config.slots.length;
}

/** Instances that went on for longer than the exposure after a latch, or after they started behind one. */
function leftRunning(run: Run, from: number, to: number, exposureMs: number): number {
  const { world, backend } = run;
  const crowded = isCrowded(run);
  const stubborn = world.scenario.happenings.some(({ does }) => does === "stubborn");
  return backend.latches
    .filter((latch) => latch.from < to && latch.to > from)
    .reduce((sum, latch) => {
      const until = Math.min(latch.to, world.now);
      return (
        sum +
        world.log.filter((one) => {
          if (!isStoppable(one) || (crowded && one.origin === "tagged")) return false;
          if (stubborn && one.group !== undefined) return false;
          const began = Math.max(latch.from, one.launchedAt);
          return Math.min(one.endedAt ?? until, until) - began > exposureMs;
        }).length
      );
    }, 0);
}

/** A stop that the simulator's own bill does not bear out, by more than the guard's caution explains. */
function isFalse({ world, account, ticks }: Run, at: number, midnight: number): boolean {
  const sums = ticks.find((tick) => tick.verdict === "stop" && tick.to === at)?.sums;
  if (sums === undefined) return false;
  const truth = billed(account, midnight, at);
  const caution = (sums.reserved + sums.atRisk) / 1e9;
  // A tenth above the bill: prices of pools change between two looks, and the dearest of them counts.
  return truth * 1.1 + caution + ADMITTED_BOUND_USD < world.scenario.lineUsd;
}

function skewSlack({ world, account }: Run, from: number, to: number): number {
  const burning = world.log
    .filter((one) => overlaps(one, from, to, world.now))
    .reduce(
      (sum, one) => sum + trueUsdPerHour(account.catalogue, one.region, one.type) + EXTRAS_USD_PER_HOUR,
      0,
    );
  return ((burning + 5) * world.config.clockSkewMs * 2) / HOUR;
}
