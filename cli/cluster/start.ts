import { randomBytes } from "node:crypto";
import type { SlotPlan } from "../../infra/settings/slots.ts";
import type { SizeName } from "../../model/sizes.ts";
import type { Admission } from "../../runtime/guard/admission.ts";
import { usdOf } from "../../runtime/guard/money.ts";
import { all } from "../../runtime/guard/observe.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import type { OnDemandPrices } from "../../runtime/guard/prices.ts";
import { windowsAt } from "../../runtime/guard/schedules.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { CheckLine } from "../checklist.ts";
import { hostsOf, type HostNeed } from "../doctor/needs.ts";
import { askAdmission, latchedText, refuseUnlessAdmitted, withAdmissionLock } from "./admit.ts";
import { slotConfig, slotsToStart, type ClusterStack } from "./environment.ts";
import { leaseId } from "./leases.ts";
import { lookAt, quotesOf, type ClusterView } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";
import { ClusterPrices, type LaunchPrice } from "./price.ts";
import { slotLine } from "./progress.ts";
import { addLease } from "./start-lease.ts";
import { giveBack, raise } from "./start-raise.ts";
import { waitForSlots, type Waited } from "./start-wait.ts";
import type { SlotView } from "./slot-state.ts";

export interface StartRequest {
  readonly size?: SizeName;
  /** Length of the lease. */
  readonly forMs: number;
  readonly owner: string;
  /** How long to wait until all are ready; undefined: do not wait. */
  readonly waitMs?: number;
  /** Slots that must be ready at the end of the wait; default: all. */
  readonly atLeast?: number;
  /** Whether slots that get no spot capacity are launched on demand. */
  readonly onDemand: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What is told while it goes on. */
export interface StartProgress {
  /** Price, sums and warnings, before anything starts. */
  priced(price: LaunchPrice, admission: Admission, warnings: readonly string[]): void;
  slots(views: readonly SlotView[]): void;
  said(text: string): void;
}

export interface StartResult {
  readonly outcome: "would start" | "requested" | Waited["outcome"];
  readonly lease: Lease | null;
  readonly price: LaunchPrice;
  readonly admission: Admission;
  readonly warnings: readonly string[];
  readonly slots: readonly SlotView[];
}

/**
 * Starts slots on a lease. In this order: what stands in the way, quotas, price, admission and lease under one lock,
 * then the groups. Whatever goes wrong after the lease is written gives the slots back, and the guard ends the lease
 * where this program cannot.
 *
 * @throws GroundError: 2 for what cannot be asked for, 4 where AWS stands in the way, 5 where the guard refuses.
 */
export async function start(
  ports: ClusterPorts,
  stack: ClusterStack,
  request: StartRequest,
  onDemandPrices: OnDemandPrices,
  progress: StartProgress,
): Promise<StartResult> {
  const slots = slotsToStart(stack, request.size);
  const { atLeast } = request;
  if (atLeast !== undefined && atLeast > slots.length)
    throw new GroundError(
      `--at-least ${String(atLeast)} is more than the ${String(slots.length)} slots that would start.`,
      EXIT.badConfiguration,
    );
  const names = slots.map(({ name }) => name);
  const before = await lookAt(ports, stack, names);
  refuseWhatCannotStart(before, stack);
  const warnings = [
    ...(await quotaWarnings(ports, stack, slots, request.onDemand)),
    ...(await scheduleWarnings(ports, stack, names, ports.clock.now() + request.forMs)),
  ];
  const quotes = await quotesOf(
    ports,
    stack,
    slots.flatMap(({ instanceTypes }) => instanceTypes),
  );
  const prices = new ClusterPrices(stack.config, quotes, onDemandPrices, ports.clock.now());
  const price = prices.ofLaunch(slots, "spot", request.forMs);

  const random = randomBytes(3).toString("hex");
  const { lease, admission } = await withAdmissionLock(
    ports,
    `${request.owner} ${random}`,
    async (locked) => {
      const now = ports.clock.now();
      const until = now + request.forMs;
      const { admission, ledger } = await askAdmission(ports, stack, names, until);
      refuseUnlessAdmitted(admission, ledger, stack, now, { command: "start", alreadyMs: 0 });
      progress.priced(price, admission, warnings);
      if (request.dryRun || request.signal.aborted) return { lease: null, admission };
      const id = leaseId(request.owner, now, random);
      const made: Lease = { id, owner: request.owner, slots: names, expiresAt: until, state: "active" };
      if (!(await addLease(ports, locked, made)))
        throw new GroundError(
          `A lease ${id} is there already. Nothing was started: try again.`,
          EXIT.resourceFailed,
        );
      return { lease: made, admission };
    },
  );
  const said = { price, admission, warnings };
  if (lease === null) {
    if (!request.dryRun) throw interruptedBefore();
    return { outcome: "would start", lease, ...said, slots: before.slots };
  }

  const raised = await raise(ports, stack, before, lease, request, progress);
  if (request.waitMs === undefined) {
    const { slots: views } = await lookAt(ports, stack, names, before.now);
    return { outcome: "requested", lease, ...said, slots: views };
  }
  const waited = await waitForSlots(
    ports,
    stack,
    { ...request, waitMs: request.waitMs, lease, since: before.now },
    progress,
  );
  if (waited.outcome === "failed" || waited.outcome === "timed out") {
    const { isComplete, text } = await giveBack(ports, stack, before, lease, raised, progress);
    if (!isComplete) throw notGivenBack(waited, text);
  }
  return { outcome: waited.outcome, lease, ...said, slots: waited.slots };
}

function interruptedBefore(): GroundError {
  return new GroundError("Interrupted: nothing was started.", EXIT.resourceFailed);
}

/** What was waited for did not come, and the lease goes on: both must be told, and why. */
function notGivenBack({ outcome, slots }: Waited, what: string): GroundError {
  const missing = slots.filter(({ state }) => state !== "ready");
  return new GroundError(
    [
      `${outcome === "timed out" ? "Not ready in time" : "Too few slots will come"}, and ${what}.`,
      ...missing.map((view) => `  · ${slotLine(view)}`),
    ].join("\n"),
    outcome === "timed out" ? EXIT.timedOut : EXIT.resourceFailed,
  );
}

/** All that stands in the way at once: a latch, groups that are gone or may launch nothing. */
function refuseWhatCannotStart({ ledger, slots }: ClusterView, { config }: ClusterStack): void {
  if (ledger != null && ledger.latch !== null)
    throw new GroundError(latchedText(ledger.latch, config.rearm), EXIT.policyViolation);
  const problems = slots.flatMap(({ slot, state, detail }) => {
    if (state === "missing") return [`${slot}: ${detail}`];
    if (state === "latched" || state === "blocked")
      return [
        `${slot}: Launch of its group is suspended, and not by the guard; find who did it, and resume it`,
      ];
    return [];
  });
  if (problems.length > 0)
    throw new GroundError(
      `Nothing was started:\n${problems.map((problem) => `  · ${problem}`).join("\n")}`,
      EXIT.resourceFailed,
    );
}

/** @throws GroundError (exit code 4) naming quota, need and the request for more (FM-20). */
async function quotaWarnings(
  ports: ClusterPorts,
  { settings, slots: all }: ClusterStack,
  slots: readonly SlotPlan[],
  onDemand: boolean,
): Promise<readonly string[]> {
  const [orchestrator] = hostsOf(settings);
  const needs: HostNeed[] = slots.map(({ instanceTypes, zones }) => ({
    market: "spot",
    types: instanceTypes,
    zones,
  }));
  if (all.length > 0 && orchestrator !== undefined) needs.unshift(orchestrator);
  const lines = await ports.quotas(needs);
  const short = (line: CheckLine): boolean => line.status === "failed";
  const failed = lines.filter(short);
  if (failed.length > 0)
    throw new GroundError(
      `Nothing was started, the account's quotas are too small:\n${failed.map(quotaLine).join("\n")}`,
      EXIT.resourceFailed,
    );
  return lines
    .filter(({ status }) => status === "unknown" || (status === "warning" && onDemand))
    .map((line) => quotaLine(line).trim());
}

function quotaLine({ title, found, fix }: CheckLine): string {
  return `  ${title}: ${found}${fix === undefined ? "" : `\n  → ${fix}`}`;
}

/** A schedule stops its groups at its time, whatever leases say, and keeps up until then what a lease leaves. */
async function scheduleWarnings(
  { cloud }: ClusterPorts,
  stack: ClusterStack,
  names: readonly string[],
  until: number,
): Promise<readonly string[]> {
  const slotOf = new Map(names.map((name) => [slotConfig(stack, name).group, name]));
  const stops = (await all((next) => cloud.scheduledRuns(next))).filter(
    ({ group, desired, at }) => desired === 0 && slotOf.has(group) && at < until,
  );
  const byTime = new Map<number, string[]>();
  for (const { group, at } of stops) byTime.set(at, [...(byTime.get(at) ?? []), slotOf.get(group) ?? group]);
  const stopping = [...byTime]
    .toSorted(([a], [b]) => a - b)
    .map(
      ([at, slots]) =>
        `a schedule stops ${slots.sort().join(", ")} at ${clockTime(at)}, before the lease ends`,
    );
  const going = windowsAt(stack.config, until).flatMap(({ id, slots, expiresAt }) => {
    const taken = slots.filter((slot) => names.includes(slot));
    return taken.length === 0
      ? []
      : [`${id} keeps ${taken.join(", ")} up after the lease, until ${clockTime(expiresAt)}`];
  });
  return [...stopping, ...going];
}

/** What a launch asks of each UTC day's line for scripts, US dollars, today first. */
export function daysJson({ days }: Pick<Admission, "days">) {
  return days.map(({ day, cost, left }) => ({
    day,
    atMostUsd: usdOf(cost).toNumber(),
    leftUsd: usdOf(left).toNumber(),
  }));
}

/** Figures of a price for scripts, US dollars. */
export function priceJson({ perHour, ceilingPerHour, total, ceilingTotal, notes }: LaunchPrice) {
  return {
    usdPerHour: usdOf(perHour).toNumber(),
    atMostUsdPerHour: usdOf(ceilingPerHour).toNumber(),
    usd: usdOf(total).toNumber(),
    atMostUsd: usdOf(ceilingTotal).toNumber(),
    notes,
  };
}
