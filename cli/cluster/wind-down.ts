import { randomUUID } from "node:crypto";
import { groupsOfPersistent } from "../../runtime/guard/allow-list.ts";
import { LockLostError } from "../../runtime/guard/aws/leases.ts";
import { isAlive } from "../../runtime/guard/billable.ts";
import { leaseOf } from "../../runtime/guard/commitments.ts";
import { all, messageOf } from "../../runtime/guard/observe.ts";
import type { Lease, ObservedInstance } from "../../runtime/guard/observations.ts";
import { scheduledSince, windowsAt, type ScheduledLease } from "../../runtime/guard/schedules.ts";
import { MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { withAdmissionLock } from "./admit.ts";
import { slotConfig, type ClusterStack } from "./environment.ts";
import { stopPlan, type StopPlan } from "./leases.ts";
import { hostsByGroup } from "./look.ts";
import type { ClusterPorts, LeaseTable, Locked } from "./ports.ts";

/** How a stop of slots came out. */
export interface WoundDown {
  /** What it ended and what it left, by the leases there were at that moment. */
  readonly plan: StopPlan;
  /** Ids of hosts that were seen to be gone, or going without further cost. */
  readonly gone: readonly string[];
  /** Slots that still have a host when the time limit passed. */
  readonly remaining: readonly string[];
  /** What AWS refused, and what is not this program's to stop. */
  readonly failures: readonly string[];
}

export interface WindDown {
  /** Leases that end with it. */
  readonly end: (lease: Lease) => boolean;
  /** What schedules hold and this leaves. */
  readonly keeps: (scheduled: ScheduledLease) => boolean;
  /** Slots that stop, except those that another lease holds by then. */
  readonly slots: readonly string[];
  /**
   * Whether the leases are marked as ending first: then the guard goes on with whatever is left undone here, and with
   * every slot that they name.
   */
  readonly mark: boolean;
  readonly limitMs?: number;
  /** Told after each look: slots that still have a host. */
  readonly onLook?: (remaining: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

/** The write holds only while the end is what was read: of a lease that somebody extends meanwhile the new end is read. */
async function markEnding(table: LeaseTable, locked: Locked, { id, expiresAt }: Lease): Promise<void> {
  let read: number | undefined = expiresAt;
  while (read !== undefined && !(await locked.end(id, read)))
    read = (await table.requests()).leases.find((lease) => lease.id === id)?.expiresAt;
}

export const WIND_DOWN_LIMIT_MS = 10 * MINUTE;
export const POLL_MS = 10 * SECOND;

/** What was done under the lock. */
interface Begun {
  /** When schedules were last looked at. */
  readonly at: number;
  readonly plan: StopPlan;
  /** Groups that are there. */
  readonly found: readonly string[];
  /** Groups that hold a persistent host, and were left as they are; undefined where nobody could look. */
  readonly guarded: ReadonlySet<string> | undefined;
}

/** Runs a step; what it throws is a line of the report. */
type Attempt = <Result>(what: string, step: () => Promise<Result>) => Promise<Result | undefined>;

/**
 * Ends leases and takes slots to 0, then waits until their hosts are gone. The word to the guard comes first: if this
 * program dies on the way, the guard's next tick does the rest. Both happen under the lock of admission: a lease that
 * somebody makes meanwhile is either seen, and its slots are left, or comes after, and finds the slots at 0. Groups
 * that are gone are no failure (FM-45). Only once a slot is empty its group is set back to spot, and only then the
 * lease is forgotten: nothing runs without one.
 *
 * @throws GroundError (exit code 9) where others hold the lock for too long: then nothing was changed; or take it over.
 */
export async function windDown(
  ports: ClusterPorts,
  stack: ClusterStack,
  { end, keeps, slots, mark, limitMs = WIND_DOWN_LIMIT_MS, onLook, signal }: WindDown,
): Promise<WoundDown> {
  const { clock, table } = ports;
  const failures: string[] = [];
  const attempt: Attempt = async (what, step) => {
    try {
      return await step();
    } catch (error) {
      // Whoever has the lock now may want these slots.
      if (error instanceof LockLostError) throw error;
      failures.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const { at, plan, found, guarded } = await withAdmissionLock(ports, `stop ${randomUUID()}`, (locked) =>
    begin(ports, stack, { end, keeps, slots, mark }, attempt, locked),
  );
  if (guarded === undefined) return { plan, gone: [], remaining: plan.stop, failures };
  for (const name of guarded) failures.push(`${name} holds a persistent host: left as it is`);

  const groupOf = new Map(plan.stop.map((slot) => [slot, slotConfig(stack, slot).group]));
  const seen = new Set<string>();
  const deadline = clock.now() + limitMs;
  let left: readonly ObservedInstance[];
  let remaining: readonly string[];
  let free: readonly string[];
  for (;;) {
    // Who takes a slot over from now on has its host, too: that one is not waited for.
    const { leases } = await table.requests();
    const started = windowsAt(stack.config, clock.now()).filter(({ since }) => since >= at);
    const takers = [...leases.filter((lease) => !end(lease)), ...started];
    free = plan.stop.filter((slot) => leaseOf(takers, slot) === undefined);
    const hosts = await hostsByGroup(
      ports,
      stack,
      free.map((slot) => slotConfig(stack, slot).group),
    );
    left = [...hosts].flatMap(([, own]) => own.filter(({ state }) => isAlive(state)));
    for (const { id } of left) seen.add(id);
    const held = new Set(left.map(({ group }) => group));
    remaining = free.filter((slot) => held.has(groupOf.get(slot)));
    onLook?.(remaining);
    const awaited = remaining.filter((slot) => !guarded.has(groupOf.get(slot) ?? ""));
    if (awaited.length === 0 || clock.now() >= deadline || signal?.aborted === true) break;
    // A group whose desired capacity was refused would keep its host for ever.
    if (failures.some((failure) => failure.startsWith("set "))) break;
    await clock.sleep(POLL_MS);
  }

  for (const slot of free) {
    const name = slotConfig(stack, slot).group;
    if (found.includes(name) && !remaining.includes(slot))
      await attempt(`set ${name} back to spot`, () => ports.setOnDemandShare(name, 0));
  }
  if (remaining.length === 0 && failures.length === 0)
    for (const { id } of plan.end) await attempt(`forget lease ${id}`, () => table.removeLease(id));
  const alive = new Set(left.map(({ id }) => id));
  return { plan, gone: [...seen].filter((id) => !alive.has(id)), remaining, failures };
}

/** The word to the guard, then no host wanted any more; but never of a group that holds a persistent host (FM-08). */
async function begin(
  ports: ClusterPorts,
  stack: ClusterStack,
  { end, keeps, slots, mark }: Pick<WindDown, "end" | "keeps" | "slots" | "mark">,
  attempt: Attempt,
  locked: Locked,
): Promise<Begun> {
  const { cloud, table, clock } = ports;
  const { leases } = await table.requests();
  const { heldGroups = [] } = (await table.read()) ?? {};
  // A start of the leases that end may have raised more of their slots since the caller looked.
  const named = mark ? leases.filter(end).flatMap((lease) => lease.slots) : [];
  const known = stack.config.slots.map(({ name }) => name);
  const asked = known.filter((slot) => slots.includes(slot) || named.includes(slot));
  const askedGroups = asked.map((slot) => slotConfig(stack, slot).group);
  const seenAt = clock.now();
  const groups = asked.length === 0 ? [] : await all((next) => cloud.groups(askedGroups, next));
  const at = clock.now();
  const until = at + stack.config.timeToActMs;
  const scheduled = scheduledSince({ groups, heldGroups }, stack.config, { seenAt, now: at, until });
  const plan = stopPlan(asked, leases, end, scheduled.filter(keeps));
  if (mark)
    for (const lease of plan.end)
      await attempt(`end lease ${lease.id}`, () => markEnding(table, locked, lease));
  const names = plan.stop.map((slot) => slotConfig(stack, slot).group);
  const found = groups.map(({ name }) => name).filter((name) => names.includes(name));
  const hosts = await attempt("look for persistent hosts", () => hostsByGroup(ports, stack, names));
  if (hosts === undefined) return { at, plan, found, guarded: undefined };
  const guarded = groupsOfPersistent([...hosts.values()].flat(), stack.config);
  for (const { name, desired } of groups)
    if (desired > 0 && names.includes(name) && !guarded.has(name))
      await attempt(`set ${name} to 0`, async () => {
        await locked.requireLock();
        await cloud.setDesired(name, 0);
      });
  const isUp = (slot: string): boolean => {
    const { group } = slotConfig(stack, slot);
    const wanted = groups.some(({ name, desired }) => name === group && desired > 0);
    return wanted || (hosts.get(group) ?? []).some(({ state }) => isAlive(state));
  };
  const stopped = plan.stop.filter((slot) => slots.includes(slot) || isUp(slot));
  return { at, plan: { ...plan, stop: stopped }, found, guarded };
}
