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
  // Paused and without a function: croner computes times and sets no timer.
  const cron = new Cron(expression, { timezone: timeZone, mode: "5-part", paused: true });
  // The next run after a moment: that of the moment itself is one millisecond before.
  let next = cron.nextRun(new Date(from - 1));
  while (next !== null && next.getTime() < to) {
    yield next.getTime();
    next = cron.nextRun(next);
  }
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
