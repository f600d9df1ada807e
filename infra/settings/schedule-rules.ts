import { isWeekly, occurrences, offsetOf } from "../../model/recurrence.ts";
import { SIZE_NAMES } from "../../model/sizes.ts";
import { guardedBudget } from "./guard.ts";
import type { Broken } from "./rules.ts";
import type { ScheduleSettings } from "./schedules.ts";
import type { ClusterSettings, ParsedSettings } from "./schema.ts";

const DAY = 86_400_000;

/** Quota of EC2 Auto Scaling: scheduled actions of one group. */
const MOST_ACTIONS = 125;

const MINUTE = 60_000;

/**
 * Rules of more than one field of the schedules.
 *
 * @param guarded the stack's guard and budget, each absent where it is not sound
 */
export function* scheduleProblems(
  { schedules, size }: ClusterSettings,
  guarded: Pick<Partial<ParsedSettings>, "guard" | "budget">,
): Generator<Broken> {
  const { guard, budget } = guarded;
  const isGuarded =
    guard !== undefined && budget !== undefined && guardedBudget({ guard, budget }) !== undefined;
  // A look that is lost is one of two.
  const pause = isGuarded ? 2 * guard.intervalMinutes : 0;
  for (const [index, schedule] of schedules.entries()) {
    const path = `cluster.schedules[${String(index)}]`;
    if (schedules.findIndex(({ name: other }) => other === schedule.name) < index)
      yield [`${path}.name`, schedule.name, "must not be named twice"];
    if (schedule.start === schedule.stop)
      yield [`${path}.stop`, schedule.stop, `must differ from ${path}.start`];
    if (schedule.size !== undefined && SIZE_NAMES.indexOf(schedule.size) > SIZE_NAMES.indexOf(size))
      yield [`${path}.size`, schedule.size, `must not be larger than cluster.size (${size})`];
    for (const field of ["start", "stop"] as const) {
      if (!comes(schedule[field], schedule.timeZone))
        yield [`${path}.${field}`, schedule[field], "never comes: no year has such a day"];
    }
    const early = schedule.start === schedule.stop ? undefined : startSoonAfterStop(schedule, pause * MINUTE);
    if (early !== undefined) {
      const message = `must come ${String(pause)} minutes after ${path}.stop at the earliest, twice guard.intervalMinutes, and comes sooner on ${shown(early)}: a start that the guard held back for want of money is given back after the stop`;
      yield [`${path}.start`, schedule.start, message];
    }
    for (const earlier of schedules.slice(0, index)) {
      const at = runTogether(earlier, schedule);
      if (at === undefined) continue;
      const message = `must not run at the same time as ${earlier.name}, and does on ${shown(at)}: EC2 Auto Scaling keeps no account of who started a slot, so that the stop of one would end both. Move its hours until a minute is between them, or make one schedule of the two`;
      yield [path, schedule.name, message];
    }
  }
  const actions = schedules.reduce((sum, { exceptions }) => sum + 2 + exceptions.length, 0);
  if (actions > MOST_ACTIONS)
    yield [
      "cluster.schedules",
      schedules.length,
      `need up to ${String(actions)} scheduled actions a slot, and EC2 Auto Scaling takes ${String(MOST_ACTIONS)}: leave out past exceptions`,
    ];
}

/** Days of four years hold every date that there is. */
const FOUR_YEARS = 4 * 366 * DAY;
const A_YEAR = 370 * DAY;
const WEEK = 7 * DAY;
const TWO_WEEKS = 15 * DAY;

/** A fixed moment, so that the same settings are judged alike on every day. */
const JANUARY = Date.UTC(2027, 0, 4);

function comes(expression: string, timeZone: string): boolean {
  const leapYearIncluded = JANUARY + FOUR_YEARS;
  return occurrences({ expression, timeZone }, JANUARY, leapYearIncluded).next().done !== true;
}

/** An instant at which both run, or one starts while the other stops; undefined where there is none. */
function runTogether(first: ScheduleSettings, second: ScheduleSettings): number | undefined {
  for (const [from, to] of spansOf([first, second])) {
    const others = runsOf(second, from, to);
    for (const [start, end] of runsOf(first, from, to)) {
      const clash = others.find(([otherStart, otherEnd]) => start <= otherEnd && otherStart <= end);
      if (clash !== undefined) return Math.max(start, clash[0]);
    }
  }
  return undefined;
}

/** A start that comes sooner than that after the stop before it; undefined where there is none. */
function startSoonAfterStop(schedule: ScheduleSettings, pause: number): number | undefined {
  for (const [from, to] of spansOf([schedule])) {
    const runs = runsOf(schedule, from, to);
    const early = runs.find(([start], index) => start - (runs[index - 1]?.[1] ?? -Infinity) < pause);
    if (early !== undefined) return early[0];
  }
  return undefined;
}

/** Parts of a year in which schedules show all that they do to each other. */
function spansOf(schedules: readonly ScheduleSettings[]): readonly (readonly [from: number, to: number])[] {
  if (!schedules.every(({ start, stop }) => isWeekly(start) && isWeekly(stop)))
    return [[JANUARY, JANUARY + A_YEAR]];
  return unlikeWeeks(schedules.map(({ timeZone }) => timeZone)).map((from) => [from, from + TWO_WEEKS]);
}

function shown(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/**
 * Starts of the weeks of a year that differ by the zones' clocks: two schedules may be apart in winter and in summer,
 * and meet in the weeks in between, in which only one of the zones has changed its clocks.
 */
function unlikeWeeks(timeZones: readonly string[]): readonly number[] {
  const weeks = new Map<string, number>();
  for (let from = JANUARY; from < JANUARY + A_YEAR; from += WEEK) {
    const clocks = timeZones.flatMap((zone) => [offsetOf(zone, from), offsetOf(zone, from + TWO_WEEKS)]);
    const key = clocks.join(" ");
    if (!weeks.has(key)) weeks.set(key, from);
  }
  return [...weeks.values()];
}

type Run = readonly [start: number, end: number];

/** A start and a stop at the same moment: the start counts, as in the estimate. */
function runsOf({ start, stop, timeZone }: ScheduleSettings, from: number, to: number): Run[] {
  const starts = [...occurrences({ expression: start, timeZone }, from, to)];
  const stops = [...occurrences({ expression: stop, timeZone }, from, to)];
  const runs: Run[] = [];
  let until = -Infinity;
  for (const at of starts) {
    if (at < until) continue;
    until = stops.find((end) => end > at) ?? to;
    runs.push([at, until]);
  }
  return runs;
}
