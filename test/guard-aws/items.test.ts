import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { marshal, unmarshal, type Value } from "../../runtime/guard/aws/attributes.ts";
import { readGuardConfig } from "../../runtime/guard/aws/config-file.ts";
import {
  dayItem,
  dayOfItem,
  ledgerItem,
  ledgerOf,
  LEDGER_KEY,
  requestsOf,
} from "../../runtime/guard/aws/items.ts";
import type { InstanceMeter, Ledger } from "../../runtime/guard/ledger.ts";
import { CONFIG, NOON } from "./setting.ts";

/** DynamoDB's limit of an item, bytes. */
const MOST_BYTES = 400 * 1024;

/** An object cannot have the last one as a key of its own by assignment; the ledger leaves such an owner out of its table. */
const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => text !== "__proto__");
const amount = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const time = fc.nat({ max: 4_102_444_800_000 });

const nature = {
  zone: name,
  type: name,
  market: fc.constantFrom("spot", "on-demand"),
  claim: fc.record(
    {
      kind: fc.constantFrom("persistent", "slot", "tagged", "stray", "foreign", "unknown"),
      by: fc.constantFrom("id", "tag", "group", "profile", "vpc", "nothing"),
      role: name,
      owner: name,
      slot: name,
    },
    { requiredKeys: ["kind", "by", "role", "owner"] },
  ),
} as const;

const closed: fc.Arbitrary<InstanceMeter> = fc.record(
  {
    id: name,
    region: name,
    chargedUntil: time,
    open: fc.constant(false),
    nature: fc.record(nature),
  },
  { requiredKeys: ["id", "region", "chargedUntil", "open"] },
);

const opened: fc.Arbitrary<InstanceMeter> = fc.record({
  id: name,
  region: name,
  ...nature,
  perHour: amount,
  ceilingPerHour: amount,
  chargedUntil: time,
  open: fc.constant(true),
});

const day = fc.record({
  day: fc.constantFrom("2026-11-20", "2026-11-21"),
  compute: amount,
  fixed: amount,
  model: amount,
  byRole: fc.dictionary(name, amount),
  byOwner: fc.dictionary(name, amount),
});

const ledger: fc.Arbitrary<Ledger> = fc.record({
  version: fc.nat(),
  billed: fc.record({ day: name, amount, at: time }),
  models: fc.array(
    fc.record({ region: name, totals: fc.dictionary(name, amount), perHour: amount, readAt: time }),
    { maxLength: 3 },
  ),
  meteredUntil: time,
  days: fc.array(day, { maxLength: 3 }),
  meters: fc
    .uniqueArray(fc.oneof(opened, closed), { selector: ({ id }) => id, maxLength: 20 })
    .map((all) => new Map(all.map((one) => [one.id, one]))),
  modelPerHour: amount,
  latch: fc.option(
    fc.record({
      since: time,
      day: name,
      reason: name,
      phase: fc.constantFrom("stopping", "stopped", "rearming"),
      stopped: fc.array(name),
      stoppedBefore: fc.nat(),
      reported: fc.boolean(),
    }),
  ),
  warnedDay: fc.option(name),
  heldGroups: fc.array(name),
  heldUntil: fc.dictionary(name, time),
  warnedLeases: fc.array(name),
  asked: fc.array(name),
});

describe("what people ask in the guard's table", () => {
  const lease = { id: "a", owner: "team", slots: ["storage-1"], expiresAt: NOON, state: "active" } as const;

  it("is read although one item of it is not what the program writes; that one is named (FM-04)", () => {
    const items = [
      { pk: "request", sk: "lease#a", ...lease },
      { pk: "request", sk: "lease#b", ...lease, id: "b", expiresAt: "2027-06-14T13:00:00Z" },
      { pk: "request", sk: "rearm", by: "somebody" },
      { pk: "request", sk: "lock", holder: "x" },
    ];
    assert.deepEqual(requestsOf(items), { leases: [lease], unreadable: ["lease#b", "rearm"] });
    assert.deepEqual(requestsOf(items.slice(0, 1)), { leases: [lease] });
  });
});

/** fast-check's records have no prototype, JSON's have; the order of meters says nothing. */
function plain(value: Ledger): unknown {
  return JSON.parse(JSON.stringify({ ...value, meters: Object.fromEntries(value.meters) }));
}

/** By way of DynamoDB's attributes, as the table does. */
function stored(value: Ledger): Ledger {
  return ledgerOf(unmarshal(marshal(ledgerItem(value, "run"))));
}

