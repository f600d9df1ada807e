import { isWeekly, occurrences, offsetOf } from "../../model/recurrence.ts";
import { SIZE_NAMES } from "../../model/sizes.ts";
import type { Broken } from "./rules.ts";
import type { ScheduleSettings } from "./schedules.ts";
import type { ClusterSettings } from "./schema.ts";

const DAY = 86_400_000;

/** Quota of EC2 Auto Scaling: scheduled actions of one group. */
const MOST_ACTIONS = 125;

/** Rules of more than one field of the schedules. */
export function* scheduleProblems({ schedules, size }: ClusterSettings): Generator<Broken> {
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
    for (const earlier of schedules.slice(0, index)) {
      const at = runTogether(earlier, schedule);
      if (at === undefined) continue;
      const when = `${new Date(at).toISOString().slice(0, 16)}Z`;
      const message = `must not run at the same time as ${earlier.name}, and does on ${when}: EC2 Auto Scaling keeps no account of who started a slot, so that the stop of one would end both. Move its hours until a minute is between them, or make one schedule of the two`;
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
  const weekly = [first, second].every(({ start, stop }) => isWeekly(start) && isWeekly(stop));
  const spans = weekly
    ? unlikeWeeks([first.timeZone, second.timeZone]).map((from) => [from, from + TWO_WEEKS] as const)
    : [[JANUARY, JANUARY + A_YEAR] as const];
  for (const [from, to] of spans) {
    const others = runsOf(second, from, to);
    for (const [start, end] of runsOf(first, from, to)) {
      const clash = others.find(([otherStart, otherEnd]) => start <= otherEnd && otherStart <= end);
      if (clash !== undefined) return Math.max(start, clash[0]);
    }
  }
  return undefined;
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
