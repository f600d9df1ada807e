import { Decimal } from "decimal.js";
import { isWeekly, occurrences, offsetOf } from "../model/recurrence.ts";
import { HOURS_PER_DAY } from "./assumptions.ts";
import type { RunningHours } from "./money.ts";

/** A recurring start or stop, as `aws:autoscaling/schedule:Schedule` states it. */
export interface ScheduledAction {
  /** Cron expression of five fields. */
  readonly recurrence: string;
  /** IANA time zone of the expression. */
  readonly timeZone: string;
  readonly does: "start" | "stop";
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Periods without a change of clocks anywhere, one in each half of the year: a schedule is priced for its usual
 * day, not for the one night a year that is an hour longer. Two are needed only where actions of one group are in
 * several time zones, whose distance changes. Fixed dates keep the same plan the same price on every day.
 */
const WINTER = Date.UTC(2027, 0, 4);
const SUMMER = Date.UTC(2027, 6, 5);

/** For expressions that name days of the month or months: a year, after a run-in of two months. */
const YEAR = Date.UTC(2026, 10, 2);

interface Period {
  readonly start: number;
  /** Days before counting begins, in which the actions settle whether the slot runs. */
  readonly runIn: number;
  readonly days: number;
  /** Days the average is taken over, from the end of the run-in. */
  readonly averaged: number;
}

/** Actions more frequent than this are no working hours; nothing useful follows from counting them. */
const MOST_EVENTS = 2_000;

/**
 * Hours a day that slots run under recurring starts and stops. The dearest day is the longest one, however days
 * are cut: in the time zone of the schedule, as people read it, or in UTC, as budgets and the guard count it.
 * Where a start and a stop fall together the start counts.
 *
 * @returns undefined where nothing ever starts, or an expression cannot be read.
 */
export function runningHours(actions: readonly ScheduledAction[]): RunningHours | undefined {
  if (!actions.some(({ does }) => does === "start")) return undefined;
  const found: RunningHours[] = [];
  for (const period of periodsOf(actions)) {
    const events = eventsIn(actions, period);
    if (events === undefined) return undefined;
    found.push(measure(events, period, new Set(actions.map(({ timeZone }) => timeZone))));
  }
  return {
    dearestDay: Decimal.max(...found.map(({ dearestDay }) => dearestDay)),
    averageDay: Decimal.max(...found.map(({ averageDay }) => averageDay)),
  };
}

function periodsOf(actions: readonly ScheduledAction[]): readonly Period[] {
  if (!actions.every(({ recurrence }) => isWeekly(recurrence)))
    return [{ start: YEAR, runIn: 63, days: 365 + 2, averaged: 365 }];
  const week = { runIn: 9, days: 9, averaged: 7 };
  const oneZone = new Set(actions.map(({ timeZone }) => timeZone)).size === 1;
  return oneZone ? [{ start: WINTER, ...week }] : [WINTER, SUMMER].map((start) => ({ start, ...week }));
}

interface Event {
  readonly at: number;
  readonly does: "start" | "stop";
}

function eventsIn(actions: readonly ScheduledAction[], period: Period): readonly Event[] | undefined {
  const end = period.start + (period.runIn + period.days) * DAY;
  const events: Event[] = [];
  try {
    for (const { recurrence, timeZone, does } of actions) {
      let count = 0;
      for (const at of occurrences({ expression: recurrence, timeZone }, period.start, end)) {
        if (++count > MOST_EVENTS) return undefined;
        events.push({ at, does });
      }
    }
  } catch {
    return undefined;
  }
  return events.sort(
    (first, second) =>
      first.at - second.at || (first.does === second.does ? 0 : first.does === "stop" ? -1 : 1),
  );
}

function measure(events: readonly Event[], period: Period, timeZones: ReadonlySet<string>): RunningHours {
  const runs = runsOf(events, period.start + (period.runIn + period.days) * DAY);
  const from = period.start + period.runIn * DAY;
  const average = runningBetween(runs, from, from + period.averaged * DAY);
  let longest = 0;
  for (const offset of [0, ...[...timeZones].map((zone) => offsetOf(zone, from))]) {
    const days = dayTotals(runs, from - offset, period.days - 1);
    for (const running of days) longest = Math.max(longest, running);
  }
  return {
    dearestDay: Decimal.min(new Decimal(longest).div(HOUR), HOURS_PER_DAY),
    averageDay: new Decimal(average).div(period.averaged).div(HOUR),
  };
}

type Run = readonly [start: number, end: number];

function runsOf(events: readonly Event[], end: number): readonly Run[] {
  const runs: Run[] = [];
  let started: number | undefined;
  for (const { at, does } of events) {
    if (does === "start") started ??= at;
    else if (started !== undefined) {
      runs.push([started, at]);
      started = undefined;
    }
  }
  if (started !== undefined) runs.push([started, end]);
  return runs;
}

function runningBetween(runs: readonly Run[], from: number, to: number): number {
  return runs.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
}

/** Milliseconds of running on each of the days that begin at `from`. */
function dayTotals(runs: readonly Run[], from: number, days: number): readonly number[] {
  const totals = new Array<number>(days).fill(0);
  for (const [start, end] of runs) {
    const first = Math.max(0, Math.floor((start - from) / DAY));
    const last = Math.min(days - 1, Math.floor((end - from) / DAY));
    for (let day = first; day <= last; day++) {
      const opens = from + day * DAY;
      totals[day] = (totals[day] ?? 0) + Math.max(0, Math.min(end, opens + DAY) - Math.max(start, opens));
    }
  }
  return totals;
}
