import { DAY, HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";

const UNITS = { d: DAY, h: HOUR, m: MINUTE } as const;

/** The shortest that a lease is made or extended for. */
export const LEAST_LENGTH_MS = 10 * MINUTE;

/** What is wrong with a text that should be a duration. */
export interface BadDuration {
  readonly problem: string;
}

/**
 * Reads `8h`, `90m`, `1h30m`, `2d`: days, hours and minutes, in this order, each at most once.
 *
 * @returns milliseconds, or what is wrong and what is allowed
 */
export function readDuration(
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | BadDuration {
  const allowed = `a duration from ${shownDuration(least)} to ${shownDuration(most)}, such as 90m, 8h or 1d12h`;
  const parts = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?$/.exec(text.trim());
  if (parts === null || text.trim() === "") return { problem: `"${text}" is not ${allowed}.` };
  const [, days = "0", hours = "0", minutes = "0"] = parts;
  const duration = Number(days) * UNITS.d + Number(hours) * UNITS.h + Number(minutes) * UNITS.m;
  return duration < least || duration > most ? { problem: `"${text}" must be ${allowed}.` } : duration;
}

/** `1d12h`, `8h`, `1h30m`, `5m`; whole minutes, rounded down; below one minute in seconds. */
export function shownDuration(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${String(Math.max(0, Math.floor(milliseconds / SECOND)))}s`;
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  return [
    [days, "d"],
    [hours, "h"],
    [minutes, "m"],
  ]
    .flatMap(([count, unit]) => (count === 0 ? [] : `${String(count)}${String(unit)}`))
    .join("");
}
