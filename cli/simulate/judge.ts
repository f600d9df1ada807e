import { billed, billedPeriod, instanceBilled, untouchable } from "./bill.ts";
import { DEAD_MAN_CHECK_MS } from "../../model/guard.ts";
import { horizonOf } from "../../runtime/guard/config.ts";
import { totalOf, type DayRecord } from "../../runtime/guard/ledger.ts";
import { dayOf } from "../../runtime/guard/time.ts";
import { trueUsdPerHour } from "./setting.ts";
import type { Run, TickRecord } from "./run.ts";
import type { SimInstance } from "./world.ts";

const SECOND = 1_000;
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
  /** The same without what no watch may stop: strays and what nothing ties to the stack. */
  readonly stoppableUsd: number;
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
  const stops = ticks.filter((tick) => tick.stop !== undefined && tick.from >= from && tick.from < to);
  const falseStops = stops.filter((tick) => isFalse(run, tick, from)).length;
  const persistentStopped = world.log.filter(
    (one) => one.origin === "persistent" && one.endedAt !== undefined,
  ).length;
  const runningAfterLatch = leftRunning(run, exposure, from, to);
  const skewed = world.scenario.happenings.some(({ does }) => does === "skew");
  // A guard whose clock is off books up to that much on the neighbouring day.
  const slack = ROUNDING_USD + secondsSlack(run, from, to) + (skewed ? skewSlack(run, from, to) : 0);
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
    stoppableUsd: Math.max(0, billUsd - untouchable(account, from, to) - lineUsd),
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
  /** Longest time that an instance could burn unseen, stop included. */
  readonly msOf: (one: SimInstance) => number;
  /** The same for calls of models, which have no switch either. */
  readonly agentsMs: number;
  readonly healthy: boolean;
  /** Stoppable instances of the day that came behind the guard's back. */
  readonly behind: readonly SimInstance[];
}

/**
 * The longest time between two good looks around the day, cut at the dead man's switch; and what calls that never
 * answered took of the run that was held up the longest.
 */
function exposureOf({ world, ticks }: Run, from: number, to: number): Exposure {
  const { config } = world;
  let longest = config.intervalMs;
  let hung = 0;
  let before = world.start;
  for (const { from: began, to: at, ok, hungMs } of ticks) {
    if (!ok) continue;
    if (at > from && before < to) {
      longest = Math.max(longest, began - before);
      hung = Math.max(hung, hungMs);
    }
    before = began;
  }
  const healthy = longest + hung <= horizonOf(config) - config.timeToActMs;
  const rest = config.timeToActMs + VISIBLE_AND_DOWN_MS + hung;
  const switched = Math.min(longest, config.deadManMs + DEAD_MAN_CHECK_MS) + rest;
  // Launched by hand without a host's profile, it has no dead man's switch: nothing but the guard sees it.
  const msOf = ({ profile }: SimInstance): number => (profile === undefined ? longest + rest : switched);
  const behind = world.log.filter(
    (one) => (one.origin === "group" || one.origin === "tagged") && overlaps(one, from, to, world.now),
  );
  return { msOf, agentsMs: longest + rest, healthy, behind };
}

/**
 * The printed bound: a dollar; burn × (interval + time to act) for launches behind the guard's back; the same for
 * everything while the guard is gone, with the dead man's time in place of the interval; and what the guard has
 * no right to stop, whatever that costs.
 */
