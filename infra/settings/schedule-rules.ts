import { isWeekly, occurrences } from "../../model/recurrence.ts";
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
      const message = `must end before ${earlier.name} starts and start after it ends, which it does not on ${when}: the stop of one would end both`;
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
const TWO_WEEKS = 15 * DAY;

/** Fixed moments, so that the same settings are judged alike on every day: the year, a winter week, a summer week. */
const JANUARY = Date.UTC(2027, 0, 4);
const JULY = Date.UTC(2027, 6, 5);

function comes(expression: string, timeZone: string): boolean {
  const leapYearIncluded = JANUARY + FOUR_YEARS;
  return occurrences({ expression, timeZone }, JANUARY, leapYearIncluded).next().done !== true;
}

/** An instant at which both run, or one starts while the other stops; undefined where there is none. */
function runTogether(first: ScheduleSettings, second: ScheduleSettings): number | undefined {
  const weekly = [first, second].every(({ start, stop }) => isWeekly(start) && isWeekly(stop));
  const spans = weekly
    ? [JANUARY, JULY].map((from) => [from, from + TWO_WEEKS] as const)
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
