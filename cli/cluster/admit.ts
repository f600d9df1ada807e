import { admit, knownRunning, type Admission } from "../../runtime/guard/admission.ts";
import { LockLostError } from "../../runtime/guard/aws/leases.ts";
import { horizonOf } from "../../runtime/guard/config.ts";
import { type Ledger, spentOf } from "../../runtime/guard/ledger.ts";
import { dollars } from "../../runtime/guard/money.ts";
import { all } from "../../runtime/guard/observe.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { clockTime, dayOf, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { shownDuration } from "./duration.ts";
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

/** Refuses with the sums (exit code 5); tells what would fit, and how a latch is lifted. */
export function refuseUnlessAdmitted(
  { admitted, reason, left, affordableMs, cost }: Admission,
  ledger: Ledger | undefined,
  { config }: Pick<ClusterStack, "config">,
  now: number,
): void {
  if (admitted) return;
  const latch = ledger?.latch ?? null;
  // Zero is what the guard says where it does not know; money that is used up shows as less.
  if (ledger === undefined || latch !== null || left === 0)
    throw new GroundError(
      latch === null ? `Refused: ${reason}.\n${silentAdvice(ledger)}` : latchedText(latch, config.rearm),
      EXIT.policyViolation,
    );
  const fits = Math.floor((affordableMs - horizonOf(config)) / MINUTE) * MINUTE;
  const advice =
    fits >= 10 * MINUTE
      ? `What fits today: --for ${shownDuration(fits)}, or a smaller --size.`
      : "Nothing of that size fits today: try a smaller --size, wait for the next UTC day, or raise budget.usdPerDay and run pulumi up.";
  throw new GroundError(
    [
      `Refused: ${reason}.`,
      `  the day's line        ${dollars(config.linePerDay)}`,
      `  spent so far today    ${dollars(spentOf(ledger, dayOf(now)))}`,
      `  reserved, promised    ${dollars(config.linePerDay - spentOf(ledger, dayOf(now)) - left)}`,
      `  left for new launches ${dollars(Math.max(left, 0))}`,
      `  this one, at most     ${dollars(cost)}, on demand until its end or 24:00 UTC`,
      advice,
    ].join("\n"),
    EXIT.policyViolation,
  );
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
