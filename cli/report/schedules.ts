import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import { HOURS_PER_DAY, HOURS_PER_MONTH } from "../../pricing/assumptions.ts";
import { runningHours } from "../../pricing/schedule.ts";

/** A schedule as people read it. */
export interface ToldSchedule {
  readonly name: string;
  /** `08:00–14:00, Mon–Fri`; as cron where an expression says more than a time and days. */
  readonly hours: string;
  readonly timeZone: string;
  /** `every slot`, or of which size. */
  readonly slots: string;
  /** Dates on which it does not start. */
  readonly exceptions: readonly string[];
  /** Of an average month, as the estimate counts them; exceptions are not taken off. */
  readonly hoursPerMonth: string;
}

export function toldSchedule(schedule: ScheduleSettings): ToldSchedule {
  const { name, timeZone, size, exceptions } = schedule;
  return {
    name,
    hours: hoursOf(schedule),
    timeZone,
    slots: size === undefined ? "every slot" : `the slots of size ${size}`,
    exceptions: exceptions.toSorted(),
    hoursPerMonth: hoursPerMonth(schedule),
  };
}

function hoursPerMonth({ start, stop, timeZone }: ScheduleSettings): string {
  const hours = runningHours([
    { recurrence: start, timeZone, does: "start" },
    { recurrence: stop, timeZone, does: "stop" },
  ]);
  const perDay = hours?.averageDay ?? HOURS_PER_DAY;
  return `${(Number(perDay) * (HOURS_PER_MONTH / HOURS_PER_DAY)).toFixed(0)} h a month`;
}

function hoursOf({ start, stop }: ScheduleSettings): string {
  const [from, to] = [start, stop].map(momentOf);
  if (from === undefined || to === undefined) return `starts at cron ${start}, stops at cron ${stop}`;
  // Over midnight, the same days for both would leave out when the last of them ends.
  const oneDay = from.days === to.days && (from.time < to.time || from.days === EVERY_DAY);
  return oneDay
    ? `${from.time}–${to.time}, ${from.days}`
    : `from ${from.time}, ${from.days}, to ${to.time}, ${to.days}`;
}

interface Moment {
  /** `08:00`. */
  readonly time: string;
  /** `Mon–Fri`. */
  readonly days: string;
}

/** What a cron expression says, where that is one time on some days of the week; else undefined. */
function momentOf(expression: string): Moment | undefined {
  const parts = /^(\d{1,2}) (\d{1,2}) \* \* (\S+)$/.exec(expression.trim().replaceAll(/\s+/g, " "));
  if (parts === null) return undefined;
  const [, minute = "", hour = "", days = ""] = parts;
  const named = daysOf(days);
  if (named === undefined) return undefined;
  return { time: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`, days: named };
}

const EVERY_DAY = "every day";
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

function daysOf(field: string): string | undefined {
  if (field === "*") return EVERY_DAY;
  const items = field.split(",").map((item) => item.split("-").map(dayOf));
  if (items.flat().includes(undefined)) return undefined;
  return items.map((bounds) => bounds.join("–")).join(", ");
}

function dayOf(text: string): string | undefined {
  return DAYS.find((day, index) => text === String(index) || text.toUpperCase() === day.toUpperCase());
}
