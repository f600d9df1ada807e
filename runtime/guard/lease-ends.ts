import { stopSlots } from "./act.ts";
import { horizonOf, type GuardConfig } from "./config.ts";
import { slotsToEnd } from "./decide.ts";
import { heldAfter } from "./hold.ts";
import { homeInstances } from "./latch.ts";
import type { Lease } from "./observations.ts";
import type { GuardPorts } from "./ports.ts";
import { newQuestions, type Question } from "./report.ts";
import { scheduledLeases, scheduledSince } from "./schedules.ts";
import { dayOf } from "./time.ts";
import type { Work } from "./work.ts";

/**
 * Ends leases whose time is over; one that was extended at the last second goes on (FM-34). A slot that cannot be
 * stopped costs what the meter counts, and the line still holds: people are told, and it keeps no heartbeat from the
 * hosts of everybody else.
 *
 * @returns what did not work
 */
export async function endLeases(
  { cloud, store, notifier, clock }: Pick<GuardPorts, "cloud" | "store" | "notifier" | "clock">,
  config: GuardConfig,
  work: Work,
): Promise<readonly Question[]> {
  const { decision, metered, seen } = work;
  const questions: Question[] = [];
  const state = { groups: seen.groups, heldGroups: heldAfter(work) };
  for (const lease of decision.endLeases) {
    if (lease.state === "active" && !(await store.endLease(lease.id, lease.expiresAt))) continue;
    // Read again: since the look somebody may have taken a slot over, or a schedule begun.
    const { leases } = await store.requests();
    const now = clock.now();
    const span = { seenAt: seen.observations.now, now, until: now + config.timeToActMs };
    const slots = slotsToEnd(lease, [...leases, ...scheduledSince(state, config, span)]);
    const hosts = metered.running.filter(
      ({ claim }) => claim.slot !== undefined && slots.includes(claim.slot),
    );
    const wanted = seen.groups.some(
      ({ name, desired }) =>
        desired > 0 && config.slots.some((slot) => slot.group === name && slots.includes(slot.name)),
    );
    if (hosts.length === 0 && !wanted) {
      await store.removeLease(lease.id);
      continue;
    }
    const failures = await stopSlots(cloud, config, slots, hosts, homeInstances(config, seen));
    if (failures.length === 0) continue;
    notifier.log({ lease: lease.id, failures });
    questions.push({
      key: `lease ${lease.id} ${slots.join(" ")}`,
      text: `The lease of ${lease.owner} is over, and ${slots.join(", ")} still stand: ${failures.join("; ")}.`,
    });
  }
  return questions;
}

/**
 * Slots that are wanted although nobody's lease and no schedule keeps them up: a schedule that was taken off the stack
 * leaves them so, or a hand. Nothing would ever end them, and what runs outside every promise is for people to judge.
 */
export async function askOfUnclaimed(
  { store }: Pick<GuardPorts, "store">,
  config: GuardConfig,
  work: Work,
): Promise<readonly Question[]> {
  const { requests, seen, writer } = work;
  const first = unclaimedQuestion(unclaimed(requests.leases, config, work));
  if (newQuestions(first, writer, dayOf(seen.observations.now)).length === 0) return [];
  // Read again: a lease is written before its slots start, and these were read before the groups.
  return unclaimedQuestion(unclaimed((await store.requests()).leases, config, work));
}

function unclaimedQuestion(slots: readonly string[]): readonly Question[] {
  if (slots.length === 0) return [];
  const text = `Up without a lease and outside the hours of every schedule: ${slots.join(", ")}. Nothing ends them but the line: if they are not wanted, ground cluster stop.`;
  return [{ key: `unclaimed ${slots.join(" ")}`, text }];
}

function unclaimed(leases: readonly Lease[], config: GuardConfig, work: Work): readonly string[] {
  const { groups, observations } = work.seen;
  const wanted = new Set(groups.flatMap(({ name, desired }) => (desired > 0 ? [name] : [])));
  const leased = new Set(leases.flatMap((lease) => lease.slots));
  const loose = config.slots.filter(({ name, group }) => wanted.has(group) && !leased.has(name));
  if (loose.length === 0) return [];
  const { now } = observations;
  const state = { groups, heldGroups: heldAfter(work) };
  // Auto Scaling acts a little before or after the time; and what is about to start is not ended before.
  const scheduled = new Set(
    [now - horizonOf(config), now, now + config.timeToActMs].flatMap((at) =>
      scheduledLeases(state, config, at).flatMap(({ slots }) => slots),
    ),
  );
  return loose.map(({ name }) => name).filter((name) => !scheduled.has(name));
}
