import type { NanoUsd } from "./money.ts";
import type { Market } from "./observations.ts";
import type { Claim } from "./classify.ts";

/** What one UTC day has cost so far. */
export interface DayRecord {
  readonly day: string;
  readonly compute: NanoUsd;
  readonly fixed: NanoUsd;
  readonly model: NanoUsd;
  /** Compute by role; `unknown` for what no tag names. */
  readonly byRole: Readonly<Record<string, NanoUsd>>;
  readonly byOwner: Readonly<Record<string, NanoUsd>>;
  /** Latches that closed or opened on this day; absent where none did. */
  readonly latches?: readonly PastLatch[];
}

/** A latch as the archive keeps it. */
export type PastLatch = Pick<Latch, "since" | "reason" | "stopped" | "slots" | "stoppedBefore"> & {
  /** When it opened again; absent in records written before. */
  readonly rearmedAt?: number;
};

export function totalOf({ compute, fixed, model }: Pick<DayRecord, "compute" | "fixed" | "model">): NanoUsd {
  return compute + fixed + model;
}

/** One instance's place in the meter while it costs. Its seconds before `chargedUntil` are settled for ever. */
export interface OpenMeter {
  readonly id: string;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly market: Market;
  readonly claim: Claim;
  /** Rate of the last interval. */
  readonly perHour: NanoUsd;
  /** The most it can cost: on demand, with what hangs on it. */
  readonly ceilingPerHour: NanoUsd;
  readonly chargedUntil: number;
  readonly open: true;
}

/** What an instance is, whatever it costs now. */
export type Nature = Pick<OpenMeter, "zone" | "type" | "market" | "claim">;

/**
 * What is left of one that no longer costs: a late event must not count it again. Thousands come and go in a day, and
 * the ledger is one item of DynamoDB; what one that is gone was is in the day's sums.
 */
export interface ClosedMeter {
  readonly id: string;
  readonly region: string;
  readonly chargedUntil: number;
  readonly open: false;
  /** Of one that is stopped: it may start again in a tick that cannot see it. Absent: it is gone, or was never described. */
  readonly nature?: Nature;
}

export type InstanceMeter = OpenMeter | ClosedMeter;

/** What models cost in one region, as last read. */
export interface ModelMeter {
  readonly region: string;
  /** By day, today and yesterday; it never falls. */
  readonly totals: Readonly<Record<string, NanoUsd>>;
  /** Rate of the last reading. */
  readonly perHour: NanoUsd;
  /** When its counts were last read; metering goes on at the rate since. */
  readonly readAt: number;
}

/** What AWS Budgets said a day had cost by then: the most of all notices, kept so that no later tick forgets it. */
export interface Billed {
  readonly day: string;
  readonly amount: NanoUsd;
  readonly at: number;
}

/** A message to people that could not be sent yet. */
export interface UntoldMessage {
  readonly subject: string;
  readonly text: string;
  /** When it was written. */
  readonly at: number;
}

/** Why and since when nothing may start. */
export interface Latch {
  readonly since: number;
  readonly day: string;
  readonly reason: string;
  /** `stopping` until a look has verified that nothing runs; `rearming` until every right is given back. */
  readonly phase: "stopping" | "stopped" | "rearming";
  /** Ids that were stopped, over all runs of the stop; the newest. */
  readonly stopped: readonly string[];
  /** By id, the slots that held them; absent in latches closed before slots were kept. */
  readonly slots?: Readonly<Record<string, string>>;
  /** How many were stopped before those. Absent: none. */
  readonly stoppedBefore?: number;
  /** True once people were told, or are told as soon as the topic takes it. */
  readonly reported: boolean;
  /** How often something ran again after a look had verified that nothing does. Absent: never. */
  readonly relaunches?: number;
}

/**
 * All that the guard knows from one tick to the next, in one record. It is written as a whole, on condition
 * that its version is the one that was read: of two runs at once, one has an effect.
 */
