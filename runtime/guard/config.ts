import { TIME_TO_ACT_MS } from "../../model/guard.ts";
import type { NanoUsd } from "./money.ts";
import type { ScheduleConfig } from "./schedules.ts";
import { MINUTE } from "./time.ts";

/** A slot of the cluster: one group of at most one host. */
export interface SlotConfig {
  readonly name: string;
  readonly role: string;
  /** Name of its Auto Scaling group. */
  readonly group: string;
  /** Name of its instance profile. */
  readonly profile: string;
  /** The dearest it may cost: the dearest allowed type on demand, with address and volumes. */
  readonly ceilingPerHour: NanoUsd;
}

/** A host that lives as long as the stack: reserved until 24:00 UTC, never stopped. */
export interface PersistentConfig {
  readonly name: string;
  readonly role: string;
  /** Its instance profile: a host without any tag is still known by it. */
  readonly profile: string;
  readonly instanceIds: readonly string[];
  /** Instance, address and volumes. */
  readonly perHour: NanoUsd;
}

export interface ModelPrice {
  /** Model id; `*` is the price of models that are not listed. */
  readonly model: string;
  readonly perInputToken: NanoUsd;
  readonly perOutputToken: NanoUsd;
  /** Absent: as an input token. A deployment states what AWS asks, a tenth. */
  readonly perCacheReadToken?: NanoUsd;
  /** Absent: twice an input token, as AWS asks for the longest life. */
  readonly perCacheWriteToken?: NanoUsd;
}

/** What the guard of one environment is told at deployment. */
export interface GuardConfig {
  readonly environment: string;
  readonly account: string;
  /** Region of the stack's groups, ledger and topic. */
  readonly homeRegion: string;
  /** Regions whose instances are counted; the home region among them. */
  readonly regions: readonly string[];
  /** The line: most that a UTC day may cost. */
  readonly linePerDay: NanoUsd;
  /** Per cent of the line at which people are told, once a day. */
  readonly warnPercent: number;
  readonly intervalMs: number;
  /** From the start of a tick until what it stops costs nothing any more. */
  readonly timeToActMs: number;
  /** Ticks in a row that may be lost without a cent beyond the line. */
  readonly missedTicks: number;
  /** How far the guard's clock may be off. */
  readonly clockSkewMs: number;
  /** Age of the heartbeat at which hosts stop themselves. */
  readonly deadManMs: number;
  /** When a latch opens: at the next UTC day, or only when a person says so. */
  readonly rearm: "next-day" | "manual";
  readonly slots: readonly SlotConfig[];
  /** Absent: none. */
  readonly schedules?: readonly ScheduleConfig[];
  readonly persistent: readonly PersistentConfig[];
  /** Everything without hours: storage, keys, alarms, a day. */
  readonly fixedPerDay: NanoUsd;
  /** Address and volumes of a host that is not persistent. */
  readonly extrasPerHour: NanoUsd;
  readonly vpcIds: readonly string[];
  /** `report` leaves instances that nothing ties to the stack out of the sum: for accounts that others use too. */
  readonly unknownInstances: "count" | "report";
  readonly modelPrices: readonly ModelPrice[];
  /** Role that calls models; its right is taken away at the line. */
  readonly agentsRole?: string;
  /** How long before its end a lease's owner is warned. */
  readonly leaseWarningMs: number;
  /** Topic of AWS Budgets' notices and names of the budgets that may trigger. */
  readonly budgetTopicArn: string;
  readonly budgetNames: readonly string[];
}

/** Defaults of what need not be stated. */
export const GUARD_DEFAULTS = {
  warnPercent: 80,
  intervalMs: 5 * MINUTE,
  timeToActMs: TIME_TO_ACT_MS,
  missedTicks: 1,
  clockSkewMs: MINUTE / 2,
  deadManMs: 30 * MINUTE,
  rearm: "next-day",
  unknownInstances: "count",
  leaseWarningMs: 30 * MINUTE,
} as const satisfies Partial<GuardConfig>;

/** How long the guard may be unable to act, while it is healthy: what it must leave unspent is the burn times this. */
export function horizonOf(
  config: Pick<GuardConfig, "intervalMs" | "missedTicks" | "timeToActMs" | "clockSkewMs">,
): number {
  return betweenRuns(config) + config.timeToActMs + config.clockSkewMs;
}

/** The longest from one run to the next, while no more are lost than allowed. */
export function betweenRuns(config: Pick<GuardConfig, "intervalMs" | "missedTicks">): number {
  return config.intervalMs * (1 + config.missedTicks);
}

/**
 * How long after a lease's end its slots may count: the run that ends them may come so late as ticks may be lost, and
 * it still leaves the horizon unspent for what it is about to end.
 */
export function windDownOf(
  config: Pick<GuardConfig, "intervalMs" | "missedTicks" | "timeToActMs" | "clockSkewMs">,
): number {
  return betweenRuns(config) + horizonOf(config);
}

const slotIndex = new WeakMap<readonly SlotConfig[], ReadonlyMap<string, SlotConfig>>();

/** Slots by the name of their group. */
export function slotsByGroup({ slots }: Pick<GuardConfig, "slots">): ReadonlyMap<string, SlotConfig> {
  const known = slotIndex.get(slots);
  if (known !== undefined) return known;
  const index = new Map(slots.map((slot) => [slot.group, slot]));
  slotIndex.set(slots, index);
  return index;
}
