import { leaseOf } from "../../runtime/guard/commitments.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { latchedText } from "./admit.ts";
import { slotConfig, type ClusterStack } from "./environment.ts";
import { hostsByGroup, lookAt } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";
import { isFinal, servingHost, type SlotView } from "./slot-state.ts";
import type { StartProgress } from "./start.ts";
import { POLL_MS } from "./wind-down.ts";

export interface Wait {
  readonly waitMs: number;
  readonly atLeast?: number;
  readonly onDemand: boolean;
  readonly lease: Lease;
  /** When the start began: activities before it are of another one. */
  readonly since: number;
  readonly signal: AbortSignal;
}

export interface Waited {
  /**
   * `ready`: all of them. `degraded`: at least as many as asked for. `failed`: some will not come; `timed out`: some
   * had not come in time. `interrupted`: nobody waits any more, and they go on.
   */
  readonly outcome: "ready" | "degraded" | "failed" | "timed out" | "interrupted";
  readonly slots: readonly SlotView[];
}

/** A slot that is asked for so long on spot, without a word from its group, goes on demand where that is wanted. */
export const SPOT_PATIENCE_MS = 3 * MINUTE;

/**
 * Looks until every slot is ready or known not to come, or the time is over. Waits on what is seen, never for a time.
 *
 * @throws GroundError (exit code 4) where the lease is ended meanwhile, or (5) where the guard stops everything.
 */
export async function waitForSlots(
  ports: ClusterPorts,
  stack: ClusterStack,
  wait: Wait,
  progress: StartProgress,
): Promise<Waited> {
  const { lease, atLeast = lease.slots.length } = wait;
  const deadline = wait.since + wait.waitMs;
  const onDemand = new Set<string>();
  for (;;) {
    const view = await lookAt(ports, stack, lease.slots, wait.since);
    const { slots, ledger, requests, now } = view;
    progress.slots(slots);
    if (ledger != null && ledger.latch !== null)
      throw new GroundError(latchedText(ledger.latch, stack.config.rearm), EXIT.policyViolation);
    if (!requests.leases.some(({ id, state }) => id === lease.id && state === "active")) throw leaseEnded();
    const outcome = outcomeOf(slots, atLeast, now >= deadline);
    if (outcome !== undefined) return { outcome, slots };
    if (wait.signal.aborted) return { outcome: "interrupted", slots };
    if (wait.onDemand)
      for (const { slot } of slots.filter(
        (one) => !onDemand.has(one.slot) && spotFails(one, now - wait.since),
      ))
        if (await goOnDemand(ports, stack, slot)) {
          onDemand.add(slot);
          progress.said(`${slot}: no spot capacity, on demand instead`);
        }
    await ports.clock.sleep(Math.min(POLL_MS, Math.max(deadline - now, 1)));
  }
}

/** Undefined while it is worth waiting. */
export function outcomeOf(
  slots: readonly Pick<SlotView, "state">[],
  atLeast: number,
  isLate: boolean,
): "ready" | "degraded" | "failed" | "timed out" | undefined {
  const ready = slots.filter(({ state }) => state === "ready").length;
  if (ready === slots.length) return "ready";
  const lost = slots.filter(({ state }) => isFinal(state)).length;
  if (isLate || ready + lost === slots.length) {
    if (ready >= atLeast) return "degraded";
    return ready + lost === slots.length ? "failed" : "timed out";
  }
  // Too few are left that could still come.
  return slots.length - lost < atLeast ? "failed" : undefined;
}

function spotFails({ state, failing }: SlotView, waitedMs: number): boolean {
  if (state === "no host") return failing === "capacity" || failing === "price";
  return state === "requested" && waitedMs >= SPOT_PATIENCE_MS;
}

function leaseEnded(): GroundError {
  return new GroundError(
    "The lease was ended while its slots were starting, by `ground cluster stop` or by the guard.",
    EXIT.resourceFailed,
  );
}

/**
 * Nothing wanted, then a look, then the other market: a host that came at the last moment would otherwise be replaced
 * while it still runs. Somebody's stop may come at any moment of it, so that the lease is looked at before a host is
 * wanted again, and after: a host without a lease would run until somebody sees it. A schedule's hours do not count:
 * with the slot at 0 nobody can tell one that its schedule keeps from one that `stop --all` ended, or whose start the
 * guard held back.
 *
 * @returns false where a host came
 * @throws GroundError (exit code 4) where no lease holds the slot any more; it is at rest then, on spot.
 */
async function goOnDemand(ports: ClusterPorts, stack: ClusterStack, slot: string): Promise<boolean> {
  const { group } = slotConfig(stack, slot);
  // Somebody else's lease keeps the slot up, too.
  const isHeld = async (): Promise<boolean> =>
    leaseOf((await ports.table.requests()).leases, slot) !== undefined;
  await ports.cloud.setDesired(group, 0);
  const hosts = await hostsByGroup(ports, stack, [group]);
  const isEmpty = servingHost(hosts.get(group) ?? []) === undefined;
  if (await isHeld()) {
    if (isEmpty) await ports.setOnDemandShare(group, 100);
    await ports.cloud.setDesired(group, 1);
    if (await isHeld()) return isEmpty;
    await ports.cloud.setDesired(group, 0);
    if (isEmpty) await ports.setOnDemandShare(group, 0);
  }
  throw leaseEnded();
}
