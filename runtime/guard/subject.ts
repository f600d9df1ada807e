import { isAlive } from "./billable.ts";
import type { Classifier } from "./classify.ts";
import type { InstanceMeter, Ledger } from "./ledger.ts";
import type { Observations, ObservedInstance, StateChange } from "./observations.ts";
import { DAY, MINUTE } from "./time.ts";

/** Everything about one instance before its charge is known. */
export interface Subject {
  readonly id: string;
  readonly before: InstanceMeter | undefined;
  readonly seen: ObservedInstance | undefined;
  readonly events: readonly StateChange[];
}

/** How long after its last event an instance may be missing from descriptions (eventual consistency). */
const VISIBLE_AFTER_MS = 2 * MINUTE;

/** How long closed meters are kept, so that a late event counts nothing again. */
export const KEPT_CLOSED_MS = 4 * DAY;

const NO_EVENTS: readonly StateChange[] = [];

/** All instances that are still open, seen, or told of; closed meters of others rest. */
export function subjectsOf(before: Ledger | undefined, observations: Observations): Iterable<Subject> {
  const events = new Map<string, StateChange[]>();
  // An event older than the closed meters was counted, and forgotten, long ago; unless nobody metered since.
  const forgotten = Math.min(observations.now - KEPT_CLOSED_MS, before?.meteredUntil ?? 0);
  for (const event of observations.events) {
    if (event.at < forgotten) continue;
    const list = events.get(event.instanceId);
    if (list === undefined) events.set(event.instanceId, [event]);
    else list.push(event);
  }
  const subjects = new Map<string, Subject>();
  for (const [id, known] of before?.meters ?? [])
    if (known.open || events.has(id))
      subjects.set(id, { id, before: known, seen: undefined, events: events.get(id) ?? NO_EVENTS });
  for (const reading of observations.regions) {
    if (!("instances" in reading)) continue;
    for (const seen of reading.instances)
      subjects.set(seen.id, {
        id: seen.id,
        before: before?.meters.get(seen.id),
        seen,
        events: events.get(seen.id) ?? NO_EVENTS,
      });
  }
  for (const [id, list] of events)
    if (!subjects.has(id)) subjects.set(id, { id, before: undefined, seen: undefined, events: list });
  return subjects.values();
}

/** Never described, and told of only just now: its type will be known at the next tick. */
export function isTooYoung({ before, seen, events }: Subject, now: number): boolean {
  return before === undefined && seen === undefined && events.some(({ at }) => at > now - VISIBLE_AFTER_MS);
}

/** One that is gone, and started again all the same where nobody can look: what it is shows as soon as somebody can. */
export function isNameless({ id, before, seen, events }: Subject, classify: Classifier): boolean {
  if (seen !== undefined || before === undefined || before.open || before.nature !== undefined) return false;
  const starts = events.some(({ state, at }) => isAlive(state) && at > before.chargedUntil);
  return starts && classify({ id, tags: {} }).kind !== "persistent";
}

/** Nothing is known of it but that it ended. */
export function isOnlyEnd({ before, seen, events }: Subject): boolean {
  return before === undefined && seen === undefined && !events.some(({ state }) => isAlive(state));
}
