import { dateIn, occurrences, type Recurrence } from "../../model/recurrence.ts";
import type { ScheduleSettings } from "./schedules.ts";
import type { ClusterSettings } from "./schema.ts";
import { slotsOfSize, type SlotPlan } from "./slots.ts";

/** One scheduled action of a group, in the terms of EC2 Auto Scaling. */
export interface ScheduledActionPlan {
  /** Unlike any other of the same group, for example `day-start`. */
  readonly name: string;
  readonly recurrence: string;
  readonly timeZone: string;
  readonly desiredCapacity: 0 | 1;
  /** First and last moment of the recurrence, in UTC; absent: no such bound. */
  readonly startTime?: string;
  readonly endTime?: string;
}

/**
 * The scheduled actions of one slot. Each exception splits a start in two: one that ends before it and one that
 * begins after it. Stops are never split, since what runs into an exception must end all the same.
 *
 * @param today UTC date on which the program runs: exceptions before it are over, and AWS refuses times in the past.
 */
export function scheduledActionsOf(
  cluster: Pick<ClusterSettings, "size" | "schedules">,
  slot: SlotPlan,
  today: string,
): ScheduledActionPlan[] {
  return cluster.schedules
    .filter(({ size }) => slotsOfSize([slot], size, cluster.size).length > 0)
    .flatMap((schedule) => {
      const { timeZone, start, stop } = schedule;
      return [
        ...segments(schedule, today).map(({ after, ...bounds }) => ({
          name: after === undefined ? `${schedule.name}-start` : `${schedule.name}-start-after-${after}`,
          recurrence: start,
          timeZone,
          desiredCapacity: 1 as const,
          ...bounds,
        })),
        { name: `${schedule.name}-stop`, recurrence: stop, timeZone, desiredCapacity: 0 as const },
      ];
    });
}

/** Those of every slot, by its name. */
export function scheduledActions(
  cluster: Pick<ClusterSettings, "size" | "schedules">,
  slots: readonly SlotPlan[],
  today: string,
): ReadonlyMap<string, readonly ScheduledActionPlan[]> {
  return new Map(slots.map((slot) => [slot.name, scheduledActionsOf(cluster, slot, today)]));
}

interface Segment {
  /** The last exception before it. */
  readonly after?: string;
  readonly startTime?: string;
  readonly endTime?: string;
}

type Begin = Omit<Segment, "endTime">;

/**
 * The recurrence of the starts without the exceptions. AWS performs an action at its start time and then by its
 * recurrence, so that a start time must itself be a moment of the recurrence.
 */
function segments({ start, timeZone, exceptions }: ScheduleSettings, today: string): Segment[] {
  const recurrence: Recurrence = { expression: start, timeZone };
  // From a day before: where it is already, or still, another date than in UTC.
  const from = Date.parse(`${today}T00:00:00Z`) - DAY;
  const excluded = new Set(exceptions);
  const found: Segment[] = [];
  let begin: Begin | undefined = {};
  for (const date of [...excluded].sort()) {
    const first = firstOn(date, recurrence);
    // Over, without a start, or part of a gap that an exception before it opened.
    if (first === undefined || first < from || begin === undefined) continue;
    if (begin.startTime !== undefined && first < Date.parse(begin.startTime)) continue;
    if (hasStart(recurrence, begin, first, from)) found.push({ ...begin, endTime: secondBefore(first) });
    begin = beginAfter(first, recurrence, excluded);
  }
  return begin === undefined ? found : [...found, begin];
}

/** The first start after a gap; undefined where none ever comes. */
function beginAfter(gap: number, recurrence: Recurrence, excluded: ReadonlySet<string>): Begin | undefined {
  let after = dateIn(recurrence.timeZone, gap);
  for (const at of occurrences(recurrence, gap)) {
    const date = dateIn(recurrence.timeZone, at);
    if (!excluded.has(date)) return { after, startTime: iso(at) };
    after = date;
  }
  return undefined;
}

/** True where the recurrence comes at least once between the beginning of a segment and its end. */
function hasStart(recurrence: Recurrence, { startTime }: Begin, end: number, from: number): boolean {
  const begin = startTime === undefined ? from : Date.parse(startTime);
  return occurrences(recurrence, begin, end).next().done !== true;
}

/** The first start on a date of the schedule's time zone; undefined where it does not start then. */
function firstOn(date: string, recurrence: Recurrence): number | undefined {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  for (const at of occurrences(recurrence, midnight - DAY, midnight + 2 * DAY))
    if (dateIn(recurrence.timeZone, at) === date) return at;
  return undefined;
}

const SECOND = 1_000;
const DAY = 86_400_000;

/** As AWS writes times, in UTC without fractions of a second. */
function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** Cron knows no seconds: this is after every earlier start, and leaves no doubt whether an end is included. */
function secondBefore(at: number): string {
  return iso(at - SECOND);
}
