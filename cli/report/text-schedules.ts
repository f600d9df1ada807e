import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import type { Paint } from "./paint.ts";
import { printable, wrap } from "./printable.ts";
import { toldSchedule } from "./schedules.ts";

/** When slots start and stop by themselves. */
export function schedulesText(
  schedules: readonly ScheduleSettings[],
  width: number,
  paint: Paint,
): readonly string[] {
  if (schedules.length === 0) return [];
  return [
    paint.bold("Schedules"),
    ...schedules.map(toldSchedule).flatMap(({ name, hours, timeZone, slots, exceptions, hoursPerMonth }) => {
      const text = `${name}: ${hours}, ${timeZone}; ${slots}; counted ${hoursPerMonth}${exceptions.length === 0 ? "" : `. No start on ${exceptions.join(", ")}`}`;
      return wrap(printable(text), width - 4).map((line, index) => `  ${index === 0 ? "·" : " "} ${line}`);
    }),
  ];
}
