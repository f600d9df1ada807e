import { isClosed, rearm, stopAll, stopSlots } from "./act.ts";
import type { GuardConfig } from "./config.ts";
import { decide, leaseKey, slotsToEnd, type Decision } from "./decide.ts";
import { withLatch, type Latch, type Ledger } from "./ledger.ts";
import { meter, type Metered } from "./meter.ts";
import { look, type Look } from "./observe.ts";
import type { Requests } from "./observations.ts";
import type { GuardPorts } from "./ports.ts";
import type { OnDemandPrices } from "./prices.ts";
import {
  leaseMessage,
  newQuestions,
  questionKey,
  questionMessage,
  rearmedMessage,
  stoppedMessage,
  warningMessage,
  type Message,
} from "./report.ts";
import { dayOf, SECOND } from "./time.ts";
import { billedToday, type Trigger } from "./trigger.ts";

export interface TickResult {
  /** `busy`: another run holds the lock. `superseded`: another run wrote the ledger first; nothing was done. */
  readonly outcome: "done" | "busy" | "superseded";
  readonly decision?: Decision;
  readonly notes?: readonly string[];
  /** False where something that had to be stopped may still run: no heartbeat was given. */
  readonly settled?: boolean;
}

export interface TickOptions {
  readonly config: GuardConfig;
  readonly onDemand: OnDemandPrices;
  readonly trigger: Trigger;
  /** Unlike any other run's. */
  readonly holder: string;
}

/** The function's time limit must be below: a lock that outlives its holder would cost a tick. */
export function lockMs({ intervalMs }: Pick<GuardConfig, "intervalMs">): number {
  return intervalMs - 15 * SECOND;
}

/**
 * One run of the guard: meter, decide, act. Two runs at once have one effect: the lock keeps the second out, and
 * where a lock was lost the ledger's version does (FM-01). It throws what AWS throws where it cannot go on; the
 * next run takes up what was left.
 */
export async function tick(ports: GuardPorts, options: TickOptions): Promise<TickResult> {
  const { lock } = ports;
  if (!(await lock.acquire(options.holder, lockMs(options.config)))) return { outcome: "busy" };
  try {
    return await run(ports, options);
  } finally {
    await lock.release(options.holder);
  }
}

async function run(ports: GuardPorts, { config, onDemand, trigger }: TickOptions): Promise<TickResult> {
  const { store, clock, queue, notifier } = ports;
  const before = await store.read();
  const requests = await store.requests();
  const seen = await look(ports, config, before);
  const metered = meter(before, seen.observations, config, onDemand);
  const { now } = seen.observations;
  const billed = billedToday(trigger, metered.ledger, now);
  const decision = decide({
    ledger: metered.ledger,
    running: metered.running,
    groups: seen.groups,
    scheduled: seen.scheduled,
    requests,
    config,
    now,
    ...(billed === undefined ? {} : { billed }),
  });

  for (const record of metered.finished) await store.archive(record);
  const questions = newQuestions(decision, metered.ledger, dayOf(now));
  const writer = new LedgerWriter(ports, before?.version);
  if (!(await writer.write(decided(metered.ledger, decision, questions, requests, now))))
    return { outcome: "superseded" };
  await queue.settle(
    seen.events.filter((event) => !metered.deferred.has(event.instanceId)).map(({ receipt }) => receipt),
  );
  notifier.log({ verdict: decision.verdict, reason: decision.reason, notes: metered.notes });

  const settled = await carryOut(ports, config, { seen, metered, decision, requests, writer });
  if (questions.length > 0) await notifyAll(ports, [questionMessage(questions, config)]);
  // A guard that is blind in its own region is as good as none: the hosts must not take it for healthy.
  const sighted = seen.observations.regions.some(
    (reading) => reading.region === config.homeRegion && "instances" in reading,
  );
  if (settled && sighted) await notifier.heartbeat(clock.now());
  return { outcome: "done", decision, notes: metered.notes, settled };
}

/** What is remembered before anything is done: the latch first of all, so that whoever comes next goes on with it. */
function decided(
  ledger: Ledger,
  decision: Decision,
  questions: readonly string[],
  requests: Requests,
  now: number,
): Ledger {
  const today = dayOf(now);
  const keys = new Set(requests.leases.map(leaseKey));
  return {
    ...ledger,
    latch: latchAfter(ledger.latch, decision, now),
    warnedDay: decision.verdict === "warn" ? today : ledger.warnedDay,
    heldGroups: decision.verdict === "rearm" ? [] : [...ledger.heldGroups, ...decision.holdGroups],
    warnedLeases: [
      ...ledger.warnedLeases.filter((key) => keys.has(key)),
      ...decision.warnLeases.map(leaseKey),
    ],
    asked: [
      ...ledger.asked.filter((key) => key.startsWith(today)),
      ...questions.map((question) => questionKey(question, today)),
    ],
  };
}

function latchAfter(latch: Latch | null, { verdict, reason }: Decision, now: number): Latch | null {
  if (verdict === "stop")
    return { since: now, day: dayOf(now), reason, phase: "stopping", stopped: [], reported: false };
  if (verdict === "rearm" && latch !== null) return { ...latch, phase: "rearming" };
  return latch;
}

/** Writes the ledger on condition that nobody else did since it was last read or written. */
class LedgerWriter {
  readonly #ports: Pick<GuardPorts, "store">;
  #version: number | undefined;
  #ledger: Ledger | undefined;

  constructor(ports: Pick<GuardPorts, "store">, version: number | undefined) {
    this.#ports = ports;
    this.#version = version;
  }

