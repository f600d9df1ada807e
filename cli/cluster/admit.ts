import { admit, knownRunning, type Admission } from "../../runtime/guard/admission.ts";
import { LockLostError } from "../../runtime/guard/aws/leases.ts";
import type { Ledger } from "../../runtime/guard/ledger.ts";
import { dollars, dollarsAtMost } from "../../runtime/guard/money.ts";
import { all } from "../../runtime/guard/observe.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { clockTime, dayOf, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { LEAST_LENGTH_MS, shownDuration } from "./duration.ts";
import type { ClusterStack } from "./environment.ts";
import type { ClusterPorts, LeaseTable, Locked } from "./ports.ts";

/** A command that died holds up the others no longer than this. */
const LOCK_MS = MINUTE;
const LOCK_PATIENCE_MS = 90 * SECOND;
const LOCK_PAUSE_MS = SECOND;

interface LockPorts extends Pick<ClusterPorts, "admissionLock" | "clock"> {
  readonly table: Pick<LeaseTable, "lockedBy">;
}

/**
 * Does something with nobody else between the look at what is left and the lease written: of two starts that ask for
 * the last dollar one gets it.
 *
 * @param work is handed what it writes with: nothing is written once the lock is another's
 * @throws GroundError (exit code 9) where others hold the lock for too long, or take it over.
 */
export async function withAdmissionLock<Result>(
  { admissionLock, clock, table }: LockPorts,
  holder: string,
  work: (locked: Locked) => Promise<Result>,
): Promise<Result> {
  const deadline = clock.now() + LOCK_PATIENCE_MS;
  while (!(await admissionLock.acquire(holder, LOCK_MS))) {
    if (clock.now() >= deadline)
      throw new GroundError(
        "Others are starting or extending clusters of this environment, and did not finish within 90 s. Nothing was changed: try again.",
        EXIT.timedOut,
      );
    await clock.sleep(LOCK_PAUSE_MS);
  }
  try {
    return await work(table.lockedBy(holder));
  } catch (error) {
    if (!(error instanceof LockLostError)) throw error;
    throw new GroundError(
      "AWS answered so slowly, or two computers' clocks are so far apart, that another command took over before this one was done. It may have been promised what this one asked for, so that nothing more was changed: try again.",
      EXIT.timedOut,
    );
  } finally {
    // A lock that is not given back ends by itself; what was done under it must not be lost for that.
    await admissionLock.release(holder).catch(() => undefined);
  }
}

/** The guard's own verdict on a launch, by its ledger and what is promised now; and the leases it was judged beside. */
export async function askAdmission(
  ports: ClusterPorts,
  { config }: Pick<ClusterStack, "config">,
  slots: readonly string[],
  until: number,
): Promise<{
  readonly admission: Admission;
  readonly ledger: Ledger | undefined;
  readonly leases: readonly Lease[];
}> {
  const names = config.slots.map(({ group }) => group);
  const [ledger, { leases }, groups, scheduled] = await Promise.all([
    ports.table.read(),
    ports.table.requests(),
    all((next) => ports.cloud.groups(names, next)),
    all((next) => ports.cloud.scheduledRuns(next)),
  ]);
  const state = {
    config,
    ledger,
    now: ports.clock.now(),
    running: knownRunning(ledger),
    groups,
    leases,
    scheduled,
    heldGroups: ledger?.heldGroups ?? [],
  };
  return { admission: admit({ slots, until }, state), ledger, leases };
}

/** Refuses with the sums (exit code 5) of the day that does not suffice; tells what would fit, and how a latch is lifted. */
export function refuseUnlessAdmitted(
  { admitted, reason, short, fitsMs, fitsSlots }: Admission,
  ledger: Ledger | undefined,
  { config }: Pick<ClusterStack, "config">,
  now: number,
  asked: Asked,
): void {
  if (admitted) return;
  const latch = ledger?.latch ?? null;
  if (short === undefined)
    throw new GroundError(
      latch === null ? `Refused: ${reason}.\n${silentAdvice(ledger)}` : latchedText(latch, config.rearm),
      EXIT.policyViolation,
    );
  const { day, spent, left, cost } = short;
  const isToday = day === dayOf(now);
  throw new GroundError(
    [
      `Refused: ${reason}.`,
      `  ${(isToday ? "the day's line" : `line of ${day}`).padEnd(21)} ${dollars(config.linePerDay)}`,
      ...(isToday ? [`  spent so far today    ${dollars(spent)}`] : []),
      `  reserved, promised    ${dollars(config.linePerDay - spent - left)}`,
      `  left for new launches ${dollars(Math.max(left, 0))}`,
      `  this one, at most     ${dollarsAtMost(cost)}, on demand until its end or 24:00 UTC`,
      adviceOn(fitsMs - asked.alreadyMs, fitsSlots, asked),
    ].join("\n"),
    EXIT.policyViolation,
  );
}

/** What was asked for, to say what would fit instead. */
export interface Asked {
  /** How the command is told a length, `--for 4h` or `extend 4h`. */
  readonly command: "start" | "extend";
  /** What is left of the lease before. */
  readonly alreadyMs: number;
}

function adviceOn(fitsMs: number, fitsSlots: number, { command }: Asked): string {
  const fits = [
    ...(fitsMs >= LEAST_LENGTH_MS
      ? [command === "start" ? `--for ${shownDuration(fitsMs)}` : `extend ${shownDuration(fitsMs)}`]
      : []),
    // An extension is of all slots of its lease.
    ...(fitsSlots > 0 && command === "start"
      ? [`${String(fitsSlots)} ${fitsSlots === 1 ? "slot" : "slots"} of them (a smaller --size)`]
      : []),
  ];
  return fits.length > 0
    ? `What fits: ${fits.join(", or ")}.`
    : `Nothing of that size fits: ${command === "start" ? "try a smaller --size, " : ""}wait for the next UTC day, or raise budget.usdPerDay and run pulumi up.`;
}

function silentAdvice(ledger: Ledger | undefined): string {
  return ledger === undefined
    ? "It does so within minutes of pulumi up. If not, look at the guard's alarms and log."
    : "Without its account nobody knows what is left, or would end the lease: look at the guard's alarms and log.";
}

/** Since when and why nothing may start, and how that ends. */
export function latchedText(
  { since, reason, phase }: NonNullable<Ledger["latch"]>,
  rearm: "next-day" | "manual",
): string {
  const lifted =
    rearm === "next-day"
      ? "It is lifted at the next UTC day by itself, or at once by `ground guard rearm`."
      : "It is lifted by `ground guard rearm`.";
  const going =
    phase === "stopping"
      ? " The stop is not finished yet."
      : phase === "rearming"
        ? " It is being lifted now."
        : "";
  return `Refused: the guard stopped everything and is latched since ${clockTime(since)}: ${reason}.${going}\n${lifted}`;
}
