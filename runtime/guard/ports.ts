import type { DayRecord, Ledger } from "./ledger.ts";
import type {
  ObservedGroup,
  ObservedInstance,
  Requests,
  ScalingActivity,
  ScheduledRun,
  SpotQuote,
  StateChange,
  UsageReading,
} from "./observations.ts";

/** The seams of the guard: small, shaped as AWS is, so that adapters hold no logic and tests replace them. */

/** One page of an answer; without `next` it was the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** Processes of a group that the latch suspends. AZRebalance is suspended by the program and stays so. */
export const LATCHED_PROCESSES = ["Launch", "ScheduledActions"] as const;
export type LatchedProcess = (typeof LATCHED_PROCESSES)[number];

/**
 * A spot request that launches again what is terminated: `persistent`, open or active, with the
 * environment's tag or for one of its groups' templates.
 */
export interface SpotRequest {
  readonly id: string;
  readonly region: string;
}

/** EC2, Auto Scaling, CloudWatch and IAM. Calls throw what AWS answers; adapters try throttled calls again. */
export interface Cloud {
  /** All instances of a region in any state, without a tag filter. */
  instances(region: string, next?: string): Promise<Page<ObservedInstance>>;
  /** The groups by name; those that do not exist are left out of the answer (FM-45). */
  groups(names: readonly string[], next?: string): Promise<Page<ObservedGroup>>;
  scheduledRuns(next?: string): Promise<Page<ScheduledRun>>;
  scalingActivities(since: number, next?: string): Promise<Page<ScalingActivity>>;
  /** Prices in effect at `since` and every change after it. */
  spotPrices(
    region: string,
    types: readonly string[],
    since: number,
    next?: string,
  ): Promise<Page<SpotQuote>>;
  /** Every watched region, those that cannot be read included. */
  modelUsage(days: readonly string[]): Promise<readonly UsageReading[]>;
  suspend(group: string, processes: readonly LatchedProcess[]): Promise<void>;
  resume(group: string, processes: readonly LatchedProcess[]): Promise<void>;
  setDesired(group: string, desired: number): Promise<void>;
  spotRequests(region: string, next?: string): Promise<Page<SpotRequest>>;
  cancelSpotRequests(region: string, ids: readonly string[]): Promise<void>;
  /** All or none, as EC2: one id that is unknown or refused fails the batch. */
  terminate(region: string, ids: readonly string[]): Promise<void>;
  modelsDenied(role: string): Promise<boolean>;
  denyModels(role: string): Promise<void>;
  allowModels(role: string): Promise<void>;
}

export interface QueuedChange extends StateChange {
  readonly receipt: string;
}

/** State changes from the queue. What is not settled comes again. */
export interface EventQueue {
  receive(): Promise<readonly QueuedChange[]>;
  settle(receipts: readonly string[]): Promise<void>;
}

export interface LedgerStore {
  read(): Promise<Ledger | undefined>;
  /** Writes if the stored version is `expected` (undefined: if there is none); false where it is not. */
  write(ledger: Ledger, expected: number | undefined): Promise<boolean>;
  /** Keeps a finished day for good; the same day again replaces it. */
  archive(record: DayRecord): Promise<void>;
  requests(): Promise<Requests>;
  /** Marks a lease as `ending` if it still expires at that time; false where it was extended meanwhile. */
  endLease(id: string, expiresAt: number): Promise<boolean>;
  /** Forgets an ended lease whose slots are down. */
  removeLease(id: string): Promise<void>;
  /** Forgets a request to re-arm, once carried out. */
  clearRearm(): Promise<void>;
}

/** Mutual exclusion. A holder that dies loses the lock after `ttlMs`. */
export interface Lock {
  acquire(holder: string, ttlMs: number): Promise<boolean>;
  release(holder: string): Promise<void>;
}

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Notifier {
  /** A message to people. */
  notify(subject: string, text: string): Promise<void>;
  /** A new heartbeat value: metered, decided, and whatever had to be stopped is stopped. */
  heartbeat(at: number): Promise<void>;
  /** A line of the function's own log, as data. */
  log(entry: Readonly<Record<string, unknown>>): void;
}

export interface GuardPorts {
  readonly cloud: Cloud;
  readonly queue: EventQueue;
  readonly store: LedgerStore;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly notifier: Notifier;
}
