import { isCrowded, isLeft, isStoppable, overlaps, ranOn, within } from "./after-latch.ts";
import { billed, instanceBilled, untouchable } from "./bill.ts";
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
  /** The same without the tagged instances that the guard leaves to a person, too (FM-09). */
  readonly ownUsd: number;
  /** Instances that ran on after a latch since the guard leaves them to a person. */
  readonly leftToPerson: readonly string[];
  /** What of the overshoot is theirs. */
  readonly leftBeyondUsd: number;
  readonly boundUsd: number;
  /** True where no look was longer away than the guard makes up for. */
  readonly healthy: boolean;
  /** True where something started behind the guard's back. */
  readonly behind: boolean;
  readonly stops: number;
  readonly falseStops: number;
  readonly persistentStopped: number;
  /** Instances that the guard may stop. */
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
  const { stoppable: runningAfterLatch, left } = ranOn(run, exposure.msOf, from, to);
  const leftUsd = costOf(run, left, from, to);
  const nobodysUsd = untouchable(account, from, to);
  const leftTaggedUsd = costOf(
    run,
    left.filter(({ origin }) => origin === "tagged"),
    from,
    to,
  );
  const skewed = world.scenario.happenings.some(({ does }) => does === "skew");
  // A guard whose clock is off books up to that much on the neighbouring day.
  const slack = ROUNDING_USD + secondsSlack(run, from, to) + (skewed ? skewSlack(run, from, to) : 0);
  const problems = [
    ...(overshootUsd > boundUsd
      ? [`overshoot $${overshootUsd.toFixed(4)} beyond the bound $${boundUsd.toFixed(4)}`]
      : []),
    ...(persistentStopped > 0 ? ["a persistent host was stopped"] : []),
    ...(runningAfterLatch > 0
      ? [`${String(runningAfterLatch)} instances ran on after the latch that the guard may stop`]
      : []),
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
    stoppableUsd: Math.max(0, billUsd - nobodysUsd - lineUsd),
    ownUsd: Math.max(0, billUsd - nobodysUsd - leftTaggedUsd - lineUsd),
    leftToPerson: left.map(({ id }) => id),
    leftBeyondUsd: Math.min(overshootUsd, leftUsd),
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
  const left = costOf(
    run,
    today.filter((one) => isLeft(one, crowded)),
    from,
    to,
  );
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
  return ADMITTED_BOUND_USD + burning + left + bursts;
}

function costOf({ account }: Run, instances: readonly SimInstance[], from: number, to: number): number {
  return instances.reduce((sum, one) => sum + instanceBilled(account, one, from, to), 0);
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
