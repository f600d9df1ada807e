import type { InstanceMeter } from "./ledger.ts";
import type { InstanceState, ObservedInstance, StateChange } from "./observations.ts";
import { MINUTE, SECOND, type Interval } from "./time.ts";

/** EC2 bills by the second, a minute at least from every start. Source: Amazon EC2 pricing, "Per-second billing". */
export const LEAST_BILLED_MS = MINUTE;

/** Everything known of one instance in one tick. */
export interface Sighting {
  readonly before: Pick<InstanceMeter, "open" | "chargedUntil"> | undefined;
  readonly seen: ObservedInstance | undefined;
  readonly events: readonly StateChange[];
  /** Since when it is metered; nothing earlier is charged to an instance that was not known. */
  readonly knownSince: number;
  readonly now: number;
  /** When the last tick looked: what ran then and could be seen is known. */
  readonly lookedAt: number;
  /** From one tick to the next. */
  readonly intervalMs: number;
  /** True where its region was read, so that not seeing it means that it is gone. */
  readonly regionRead: boolean;
}

export interface Billable {
  /** In order, each after `chargedUntil`: no second is in two of them, or in those of another tick (FM-01). */
  readonly intervals: readonly Interval[];
  readonly chargedUntil: number;
  readonly open: boolean;
}

/** What to charge for an instance now. Where its end is not known it is charged up to now: rather too much than too little. */
export function billable(sighting: Sighting): Billable {
  const { before, seen, now } = sighting;
  const settled = before?.chargedUntil ?? sighting.knownSince;
  const runs = runsOf(sighting, settled);
  const alive = seen !== undefined && isAlive(seen.state);
  const open = runs.openSince !== undefined && (alive || !sighting.regionRead);
  if (runs.openSince !== undefined)
    runs.closed.push({ from: runs.openSince, to: now, start: runs.openIsStart });

  let chargedUntil = settled;
  const intervals: Interval[] = [];
  for (const { from, to, start } of runs.closed) {
    const least = start ? from + LEAST_BILLED_MS : from;
    const whole = { from: floorSecond(from), to: ceilSecond(Math.max(to, least)) };
    if (whole.to <= chargedUntil) continue;
    intervals.push({ from: Math.max(whole.from, chargedUntil), to: whole.to });
    chargedUntil = whole.to;
  }
  return { intervals, chargedUntil, open };
}

export function isAlive(state: InstanceState): boolean {
  return state === "pending" || state === "running";
}

interface Run extends Interval {
  /** True where the instance started at `from`, so that the least billed time counts from there. */
  readonly start: boolean;
}

interface Runs {
  readonly closed: Run[];
  readonly openSince: number | undefined;
  readonly openIsStart: boolean;
}

interface Mark {
  readonly at: number;
  readonly starts: boolean;
}

/** Walks along the starts and ends that description and events tell of. */
function runsOf(sighting: Sighting, settled: number): Runs {
  const { before, seen, events, now, lookedAt, intervalMs } = sighting;
  const marks = marksOf(before, seen, events, settled, now);
  const closed: Run[] = [];
  let openSince = before?.open === true ? before.chargedUntil : undefined;
  let openIsStart = false;
  for (const { at, starts } of marks) {
    if (starts && openSince === undefined) {
      openSince = at;
      openIsStart = true;
    } else if (!starts && openSince !== undefined) {
      closed.push({ from: openSince, to: at, start: openIsStart });
      openSince = undefined;
      openIsStart = false;
    } else if (!starts && before === undefined && closed.length === 0) {
      // An end without any start: since the last look, which did not know it; or its event is late, it was known, counted
      // and forgotten, and an interval is what may have been missing.
      const from = Math.min(at - intervalMs, lookedAt);
      closed.push({ from: Math.max(from, settled), to: at, start: false });
    }
  }
  return { closed, openSince, openIsStart };
}

function marksOf(
  before: Sighting["before"],
  seen: ObservedInstance | undefined,
  events: readonly StateChange[],
  settled: number,
  now: number,
): readonly Mark[] {
  const alive = seen !== undefined && isAlive(seen.state);
  // Stopped for nobody knows how long, as EC2 says of one that shut down from within: nothing tells that it ran.
  if (before === undefined && seen?.state === "stopped" && seen.endedAt === undefined)
    if (events.length === 0 && seen.launchedAt < settled) return [];
  const marks: Mark[] = [];
  for (const { state, at } of events) {
    const starts = isAlive(state);
    // A start that is settled already is an event that came twice, unless the instance is seen to run.
    if (starts && before !== undefined && at <= settled) continue;
    marks.push({ at: Math.min(at, now), starts });
  }
  if (seen !== undefined) {
    const fresh = before === undefined || alive || seen.launchedAt > settled;
    if (fresh) marks.push({ at: Math.min(seen.launchedAt, now), starts: true });
    if (!alive) {
      const told = events.some(({ state }) => !isAlive(state));
      if (seen.endedAt !== undefined) marks.push({ at: Math.min(seen.endedAt, now), starts: false });
      else if (!told) marks.push({ at: now, starts: false });
    }
  }
  return marks.length < 2
    ? marks
    : marks.toSorted((a, b) => a.at - b.at || Number(b.starts) - Number(a.starts));
}

function floorSecond(instant: number): number {
  return Math.floor(instant / SECOND) * SECOND;
}

function ceilSecond(instant: number): number {
  return Math.ceil(instant / SECOND) * SECOND;
}
