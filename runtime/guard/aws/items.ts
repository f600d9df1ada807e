import { gunzipSync, gzipSync } from "node:zlib";
import * as z from "zod";
import { HEARTBEAT_PARTITION } from "../../../model/guard.ts";
import type { ClosedMeter, DayRecord, Ledger, OpenMeter } from "../ledger.ts";
import type { Lease, Requests } from "../observations.ts";
import type { Item } from "./attributes.ts";

/**
 * The guard's table, one per environment: hash key `pk`, range key `sk`, both strings. Rights are given by
 * partition (`dynamodb:LeadingKeys`), so each holds what the same people and programs may write.
 *
 * | pk          | sk                  | holds                                  | written by           | read by       |
 * | ----------- | ------------------- | -------------------------------------- | -------------------- | ------------- |
 * | `guard`     | `ledger`, `lock`    | the ledger, the guard's mutual exclusion | guard              | guard, people |
 * | `day`       | `2026-11-21`        | a finished day, kept for good          | guard                | people        |
 * | `request`   | `lease#ID`, `rearm` | what people ask of the guard           | people, guard        | guard, people |
 * | `request`   | `lock`              | one admission at a time                | people               | people        |
 * | `heartbeat` | `guard`             | when the guard last did its whole work | guard                | hosts, people |
 * | `drill`     | time of its start   | evidence of a drill, with `ttl`        | people               | people        |
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export const PARTITIONS = {
  guard: "guard",
  day: "day",
  request: "request",
  heartbeat: HEARTBEAT_PARTITION,
  drill: "drill",
} as const;

export const LEDGER_KEY = { pk: PARTITIONS.guard, sk: "ledger" } as const satisfies Key;
export const GUARD_LOCK_KEY = { pk: PARTITIONS.guard, sk: "lock" } as const satisfies Key;
/** Held from the look at what is left to the lease written: two starts at once cannot both take the last dollar. */
export const ADMISSION_LOCK_KEY = { pk: PARTITIONS.request, sk: "lock" } as const satisfies Key;
export const REARM_KEY = { pk: PARTITIONS.request, sk: "rearm" } as const satisfies Key;
export const HEARTBEAT_KEY = { pk: PARTITIONS.heartbeat, sk: "guard" } as const satisfies Key;

const LEASE_PREFIX = "lease#";

export function leaseKeyOf(id: string): Key {
  return { pk: PARTITIONS.request, sk: `${LEASE_PREFIX}${id}` };
}

export function dayKeyOf(day: string): Key {
  return { pk: PARTITIONS.day, sk: day };
}

const amounts = z.record(z.string(), z.number());

const daySchema = z.object({
  day: z.string(),
  compute: z.number(),
  fixed: z.number(),
  model: z.number(),
  byRole: amounts,
  byOwner: amounts,
  latches: z
    .array(
      z.object({
        since: z.number(),
        reason: z.string(),
        stopped: z.array(z.string()),
        slots: z.record(z.string(), z.string()).exactOptional(),
        stoppedBefore: z.int().exactOptional(),
        rearmedAt: z.number().exactOptional(),
      }),
    )
    .exactOptional(),
});

const natureSchema = z.object({
  zone: z.string(),
  type: z.string(),
  market: z.enum(["spot", "on-demand"]),
  claim: z.object({
    kind: z.enum(["persistent", "slot", "tagged", "stray", "foreign", "unknown"]),
    by: z.enum(["id", "tag", "group", "profile", "vpc", "nothing"]),
    role: z.string(),
    owner: z.string(),
    slot: z.string().exactOptional(),
  }),
});

const openMeterSchema = z.object({
  id: z.string(),
  region: z.string(),
  ...natureSchema.shape,
  perHour: z.number(),
  ceilingPerHour: z.number(),
  chargedUntil: z.number(),
  open: z.literal(true),
});

/** Ledgers written before have closed meters whole: what is not here is dropped. */
const closedMeterSchema = z.object({
  id: z.string(),
  region: z.string(),
  chargedUntil: z.number(),
  open: z.literal(false),
  nature: natureSchema.exactOptional(),
});

const meterSchema = z.discriminatedUnion("open", [openMeterSchema, closedMeterSchema]);

const latchSchema = z.object({
  since: z.number(),
  day: z.string(),
  reason: z.string(),
  phase: z.enum(["stopping", "stopped", "rearming"]),
  stopped: z.array(z.string()),
  slots: z.record(z.string(), z.string()).exactOptional(),
  stoppedBefore: z.int().exactOptional(),
  reported: z.boolean(),
  relaunches: z.number().exactOptional(),
});

const modelMeterSchema = z.object({
  region: z.string(),
  totals: amounts,
  perHour: z.number(),
  readAt: z.number(),
});