function boundOf(run: Run, { msOf, agentsMs, healthy, behind }: Exposure, from: number, to: number): number {
  const { world, account } = run;
  const ceiling = (one: SimInstance): number =>
    trueUsdPerHour(account.catalogue, one.region, one.type) + world.scenario.extrasUsdPerHour;
  const today = world.log.filter((one) => overlaps(one, from, to, world.now));
  const crowded = isCrowded(run, from, to);
  const exposed = healthy ? behind : today.filter(isStoppable);
  const burning = exposed.reduce((sum, one) => sum + (ceiling(one) * msOf(one)) / HOUR, 0);
  const untouchable = today
    .filter(
      (one) => one.origin === "stray" || one.origin === "unknown" || (one.origin === "tagged" && crowded),
    )
    .reduce((sum, one) => sum + instanceBilled(account, one, from, to), 0);
  const bursts = world.scenario.happenings.reduce((sum, happening) => {
    if (happening.does === "tokens" && within(world.start + happening.at, happening.forMs, from, to))
      return sum + (happening.usdPerHour * agentsMs) / HOUR;
    // A host that AWS refuses to end burns until it is let go.
    if (happening.does === "stubborn" && within(world.start + happening.at, happening.forMs, from, to))
      return (
        sum +
        today
          .filter(({ group }) => group !== undefined)
          .reduce((total, one) => total + (ceiling(one) * (happening.forMs + msOf(one))) / HOUR, 0)
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

/** True where at some time of the day more were up than the stack has slots: the guard leaves the tagged ones alone (FM-09). */
function isCrowded({ world }: Run, from: number, to: number): boolean {
  const ours = world.log.filter((one) => isStoppable(one) && overlaps(one, from, to, world.now));
  if (!ours.some(({ origin }) => origin === "tagged")) return false;
  // As descriptions show them: they go on saying that one runs for a while after its end.
  const marks = ours.flatMap(({ launchedAt, endedAt = Infinity, staleMs }) => [
    { at: launchedAt, step: 1 },
    { at: endedAt + staleMs, step: -1 },
  ]);
  let up = 0;
  return marks
    .toSorted((a, b) => a.at - b.at || b.step - a.step)
    .some(({ step }) => (up += step) > world.config.slots.length);
}

/** Instances that went on for longer than the exposure after a latch, or after they started behind one. */
function leftRunning(run: Run, { msOf }: Exposure, from: number, to: number): number {
  const { world, backend } = run;
  const crowded = isCrowded(run, from, to);
  return backend.latches
    .filter((latch) => latch.from < to && latch.to > from)
    .reduce((sum, latch) => {
      const until = Math.min(latch.to, world.now);
      const left = world.log.filter((one) => {
        if (!isStoppable(one) || (crowded && one.origin === "tagged")) return false;
        if (!overlaps(one, from, to, world.now)) return false;
        const began = Math.max(latch.from, one.launchedAt);
        const grace = one.group === undefined ? 0 : stubbornMs(run, began, until);
        return Math.min(one.endedAt ?? until, until) - began > msOf(one) + grace;
      });
      return sum + left.length;
    }, 0);
}

/** How long AWS refused to end hosts of groups. */
function stubbornMs({ world }: Run, from: number, to: number): number {
  return world.scenario.happenings.reduce(
    (sum, happening) =>
      happening.does === "stubborn" && within(world.start + happening.at, happening.forMs, from, to)
        ? sum + happening.forMs
        : sum,
    0,
  );
}

/** A stop that the simulator's own bill does not bear out, by more than the guard's caution explains. */
function isFalse({ world, account }: Run, { to, stop }: TickRecord, midnight: number): boolean {
  if (stop === undefined) return false;
  const truth = billed(account, midnight, to);
  const caution = (stop.reserved + stop.atRisk) / 1e9;
  // A tenth above the bill: prices of pools change between two looks, and the dearest of them counts.
  return truth * 1.1 + caution + ADMITTED_BOUND_USD < world.scenario.lineUsd;
}

/** AWS counts seconds from each start, the meter by the clock: of each end a second's part may fall on the next day. */
function secondsSlack({ world, account }: Run, from: number, to: number): number {
  return world.log
    .filter(({ endedAt }) => endedAt !== undefined && endedAt >= from - SECOND && endedAt < to)
    .reduce((sum, one) => sum + (trueUsdPerHour(account.catalogue, one.region, one.type) * SECOND) / HOUR, 0);
}

function skewSlack({ world, account }: Run, from: number, to: number): number {
  const burning = world.log
    .filter((one) => overlaps(one, from, to, world.now))
    .reduce(
      (sum, one) =>
        sum + trueUsdPerHour(account.catalogue, one.region, one.type) + world.scenario.extrasUsdPerHour,
      0,
    );
  return ((burning + 5) * world.config.clockSkewMs * 2) / HOUR;
}