describe("items of the guard's table", () => {
  it("a ledger comes back as it was written", () => {
    fc.assert(
      fc.property(ledger, (value) => {
        assert.deepEqual(plain(stored(value)), plain(value));
      }),
    );
  });

  it("a day comes back as it was written", () => {
    fc.assert(
      fc.property(day, (value) => {
        assert.deepEqual(dayOfItem(unmarshal(marshal(dayItem(value)))), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("any value comes back from attributes", () => {
    const value = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array(),
        fc.array(tie("value")),
        fc.dictionary(name, tie("value"), { noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (one) => {
        assert.deepEqual(unmarshal(marshal({ one })), { one });
      }),
    );
  });

  it("a ledger of 10,000 instances fits into one item", () => {
    const { byteLength } = Buffer.from(itemState(crowded(10_000)));
    console.log(`      ${(byteLength / 1024).toFixed(0)} KB of ${String(MOST_BYTES / 1024)} KB`);
    assert.ok(byteLength < MOST_BYTES - 1024);
  });

  it("as many closed instances as are kept fit beside them, and cost no more than their place", () => {
    const both = crowded(10_000);
    const rested = Array.from({ length: 10_000 }, (_, index) => closedMeter(index));
    const meters = new Map([...both.meters, ...rested.map((one) => [one.id, one] as const)]);
    const { byteLength } = itemState({ ...both, meters });
    console.log(`      ${(byteLength / 1024).toFixed(0)} KB of ${String(MOST_BYTES / 1024)} KB`);
    assert.ok(byteLength < MOST_BYTES - 1024);
  });

  it("a ledger written before, with closed instances whole or among the open ones, is read", () => {
    const [open] = crowded(1).meters.values();
    assert.ok(open !== undefined);
    const { id, region, chargedUntil } = open;
    const closed = { id, region, chargedUntil, open: false };
    for (const whole of [closed, { ...open, open: false }]) {
      const state = gzipSync(JSON.stringify({ ...crowded(0), meters: [whole] }));
      assert.deepEqual([...ledgerOf({ ...LEDGER_KEY, state }).meters.values()], [closed]);
    }
  });

  it("code from before, to which closed instances are whole, finds only what it can read", () => {
    const value = crowded(2);
    const meters = new Map([...value.meters, ["i-closed", { ...closedMeter(0), id: "i-closed" }]]);
    const state: unknown = JSON.parse(gunzipSync(itemState({ ...value, meters })).toString("utf8"));
    assert.deepEqual(state, {
      ...value,
      meters: [...value.meters.values()],
      closed: [meters.get("i-closed")],
    });
  });

  it("a number that is none is never written, and never read as nothing", () => {
    for (const broken of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => ledgerItem({ ...crowded(1), modelPerHour: broken }, "run"), /cannot be read/);
      assert.throws(() => marshal({ broken }), RangeError);
    }
  });

  it("a ledger that is not this program's is refused, with the way out", () => {
    const item = unmarshal(marshal(ledgerItem(crowded(1), "run")));
    const others = [{}, { state: "text" }, { state: new Uint8Array([1, 2, 3]) }];
    for (const other of others)
      assert.throws(() => ledgerOf({ ...LEDGER_KEY, ...other }), /guard\/ledger.*point-in-time recovery/s);
    assert.equal(ledgerOf(item).meters.size, 1);
  });
});

describe("the guard's configuration file", () => {
  it("is read as it was written", () => {
    assert.deepEqual(readGuardConfig(JSON.stringify(CONFIG)), CONFIG);
  });

  it("is refused with all faults at once", () => {
    const broken = { ...CONFIG, linePerDay: 0, account: "12", regions: ["eu-west-1"], typo: 1 };
    assert.throws(
      () => readGuardConfig(JSON.stringify(broken)),
      (error: Error) => ["linePerDay", "12 digits", "typo"].every((fault) => error.message.includes(fault)),
    );
    assert.throws(
      () => readGuardConfig(JSON.stringify({ ...CONFIG, regions: ["eu-west-1"] })),
      /home region is not among them/,
    );
    const [slot] = CONFIG.slots;
    assert.throws(() => readGuardConfig(JSON.stringify({ ...CONFIG, slots: [slot, slot] })), /share a group/);
    assert.throws(() => readGuardConfig("{"), /no JSON/);
  });
});

function itemState(value: Ledger): Uint8Array {
  const { state } = ledgerItem(value, "run");
  return state instanceof Uint8Array ? state : assert.fail("no state");
}

/** Ids and times that a compressor finds as little in as in real ones. */
function closedMeter(index: number): InstanceMeter {
  const hash = createHash("sha256").update(String(index)).digest("hex");
  const back = Number.parseInt(hash.slice(20, 28), 16) % (4 * 24 * 3_600);
  return {
    id: `i-${hash.slice(0, 17)}`,
    region: "us-west-2",
    chargedUntil: NOON - back * 1_000,
    open: false,
  };
}

function crowded(size: number): Ledger {
  const meters = Array.from({ length: size }, (_, index): InstanceMeter => {
    const id = `i-${(BigInt(index + 1) * 0x9e3779b97f4a7c15n).toString(16).slice(-17).padStart(17, "0")}`;
    return {
      id,
      region: "us-west-2",
      zone: `usw2-az${String((index % 3) + 1)}`,
      type: "i4i.2xlarge",
      market: "spot",
      claim: { kind: "unknown", by: "nothing", role: "unknown", owner: `team-${String(index % 40)}` },
      perHour: 240_000_000 + (index % 97),
      ceilingPerHour: 696_000_000,
      chargedUntil: NOON + (index % 300) * 1_000,
      open: true,
    };
  });
  return {
    version: 1,
    meteredUntil: NOON,
    days: [],
    meters: new Map(meters.map((one) => [one.id, one])),
    modelPerHour: 0,
    latch: null,
    warnedDay: null,
    heldGroups: [],
    warnedLeases: [],
    asked: [],
  };
}
