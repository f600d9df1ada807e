import { Cron } from "croner";

/** A recurring moment, as scheduled actions of EC2 Auto Scaling state it. */
export interface Recurrence {
  /** Cron expression of five fields. */
  readonly expression: string;
  /** IANA time zone of the expression. */
  readonly timeZone: string;
}

/** True where the expression names neither days of the month nor months: its weeks are all alike. */
export function isWeekly(expression: string): boolean {
  return /^\S+\s+\S+\s+\*\s+\*\s+\S+$/.test(expression.trim());
}

/**
 * Instants at which the recurrence comes, from `from` on and before `to`, in order. Where clocks go forward a
 * skipped hour comes as the first moment after it, where they go back a doubled hour comes once.
 *
 * @throws TypeError or RangeError for an expression or a time zone that cannot be read.
 */
export function* occurrences(
  { expression, timeZone }: Recurrence,
  from: number,
  to = Infinity,
): Generator<number> {
  const cron = cronOf({ expression, timeZone });
  // The next run after a moment: that of the moment itself is one millisecond before.
  let next = cron.nextRun(new Date(from - 1));
  while (next !== null && next.getTime() < to) {
    yield next.getTime();
    next = cron.nextRun(next);
  }
}

/** The last instant at or before `at` at which the recurrence came; undefined where it never did. */
export function lastOccurrence(recurrence: Recurrence, at: number): number | undefined {
  return cronOf(recurrence)
    .previousRuns(1, new Date(at + 1))
    .at(0)
    ?.getTime();
}

const crons = new Map<string, Cron>();

/** Paused and without a function: croner computes times and sets no timer. Read once: a stack has a few of them. */
function cronOf({ expression, timeZone }: Recurrence): Cron {
  const key = `${timeZone} ${expression}`;
  const cron = crons.get(key) ?? new Cron(expression, { timezone: timeZone, mode: "5-part", paused: true });
  crons.set(key, cron);
  return cron;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The date of an instant in a time zone, `2026-12-24`. */
export function dateIn(timeZone: string, at: number): string {
  const format =
    formats.get(timeZone) ??
    // Sweden writes dates as ISO 8601 does.
    new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  formats.set(timeZone, format);
  return format.format(at);
}

const offsets = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds a time zone is ahead of UTC at an instant. */
export function offsetOf(timeZone: string, at: number): number {
  const format =
    offsets.get(timeZone) ?? new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  offsets.set(timeZone, format);
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000);
}