  async write(ledger: Ledger): Promise<boolean> {
    const { latch, days } = ledger;
    const next = {
      ...ledger,
      version: (this.#version ?? 0) + 1,
      days: latch === null ? days : withLatch(days, latch),
    };
    const written = await this.#ports.store.write(next, this.#version);
    if (written) {
      this.#version = next.version;
      this.#ledger = next;
    }
    return written;
  }

  /** Changes what was written last. */
  async amend(change: Partial<Ledger>): Promise<boolean> {
    if (this.#ledger === undefined) throw new RangeError("nothing was written yet");
    return this.write({ ...this.#ledger, ...change });
  }

  /** Forgets the latch; the record of its day keeps it. */
  async open(now: number): Promise<boolean> {
    const { latch = null, days = [] } = this.#ledger ?? {};
    return this.amend(latch === null ? {} : { latch: null, days: withLatch(days, latch, now) });
  }

  get latch(): Latch | null {
    return this.#ledger?.latch ?? null;
  }
}

interface Work {
  readonly seen: Look;
  readonly metered: Metered;
  readonly decision: Decision;
  readonly requests: Requests;
  readonly writer: LedgerWriter;
}

/** @returns true where nothing that had to be stopped may still run. */
async function carryOut(ports: GuardPorts, config: GuardConfig, work: Work): Promise<boolean> {
  const { verdict } = work.decision;
  if (verdict === "stop" || verdict === "hold") return latchDown(ports, config, work);
  if (verdict === "rearm") return openUp(ports, config, work);
  if (verdict === "warn") await notifyAll(ports, [warningMessage(work.decision, config)]);
  await notifyAll(
    ports,
    work.decision.warnLeases.map((lease) => leaseMessage(lease, config)),
  );
  await holdSchedules(ports, work);
  return endLeases(ports, config, work);
}

async function latchDown(ports: GuardPorts, config: GuardConfig, work: Work): Promise<boolean> {
  const { decision, seen, writer, requests } = work;
  const { latch } = writer;
  if (latch === null) throw new RangeError("a stop without a latch");
  if (await isQuiet(ports, config, latch, decision, seen)) return true;
  const { ids, failures, verified } = await stopAll(ports, config, decision.victims);
  for (const lease of requests.leases) await ports.store.removeLease(lease.id);
  // A group at 0 may have let its host go before the sweep came to it.
  const gone = verified ? decision.victims.map(({ id }) => id) : [];
  const next: Latch = {
    ...latch,
    phase: verified ? "stopped" : "stopping",
    stopped: [...new Set([...latch.stopped, ...ids, ...gone])],
  };
  // People are told once, when it is done or when it first did not get done.
  if (!latch.reported) await notifyAll(ports, [stoppedMessage(next, decision, failures, config)]);
  await writer.amend({ latch: { ...next, reported: true }, heldGroups: [] });
  return verified;
}

/** True where the latch holds and there is nothing left to do: a tick while latched changes nothing in AWS. */
async function isQuiet(
  { cloud }: Pick<GuardPorts, "cloud">,
  { agentsRole }: GuardConfig,
  latch: Latch,
  { victims }: Decision,
  { groups, observations }: Look,
): Promise<boolean> {
  if (latch.phase !== "stopped" || !latch.reported || victims.length > 0) return false;
  if (!groups.every((group) => isClosed(group))) return false;
  if (!observations.regions.every((reading) => "instances" in reading)) return false;
  return agentsRole === undefined || cloud.modelsDenied(agentsRole);
}

async function openUp(ports: GuardPorts, config: GuardConfig, { decision, writer }: Work): Promise<boolean> {
  const { verified, failures } = await rearm(ports, config);
  if (!verified) {
    ports.notifier.log({ rearm: "not finished", failures });
    return true;
  }
  await notifyAll(ports, [rearmedMessage(decision, config)]);
  await ports.store.clearRearm();
  await writer.open(ports.clock.now());
  return true;
}

/** Suspends scheduled starts for want of money, and gives them back; the ledger knew before which ones are held. */
async function holdSchedules(
  { cloud }: GuardPorts,
  { decision, writer, metered, seen }: Work,
): Promise<void> {
  const suspended = new Map(seen.groups.map((group) => [group.name, group.suspended]));
  // Also those held before: a run may have died between remembering and doing.
  for (const group of new Set([...metered.ledger.heldGroups, ...decision.holdGroups])) {
    if (decision.releaseGroups.includes(group)) continue;
    if (suspended.get(group)?.includes("ScheduledActions") === false)
      await cloud.suspend(group, ["ScheduledActions"]);
  }
  if (decision.releaseGroups.length === 0) return;
  for (const group of decision.releaseGroups) await cloud.resume(group, ["ScheduledActions"]);
  const released = new Set(decision.releaseGroups);
  await writer.amend({
    heldGroups: [...metered.ledger.heldGroups, ...decision.holdGroups].filter(
      (group) => !released.has(group),
    ),
  });
}

/** Ends leases whose time is over; one that was extended at the last second goes on (FM-34). */
async function endLeases(
  { cloud, store, notifier }: GuardPorts,
  config: GuardConfig,
  { decision, requests, metered, seen }: Work,
): Promise<boolean> {
  let settled = true;
  for (const lease of decision.endLeases) {
    if (lease.state === "active" && !(await store.endLease(lease.id, lease.expiresAt))) continue;
    const slots = slotsToEnd(lease, requests.leases);
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
    const failures = await stopSlots(cloud, config, slots, hosts);
    if (failures.length > 0) {
      notifier.log({ lease: lease.id, failures });
      settled = false;
    }
  }
  return settled;
}

async function notifyAll(
  { notifier }: Pick<GuardPorts, "notifier">,
  messages: readonly Message[],
): Promise<void> {
  for (const { subject, text } of messages) await notifier.notify(subject, text);
}
