import { dateIn, lastOccurrence, occurrences, type Recurrence } from "../../model/recurrence.ts";
import type { GuardConfig } from "./config.ts";
import type { Lease, ObservedGroup } from "./observations.ts";

/** Hours in which EC2 Auto Scaling keeps slots up by itself, as the stack file states them. */
export interface ScheduleConfig {
  readonly name: string;
  /** Slots by name. */
  readonly slots: readonly string[];
  /** Five-field cron expressions in its time zone. */
  readonly start: string;
  readonly stop: string;
  readonly timeZone: string;
  /** Dates of its time zone on which it does not start. */
  readonly exceptions: readonly string[];
}

/** What a schedule holds from its start to its stop: slots are kept up by it as by anybody's lease. */
export interface ScheduledLease extends Lease {
  readonly since: number;
}

type Scheduled = Pick<GuardConfig, "schedules" | "slots">;

/** The hours that all schedules are in at a moment, whether their slots came up or not. */
export function windowsAt({ schedules = [] }: Scheduled, now: number): readonly ScheduledLease[] {
  const asked = lastAsked.get(schedules) ?? [];
  const known = asked.find(({ from, until }) => from <= now && now < until);
  if (known !== undefined) return known.windows;
  const windows = schedules.flatMap((schedule) => windowAt(schedule, now) ?? []);
  // Nothing changes before the next start or stop of any of them.
  const until = Math.min(...schedules.flatMap((one) => [next(startOf(one), now), next(stopOf(one), now)]));
  lastAsked.set(schedules, [{ from: now, until, windows }, ...asked.slice(0, STRETCHES - 1)]);
  return windows;
}

/**
 * What schedules keep up now. A slot that is at rest in their hours was stopped by somebody, or never came; one whose
 * start the guard held back is not the schedule's before the next one.
 */
export function scheduledLeases(
  {
    groups,
    heldGroups,
  }: { readonly groups: readonly ObservedGroup[]; readonly heldGroups: readonly string[] },
  config: Scheduled,
  now: number,
): readonly ScheduledLease[] {
  const windows = windowsAt(config, now);
  if (windows.length === 0) return windows;
  const wanted = new Set(groups.flatMap(({ name, desired }) => (desired > 0 ? [name] : [])));
  return narrowed(windows, config, (group) => wanted.has(group) && !heldGroups.includes(group));
}

/**
 * What schedules keep up, and what they start between a look and a moment soon after: a slot that is set to 0 around
 * its start stays there until the next one, since Auto Scaling starts it once.
 */
export function scheduledSince(
  state: { readonly groups: readonly ObservedGroup[]; readonly heldGroups: readonly string[] },
  config: Scheduled,
  { seenAt, now, until }: { readonly seenAt: number; readonly now: number; readonly until: number },
): readonly ScheduledLease[] {
  const starting = windowsAt(config, until).filter(({ since }) => since > seenAt);
  return [
    ...scheduledLeases(state, config, now),
    ...narrowed(starting, config, (group) => !state.heldGroups.includes(group)),
  ];
}

/** The windows without the slots whose group is not to count. */
export function narrowed(
  windows: readonly ScheduledLease[],
  { slots }: Pick<GuardConfig, "slots">,
  counts: (group: string) => boolean,
): readonly ScheduledLease[] {
  const names = new Set(slots.flatMap(({ name, group }) => (counts(group) ? [name] : [])));
  return windows.map((window) => ({ ...window, slots: window.slots.filter((slot) => names.has(slot)) }));
}

/** The hours that schedules come into after a moment and before another, in full. */
export function windowsBetween(
  { schedules = [] }: Scheduled,
  after: number,
  before: number,
): readonly ScheduledLease[] {
  return schedules.flatMap((schedule) =>
    [...occurrences(startOf(schedule), after + 1, before)]
      .filter((since) => !isException(schedule, since))
      .map((since) => windowFrom(schedule, since, since)),
  );
}

interface Asked {
  readonly from: number;
  readonly until: number;
  readonly windows: readonly ScheduledLease[];
}

/** Stretches that are kept: a tick asks for now, for a little earlier and later, and for the day's coming starts. */
const STRETCHES = 8;

/** The newest first. Working one out takes milliseconds, and one tick asks several times. */
const lastAsked = new WeakMap<readonly ScheduleConfig[], readonly Asked[]>();

function windowAt(schedule: ScheduleConfig, now: number): ScheduledLease | undefined {
  const start = startOf(schedule);
  const stop = stopOf(schedule);
  // A start at the moment of a stop counts after it, as in the estimate.
  const stopped = lastOccurrence(stop, now) ?? lastOccurrence(start, now);
  if (stopped === undefined) return undefined;
  for (const since of occurrences(start, stopped, now + 1))
    if (!isException(schedule, since)) return windowFrom(schedule, since, now);
  return undefined;
}

function isException({ timeZone, exceptions }: ScheduleConfig, since: number): boolean {
  return exceptions.includes(dateIn(timeZone, since));
}

/** From its start to the first stop after a moment in it. */
function windowFrom(schedule: ScheduleConfig, since: number, within: number): ScheduledLease {
  const { name, slots } = schedule;
  return {
    id: `schedule ${name}`,
    owner: "the stack file",
    slots,
    since,
    expiresAt: next(stopOf(schedule), within),
    state: "active",
  };
}

function startOf({ start, timeZone }: ScheduleConfig): Recurrence {
  return { expression: start, timeZone };
}

function stopOf({ stop, timeZone }: ScheduleConfig): Recurrence {
  return { expression: stop, timeZone };
}

/** The first instant after `now`; infinity where there is none. */
function next(recurrence: Recurrence, now: number): number {
  const [first = Number.POSITIVE_INFINITY] = occurrences(recurrence, now + 1);
  return first;
}
