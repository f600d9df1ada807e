import { charge, type NanoUsd } from "./money.ts";
import type { GuardConfig } from "./config.ts";

export type BoundConfig = Pick<
  GuardConfig,
  "intervalMs" | "missedTicks" | "timeToActMs" | "clockSkewMs" | "deadManMs"
>;

/** How often a host reads the heartbeat, and how long its group takes to let it go. */
export const DEAD_MAN_CHECK_MS = 120_000;

/**
 * The greatest overshoot while the guard is healthy: what starts behind its back right after a look burns until
 * the next look has acted. What was admitted, or has been seen, adds nothing: its horizon was left unspent.
 */
export function overshootWhenHealthy(
  behindPerHour: NanoUsd,
  config: Pick<BoundConfig, "intervalMs" | "timeToActMs">,
): NanoUsd {
  return charge(behindPerHour, config.intervalMs + config.timeToActMs);
}

/** The greatest loss when the guard is gone: everything burns until the hosts have seen that the heartbeat is old. */
export function lossWithoutGuard(burnPerHour: NanoUsd, config: Pick<BoundConfig, "deadManMs">): NanoUsd {
  return charge(burnPerHour, config.deadManMs + DEAD_MAN_CHECK_MS);
}