export interface Ledger {
  readonly version: number;
  /** Everything before is metered. */
  readonly meteredUntil: number;
  /** Today and the days before that may still change, oldest first. */
  readonly days: readonly DayRecord[];
  readonly meters: ReadonlyMap<string, InstanceMeter>;
  /** What models cost an hour, over the last tick. */
  readonly modelPerHour: NanoUsd;
  /** The same by region; absent in ledgers written before regions were told apart. */
  readonly models?: readonly ModelMeter[];
  /** Absent where AWS Budgets said nothing of today. */
  readonly billed?: Billed;
  readonly latch: Latch | null;
  /** The day on which people were last warned of the line. */
  readonly warnedDay: string | null;
  /** Groups whose scheduled start the guard holds back, for want of money. */
  readonly heldGroups: readonly string[];
  /** When the hours end that a group is held for; absent, or without it: those in which it is met. */
  readonly heldUntil?: Readonly<Record<string, number>>;
  /** Leases, by id and expiry, whose owner was warned. */
  readonly warnedLeases: readonly string[];
  /** Regions that could be read at least once; absent in ledgers written before they were kept. */
  readonly regionsRead?: readonly string[];
  /** Questions to people already asked, by day and text. */
  readonly asked: readonly string[];
  /** Messages that the topic did not take, oldest first; absent where it took all. */
  readonly untold?: readonly UntoldMessage[];
}

/** An empty day. */
export function newDay(day: string): DayRecord {
  return { day, compute: 0, fixed: 0, model: 0, byRole: {}, byOwner: {} };
}

/** Ids that are kept of a latch: with something that launches anew all the time they would fill the ledger in hours. */
export const MOST_STOPPED = 500;

/** A latch with the newest of its ids alone, and how many there were before them. */
export function newestStopped<Some extends Pick<Latch, "stopped" | "slots" | "stoppedBefore">>(
  latch: Some,
  most: number,
): Some {
  const { stopped, slots, stoppedBefore = 0 } = latch;
  const more = stopped.length - most;
  if (more <= 0) return latch;
  const newest = new Set(stopped.slice(more));
  const shorter = { ...latch, stopped: [...newest], stoppedBefore: stoppedBefore + more };
  if (slots === undefined) return shorter;
  return { ...shorter, slots: Object.fromEntries(Object.entries(slots).filter(([id]) => newest.has(id))) };
}

/** The days with a latch in the record of its own day, or of today where that day is in the archive already. */
export function withLatch(
  days: readonly DayRecord[],
  { day, since, reason, stopped, slots, stoppedBefore }: Latch,
  rearmedAt?: number,
): readonly DayRecord[] {
  const past: PastLatch = {
    since,
    reason,
    stopped,
    ...(slots === undefined ? {} : { slots }),
    ...(stoppedBefore === undefined ? {} : { stoppedBefore }),
    ...(rearmedAt === undefined ? {} : { rearmedAt }),
  };
  const own = days.find((record) => record.day === day);
  // Until it opens, what the archive has of it is all there is to say.
  const holder = own ?? (rearmedAt === undefined ? undefined : days.at(-1));
  return days.map((record) =>
    record === holder
      ? { ...record, latches: [...(record.latches ?? []).filter((one) => one.since !== since), past] }
      : record,
  );
}

/** What a day has cost: the higher of the meter and of what AWS Budgets said, since credits in a bill hide nothing. */
export function spentOf(ledger: Pick<Ledger, "days" | "billed">, day: string): NanoUsd {
  const { billed } = ledger;
  return Math.max(totalOf(recordOf(ledger, day)), billed?.day === day ? billed.amount : 0);
}

/** The record of a day, empty where the ledger has none. */
export function recordOf(ledger: Pick<Ledger, "days">, day: string): DayRecord {
  return ledger.days.find((record) => record.day === day) ?? newDay(day);
}
