import type { Lease } from "../../runtime/guard/observations.ts";
import { scheduledSince } from "../../runtime/guard/schedules.ts";
import { lookAt } from "./look.ts";
import { stopPlan, type StopPlan } from "./leases.ts";
import { restOnSpot } from "./rest-on-spot.ts";
import type { ClusterStack } from "./environment.ts";
import type { ClusterPorts } from "./ports.ts";
import { windDown, type WoundDown } from "./wind-down.ts";

export interface StopRequest {
  readonly owner: string;
  /** End everybody's leases, not the caller's alone. */
  readonly everybody: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface StopResult {
  readonly outcome: "nothing to stop" | "would stop" | "stopped" | "interrupted" | "failed" | "timed out";
  readonly plan: StopPlan;
  /** Slots that were up. */
  readonly up: readonly string[];
  readonly wound?: WoundDown;
}

/**
 * Ends the caller's leases, or everybody's, and every slot that no other lease holds, a schedule's among them unless
 * it ends everybody's; then waits until they are gone.
 */
export async function stop(
  ports: ClusterPorts,
  stack: ClusterStack,
  { owner, everybody, dryRun, signal }: StopRequest,
  onLook: (remaining: readonly string[]) => void,
): Promise<StopResult> {
  const all = stack.slots.map(({ name }) => name);
  const { slots, requests, groups, ledger, now } = await lookAt(ports, stack, all);
  const present = slots.filter(
    ({ state }) => state !== "at rest" && state !== "latched" && state !== "missing",
  );
  const wanted = present.map(({ slot }) => slot);
  const keeps = (): boolean => !everybody;
  const { heldGroups = [] } = ledger ?? {};
  const scheduled = scheduledSince({ groups: [...groups.values()], heldGroups }, stack.config, {
    seenAt: now,
    now,
    until: now + stack.config.timeToActMs,
  });
  const plan = stopPlan(
    wanted,
    requests.leases,
    (lease) => everybody || lease.owner === owner,
    scheduled.filter(keeps),
  );
  const up = plan.stop;
  if (up.length === 0 && plan.end.length === 0) {
    const failures = dryRun ? [] : await restOnSpot(ports, stack, all);
    if (failures.length === 0) return { outcome: "nothing to stop", plan, up };
    return { outcome: "failed", plan, up, wound: { plan, gone: [], remaining: [], failures } };
  }
  if (dryRun) return { outcome: "would stop", plan, up };
  // A lease that is made from now on is another one, even of the same owner: it goes on, and so do its slots.
  const ended = new Set(plan.end.map(({ id }) => id));
  const end = ({ id }: Lease): boolean => ended.has(id);
  const woundDown = await windDown(ports, stack, { end, keeps, slots: wanted, mark: true, onLook, signal });
  const others = all.filter((name) => !woundDown.plan.stop.includes(name));
  const refused = signal.aborted ? [] : await restOnSpot(ports, stack, others);
  const wound = { ...woundDown, failures: [...woundDown.failures, ...refused] };
  // What counts is the plan that was carried out.
  const done = { plan: wound.plan, up: wound.plan.stop, wound };
  if (wound.failures.length > 0) return { outcome: "failed", ...done };
  if (wound.remaining.length === 0) return { outcome: "stopped", ...done };
  return { outcome: signal.aborted ? "interrupted" : "timed out", ...done };
}
