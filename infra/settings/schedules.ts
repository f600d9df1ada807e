import { z } from "zod";
import { SIZE_NAMES } from "../../model/sizes.ts";
import { calendarDate, cron, list, name, timeZone } from "./fields.ts";

/** When slots start and stop by themselves. */
export const scheduleSchema = z.strictObject({
  name: name.describe("Name of the schedule, for example nights; part of the names of its actions."),
  start: cron.describe('When its slots start, five-field cron, for example "0 8 * * 1-5".'),
  stop: cron.describe("When its slots stop, five-field cron."),
  timeZone: timeZone.default("UTC").describe("IANA time zone of both, and of the exceptions."),
  size: z
    .enum(SIZE_NAMES)
    .optional()
    .describe("Only the slots that a cluster of this size has; default: every slot."),
  exceptions: list(calendarDate, 0, 50, "dates")
    .default([])
    .describe('Dates on which it does not start, for example "2026-12-24".'),
});

export const schedulesSchema = z
  .array(scheduleSchema)
  .max(10, "must be at most 10 schedules")
  .default([])
  .describe("Scheduled starts and stops; each start is a lease that the schedule holds until its stop.");

export type ScheduleSettings = z.output<typeof scheduleSchema>;