const ledgerSchema = z.object({
  version: z.int(),
  meteredUntil: z.number(),
  days: z.array(daySchema),
  /** Open ones. Ledgers written before have the closed among them. */
  meters: z.array(meterSchema),
  /** A field that code from before does not know and drops: it asks of each meter what only open ones have. */
  closed: z.array(closedMeterSchema).exactOptional(),
  modelPerHour: z.number(),
  models: z.array(modelMeterSchema).exactOptional(),
  billed: z.object({ day: z.string(), amount: z.number(), at: z.number() }).exactOptional(),
  latch: latchSchema.nullable(),
  warnedDay: z.string().nullable(),
  heldGroups: z.array(z.string()),
  heldUntil: z.record(z.string(), z.number()).exactOptional(),
  warnedLeases: z.array(z.string()),
  regionsRead: z.array(z.string()).exactOptional(),
  asked: z.array(z.string()),
  untold: z.array(z.object({ subject: z.string(), text: z.string(), at: z.number() })).exactOptional(),
});

const ledgerItemSchema = z.object({ state: z.instanceof(Uint8Array) });

const leaseSchema = z.object({
  id: z.string(),
  owner: z.string(),
  slots: z.array(z.string()),
  expiresAt: z.number(),
  state: z.enum(["active", "ending"]),
});

const heartbeatSchema = z.object({ at: z.number() });

const rearmSchema = z.object({ by: z.string(), at: z.number() });

/** An item that is not what this program writes: made by another version of it, or by hand. */
export class UnreadableItemError extends Error {
  override readonly name = "UnreadableItemError";

  constructor({ pk, sk }: Key, problem: string) {
    super(
      `The item ${pk}/${sk} of the guard's table cannot be read: ${problem}. Nothing is metered over it: deploy the version that wrote it, or restore the table to a time before (point-in-time recovery).`,
    );
  }
}

/**
 * The whole ledger as compressed JSON: an item holds 400 KB, and 10,000 running instances take about half of it, the
 * most closed ones that are kept a third.
 * `meteredUntil` stands beside it for people who look with the console.
 *
 * @param writer tells this write from another's, for a write whose answer was lost
 */
export function ledgerItem(ledger: Ledger, writer: string): Item {
  const meters: OpenMeter[] = [];
  const closed: ClosedMeter[] = [];
  for (const one of ledger.meters.values())
    if (one.open) meters.push(one);
    else closed.push(one);
  const plain = { ...ledger, meters, closed };
  // A broken number would be read as nothing later; refused now, the stored ledger stays as it is.
  const checked = parse(ledgerSchema, plain, LEDGER_KEY);
  return {
    ...LEDGER_KEY,
    version: ledger.version,
    writer,
    meteredUntil: new Date(ledger.meteredUntil).toISOString(),
    state: gzipSync(JSON.stringify(checked)),
  };
}

/** @throws UnreadableItemError rather than starting from nothing: a day's spending would be forgotten. */
export function ledgerOf(item: Item): Ledger {
  const { state } = parse(ledgerItemSchema, item, LEDGER_KEY);
  let content: unknown;
  try {
    content = JSON.parse(gunzipSync(state).toString("utf8"));
  } catch (error) {
    throw new UnreadableItemError(LEDGER_KEY, error instanceof Error ? error.message : String(error));
  }
  const { meters, closed = [], ...rest } = parse(ledgerSchema, content, LEDGER_KEY);
  return { ...rest, meters: new Map([...meters, ...closed].map((one) => [one.id, one])) };
}

export function dayItem(record: DayRecord): Item {
  return { ...dayKeyOf(record.day), ...record };
}

export function dayOfItem(item: Item): DayRecord {
  return parse(daySchema, item, dayKeyOf(rangeKeyOf(item)));
}

export function leaseItem(lease: Lease): Item {
  return { ...leaseKeyOf(lease.id), ...lease };
}

/**
 * The partition of requests: leases and, where there is one, the word to re-arm. An item that cannot be read is
 * named, not thrown: people write here, and one slip of theirs must not keep the guard from stopping.
 */
export function requestsOf(items: readonly Item[]): Requests {
  const leases: Lease[] = [];
  const unreadable: string[] = [];
  let rearm: Requests["rearm"];
  for (const item of items) {
    const key = rangeKeyOf(item);
    const isLease = key.startsWith(LEASE_PREFIX);
    if (!isLease && key !== REARM_KEY.sk) continue;
    const lease = isLease ? leaseSchema.safeParse(item).data : undefined;
    const word = isLease ? undefined : rearmSchema.safeParse(item).data;
    if (lease !== undefined) leases.push(lease);
    else if (word !== undefined) rearm = word;
    else unreadable.push(key);
  }
  return {
    leases,
    ...(rearm === undefined ? {} : { rearm }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

/** When the guard last did its whole work. */
export function heartbeatOf(item: Item): number {
  return parse(heartbeatSchema, item, HEARTBEAT_KEY).at;
}

/** The table's own definition makes it a string. */
function rangeKeyOf({ sk }: Item): string {
  return typeof sk === "string" ? sk : "";
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, key: Key): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new UnreadableItemError(key, z.prettifyError(error).replaceAll(/\s*\n\s*/g, " "));
}
