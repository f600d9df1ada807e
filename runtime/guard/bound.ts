import { exposureWhenHealthy, exposureWithoutGuard } from "../../model/guard.ts";
import type { GuardConfig } from "./config.ts";
import { charge, type NanoUsd } from "./money.ts";

export type BoundConfig = Pick<
  GuardConfig,
  "intervalMs" | "missedTicks" | "timeToActMs" | "clockSkewMs" | "deadManMs"
>;

/**
 * The greatest overshoot while the guard is healthy: what starts behind its back right after a look burns until
 * the next look has acted. What was admitted, or has been seen, adds nothing: its horizon was left unspent.
 */
export function overshootWhenHealthy(
  behindPerHour: NanoUsd,
  config: Pick<BoundConfig, "intervalMs" | "timeToActMs">,
): NanoUsd {
  return charge(behindPerHour, exposureWhenHealthy(config));
}

/** The greatest loss when the guard is gone: everything burns until the hosts have seen that the heartbeat is old. */
export function lossWithoutGuard(burnPerHour: NanoUsd, config: Pick<BoundConfig, "deadManMs">): NanoUsd {
  return charge(burnPerHour, exposureWithoutGuard(config));
}
