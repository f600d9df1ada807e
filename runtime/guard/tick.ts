import { rearm } from "./act.ts";
import type { GuardConfig } from "./config.ts";
import { decide, leaseKey, type Decision } from "./decide.ts";
import { holdSchedules } from "./hold.ts";
import type { Latch, Ledger } from "./ledger.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { homeInstances, latchDown } from "./latch.ts";
import { askOfUnclaimed, endLeases } from "./lease-ends.ts";
import { neverRead, neverReadQuestion, regionsReadWith } from "./never-read.ts";
import { meter, type Metered } from "./meter.ts";
import { look, messageOf, type Look } from "./observe.ts";
import type { GuardPorts } from "./ports.ts";
import type { OnDemandPrices } from "./prices.ts";
import {
  askedKey,
  leaseMessage,
  newQuestions,
  question,
  questionMessage,
  rearmedMessage,
  warningMessage,
  type Question,
} from "./report.ts";
import { retell, tell, watched } from "./people.ts";
import { dayOf, MINUTE, SECOND } from "./time.ts";
import { billedToday, billQuestion, type Trigger } from "./trigger.ts";
import type { Work } from "./work.ts";

export interface TickResult {
  /** `busy`: another run holds the lock. `superseded`: another run wrote the ledger first; nothing was done. */
  readonly outcome: "done" | "busy" | "superseded";
  readonly decision?: Decision;
  readonly notes?: readonly string[];
  /** False where something that had to be stopped may still run: no heartbeat was given. */
  readonly settled?: boolean;
  /** Subjects of messages that could not be sent; absent where all were. */
  readonly untold?: readonly string[];
}

export interface TickOptions {
  readonly config: GuardConfig;
  readonly onDemand: OnDemandPrices;
  readonly trigger: Trigger;
  /** Unlike any other run's. */
  readonly holder: string;
}

/**
 * The function's time limit must be below: a lock that outlives its holder would cost a tick. Nor is it much above:
 * where ticks are far apart, a run that was killed must not keep out its own second try.
 */
export function lockMs({ intervalMs }: Pick<GuardConfig, "intervalMs">): number {
  return Math.min(intervalMs, LONGEST_RUN_MS + 30 * SECOND) - 15 * SECOND;
}

/** How long a run goes on stopping: what is left of the function's time limit tells people and writes the ledger. */
export function actingMs({ intervalMs }: Pick<GuardConfig, "intervalMs">): number {
  return (Math.min(intervalMs, LONGEST_RUN_MS) * 3) / 5;
}

/** Lambda's own limit. */
const LONGEST_RUN_MS = 15 * MINUTE;

/**
 * One run of the guard: meter, decide, act. Two runs at once have one effect: the lock keeps the second out, and
 * where a lock was lost the ledger's version does (FM-01). It throws what AWS throws where it cannot go on; the
 * next run takes up what was left.
 */
export async function tick(ports: GuardPorts, options: TickOptions): Promise<TickResult> {
  const { lock } = ports;
  if (!(await lock.acquire(options.holder, lockMs(options.config)))) return { outcome: "busy" };
  const { ports: told, untold } = watched(ports);
  try {
    const result = await run(told, options);
    return untold.length === 0 ? result : { ...result, untold };
  } finally {
    await lock.release(options.holder);
  }
}

async function run(ports: GuardPorts, { config, onDemand, trigger }: TickOptions): Promise<TickResult> {
  const { store, clock, notifier } = ports;
  const deadline = clock.now() + actingMs(config);
  const before = await store.read();
  const requests = await store.requests();
  const seen = await look(ports, config, before);
  const metered = meter(before, seen.observations, config, onDemand);
  const { now } = seen.observations;
  const billed = billedToday(trigger, metered.ledger, now);
  const ledger: Ledger = billed === undefined ? metered.ledger : { ...metered.ledger, billed };
  const decision = decide({
    ledger,
    running: metered.running,
    groups: seen.groups,
    scheduled: seen.scheduled,
    requests,
    config,
    now,
  });

  for (const record of metered.finished) await store.archive(record);
  const { regions } = seen.observations;
  const ask = [
    ...decision.ask,
    ...metered.ask,
    ...neverReadQuestion(neverRead(regions, ledger, config)),
    ...billQuestion(trigger, ledger),
  ];
  const questions = newQuestions(ask.map(question), ledger, dayOf(now));
  const writer = new LedgerWriter(ports, before?.version);
  if (!(await writer.write(decided(ledger, { seen, decision, requests }, questions))))
    return { outcome: "superseded" };
  const notes = [...metered.notes, ...seen.notes];
  notifier.log({ verdict: decision.verdict, reason: decision.reason, notes });

  const settled = await carryOut(ports, config, { seen, metered, decision, requests, writer, deadline });
  await settleEvents(ports, seen, metered);
  await retell(ports, writer, ledger.untold ?? []);
  if (questions.length > 0) await tell(ports, writer, [questionMessage(questions, config)]);
  // A guard that is blind in its own region is as good as none: the hosts must not take it for healthy.
  const sighted = homeInstances(config, seen) !== undefined;
  if (settled && sighted) await notifier.heartbeat(clock.now());
  return { outcome: "done", decision, notes, settled };
}

