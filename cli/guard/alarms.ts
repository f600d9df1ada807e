import { clockTime } from "../../runtime/guard/time.ts";
import type { AlarmState } from "./ports.ts";
import type { GuardStatus } from "./status.ts";

/** In the order in which people need them: what each state is in words, and what to do about it. */
const STATES: readonly (readonly [state: AlarmState["state"], words: string, remedy: string])[] = [
  ["ALARM", "sounding", "look at the guard's log and its queue of failures"],
  ["missing", "missing", "run pulumi up"],
  ["INSUFFICIENT_DATA", "without data yet", ""],
  ["OK", "OK", ""],
];

/** A line for each state that an alarm is in. */
export function alarmLines(alarms: GuardStatus["alarms"]): readonly string[] {
  return STATES.flatMap(([wanted, words, remedy]) => {
    const names = alarms
      .filter(({ state }) => state === wanted)
      .map(({ alarm, since }) =>
        wanted === "ALARM" && since !== undefined ? `${alarm} since ${clockTime(since)}` : alarm,
      );
    if (names.length === 0) return [];
    return [`${words}: ${names.join(", ")}${remedy === "" ? "" : `; ${remedy}`}`];
  });
}
