import { meterAgeAllowed } from "../../runtime/guard/admission.ts";
import { type Latch, spentOf } from "../../runtime/guard/ledger.ts";
import { usdOf, type NanoUsd } from "../../runtime/guard/money.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import type { OnDemandPrices } from "../../runtime/guard/prices.ts";
import { scheduledLeases } from "../../runtime/guard/schedules.ts";
import { dayOf } from "../../runtime/guard/time.ts";
import type { ExitCode } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { ClusterStack } from "./environment.ts";
import { lookAt, quotesOf, type ClusterView } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";
import { ClusterPrices } from "./price.ts";
import { isTrouble, type SlotView } from "./slot-state.ts";

/** A slot with what its host costs an hour now. */
export interface StatusRow extends SlotView {
  readonly perHour?: NanoUsd;
}

export interface ClusterStatus {
  readonly environment: string;
  readonly now: number;
  readonly rows: readonly StatusRow[];
  readonly leases: readonly Lease[];
  /** Slots that schedules keep up now. */
  readonly scheduled: readonly Lease[];
  readonly latch: Latch | null;
  /** Slots whose scheduled start the guard holds back, since the day's money does not suffice. */
  readonly held: readonly string[];
  /** How the latch is lifted. */
  readonly rearm: "next-day" | "manual";
  readonly money: {
    readonly line: NanoUsd;
    /** By the guard's ledger; undefined before its first tick. */
    readonly spent: NanoUsd | undefined;
    readonly meteredUntil: number | undefined;
    /** The account is too old for anything to be admitted by it. */
    readonly isOld: boolean;
    /** Of the slots' hosts now. */
    readonly perHour: NanoUsd;
  };
}

export async function clusterStatus(
  ports: ClusterPorts,
  stack: ClusterStack,
  onDemandPrices: OnDemandPrices,
): Promise<ClusterStatus> {
  const view = await lookAt(
    ports,
    stack,
    stack.slots.map(({ name }) => name),
  );
  return describe(view, stack, await rowsOf(ports, stack, view, onDemandPrices));
}

async function rowsOf(
  ports: ClusterPorts,
  stack: ClusterStack,
  { slots, now }: ClusterView,
  onDemandPrices: OnDemandPrices,
): Promise<readonly StatusRow[]> {
  const spot = slots.flatMap(({ host }) => (host?.market === "spot" ? [host.type] : []));
  const prices = new ClusterPrices(stack.config, await quotesOf(ports, stack, spot), onDemandPrices, now);
  return slots.map((slot) =>
    slot.host === undefined ? slot : { ...slot, perHour: prices.ofHost(slot.host) },
  );
}

function describe(
  { ledger, requests, groups, now }: ClusterView,
  { config }: ClusterStack,
  rows: readonly StatusRow[],
): ClusterStatus {
  return {
    environment: config.environment,
    now,
    rows,
    leases: requests.leases.toSorted((a, b) => a.expiresAt - b.expiresAt),
    scheduled: scheduledLeases(
      { groups: [...groups.values()], heldGroups: ledger?.heldGroups ?? [] },
      config,
      now,
    ).filter(({ slots }) => slots.length > 0),
    latch: ledger?.latch ?? null,
    held: config.slots.filter(({ group }) => ledger?.heldGroups.includes(group)).map(({ name }) => name),
    rearm: config.rearm,
    money: {
      line: config.linePerDay,
      spent: ledger === undefined ? undefined : spentOf(ledger, dayOf(now)),
      meteredUntil: ledger?.meteredUntil,
      isOld: ledger !== undefined && now - ledger.meteredUntil > meterAgeAllowed(config),
      perHour: rows.reduce((sum, { perHour = 0 }) => sum + perHour, 0),
    },
  };
}

/** 4 where a slot that somebody wants is in trouble; a slot at rest, or on its way, is fine. */
export function statusExitCode({ rows }: Pick<ClusterStatus, "rows">): ExitCode {
  return rows.some(({ state }) => isTrouble(state)) ? EXIT.resourceFailed : EXIT.ok;
}

/** The same for scripts. Money in US dollars, ages in seconds, times as ISO 8601. */
export function statusJson({
  environment,
  now,
  rows,
  leases,
  scheduled,
  latch,
  held,
  money,
}: ClusterStatus): unknown {
  const time = (at: number): string => new Date(at).toISOString();
  return {
    environment,
    at: time(now),
    latch: latch === null ? null : { since: time(latch.since), reason: latch.reason, phase: latch.phase },
    scheduledStartsHeldBack: held,
    money: {
      lineUsd: usdOf(money.line).toNumber(),
      spentTodayUsd: money.spent === undefined ? null : usdOf(money.spent).toNumber(),
      meteredUntil: money.meteredUntil === undefined ? null : time(money.meteredUntil),
      startsRefused: latch !== null || money.isOld || money.meteredUntil === undefined,
      slotsUsdPerHour: usdOf(money.perHour).toNumber(),
    },
    leases: leases.map(({ expiresAt, ...lease }) => ({ ...lease, expiresAt: time(expiresAt) })),
    schedules: scheduled.map(({ id, slots, expiresAt }) => ({ id, slots, until: time(expiresAt) })),
    slots: rows.map((row) => slotJson(row, now)),
  };
}

export function slotJson({ slot, state, host, detail, failing, perHour }: StatusRow, now: number) {
  return {
    slot,
    state,
    instance: host?.id ?? null,
    type: host?.type ?? null,
    zone: host?.zone ?? null,
    market: host?.market ?? null,
    ageSeconds: host === undefined ? null : Math.max(0, Math.floor((now - host.launchedAt) / 1_000)),
    ...(perHour === undefined ? {} : { usdPerHour: usdOf(perHour).toNumber() }),
    failing: failing ?? null,
    detail,
  };
}