/** After the stop, and never in its way: an event that stays in the queue comes again and counts nothing twice. */
async function settleEvents(
  { queue, notifier }: Pick<GuardPorts, "queue" | "notifier">,
  { events }: Look,
  { deferred }: Metered,
): Promise<void> {
  const counted = events.filter(({ instanceId }) => !deferred.has(instanceId));
  try {
    await queue.settle(counted.map(({ receipt }) => receipt));
  } catch (error) {
    notifier.log({ queue: "not settled", failures: [messageOf(error)] });
  }
}

/** What is remembered before anything is done: the latch first of all, so that whoever comes next goes on with it. */
function decided(
  ledger: Ledger,
  { seen, decision, requests }: Pick<Work, "seen" | "decision" | "requests">,
  questions: readonly Question[],
): Ledger {
  const { now, regions } = seen.observations;
  const today = dayOf(now);
  return {
    ...ledger,
    latch: latchAfter(ledger.latch, decision, now),
    warnedDay: decision.verdict === "warn" ? today : ledger.warnedDay,
    heldGroups: decision.verdict === "rearm" ? [] : ledger.heldGroups.concat(decision.holdGroups),
    heldUntil: decision.heldUntil,
    warnedLeases: ledger.warnedLeases
      .filter((key) => requests.leases.some((lease) => leaseKey(lease) === key))
      .concat(decision.warnLeases.map(leaseKey)),
    regionsRead: regionsReadWith(regions, ledger),
    asked: ledger.asked
      .filter((key) => key.startsWith(today))
      .concat(questions.map((one) => askedKey(one, today))),
  };
}

function latchAfter(latch: Latch | null, { verdict, reason }: Decision, now: number): Latch | null {
  if (verdict === "stop")
    return { since: now, day: dayOf(now), reason, phase: "stopping", stopped: [], reported: false };
  if (verdict === "rearm" && latch !== null) return { ...latch, phase: "rearming" };
  return latch;
}

/** @returns true where nothing that had to be stopped may still run. */
async function carryOut(ports: GuardPorts, config: GuardConfig, work: Work): Promise<boolean> {
  const { verdict } = work.decision;
  if (verdict === "stop" || verdict === "hold") return latchDown(ports, config, work);
  if (verdict === "rearm") return openUp(ports, config, work);
  const { heldGroups } = work.metered.ledger;
  await tell(ports, work.writer, [
    ...(verdict === "warn" ? [warningMessage(work.decision, config)] : []),
    ...work.decision.warnLeases.map((lease) => leaseMessage(lease, heldGroups, config)),
  ]);
  // Leases first: whatever a schedule refuses, what is over ends.
  const ended = await endLeases(ports, config, work);
  const refused = await holdSchedules(ports, work);
  await askOnce(ports, config, work, [...ended, ...refused, ...(await askOfUnclaimed(ports, config, work))]);
  return true;
}

/** Tells people of what went wrong on the way, each once a day. */
async function askOnce(
  ports: GuardPorts,
  config: GuardConfig,
  { writer, seen }: Work,
  ask: readonly Question[],
): Promise<void> {
  const today = dayOf(seen.observations.now);
  const questions = newQuestions(ask, writer, today);
  if (questions.length === 0) return;
  const keys = questions.map((one) => askedKey(one, today));
  await writer.amend({ asked: [...writer.asked, ...keys] });
  await tell(ports, writer, [questionMessage(questions, config)]);
}

async function openUp(ports: GuardPorts, config: GuardConfig, { decision, writer }: Work): Promise<boolean> {
  const { verified, failures } = await rearm(ports, config);
  if (!verified) {
    ports.notifier.log({ rearm: "not finished", failures });
    return true;
  }
  // Its own write first: a word that is still there opens nothing, and a latch that stays would stop nothing.
  await writer.open(ports.clock.now());
  await ports.store.clearRearm();
  await tell(ports, writer, [rearmedMessage(decision, config)]);
  return true;
}
