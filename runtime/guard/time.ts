/** Instants are milliseconds since 1970-01-01 UTC, which know no leap second and no change of clocks; days are UTC days. */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A half-open stretch of time, `from` included, `to` not. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

const names = new Map<number, string>();

/** Days whose name is kept: naming one takes a microsecond, and a tick asks for the same two again and again. */
const MOST_NAMES = 1_000;

/** The UTC day of an instant, `2026-11-21`. */
export function dayOf(instant: number): string {
  const day = Math.floor(instant / DAY);
  const known = names.get(day);
  if (known !== undefined) return known;
  const name = new Date(instant).toISOString().slice(0, 10);
  if (names.size >= MOST_NAMES) names.clear();
  names.set(day, name);
  return name;
}

export function startOfDay(instant: number): number {
  return Math.floor(instant / DAY) * DAY;
}

/** 24:00 UTC of the instant's day. */
export function endOfDay(instant: number): number {
  return startOfDay(instant) + DAY;
}

/** The interval cut at every midnight, in order; nothing for one that is empty or runs backwards. */
export function splitByDay({ from, to }: Interval): readonly Interval[] {
  if (!(to > from)) return [];
  const parts: Interval[] = [];
  for (let start = from; start < to; start = endOfDay(start))
    parts.push({ from: start, to: Math.min(to, endOfDay(start)) });
  return parts;
}

/** `2026-11-21 14:05 UTC`, for people. */
export function clockTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
