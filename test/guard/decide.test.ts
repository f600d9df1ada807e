import fc from "fast-check";
import assert from "node:assert/strict";
import { classifier } from "../../runtime/guard/classify.ts";
import { horizonOf, type GuardConfig } from "../../runtime/guard/config.ts";
import { decide, slotsToEnd, victimsOf, type DecideInput } from "../../runtime/guard/decide.ts";
import type { Latch } from "../../runtime/guard/ledger.ts";
import type { Running } from "../../runtime/guard/meter.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease, ObservedInstance } from "../../runtime/guard/observations.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import {
  CONFIG,
  groupOf,
  host,
  I4I_2XLARGE,
  ledgerAt,
  MIDNIGHT,
  NOON,
  openGroups,
  orchestrator,
  outsideGroups,
} from "./support.ts";

function running(...instances: readonly ObservedInstance[]): readonly Running[] {
  const classify = classifier(CONFIG);
  return instances.map((instance) => ({
    id: instance.id,
    region: instance.region,
    type: instance.type,
    claim: classify(instance),
    perHour: I4I_2XLARGE,
    ceilingPerHour: I4I_2XLARGE,
  }));
}

function input(change: Partial<DecideInput> = {}): DecideInput {
  return {
    ledger: ledgerAt(NOON, 0),
    running: [],
    groups: openGroups(),
    scheduled: [],
    requests: { leases: [] },
    config: CONFIG,
    now: NOON,
    ...change,
  };
}

const TWO = running(host("i-1", "storage-1"), host("i-2", "storage-2"));
/** The orchestrator until midnight. */
const RESERVED = 12 * nanoUsd("0.2");
/** What two hosts may burn until the guard can act the next time. */
const AT_RISK = charge(2 * I4I_2XLARGE, horizonOf(CONFIG));
/** Spent so much that not a nano-dollar more fits. */
const FULL = CONFIG.linePerDay - RESERVED - AT_RISK;

const LATCH: Latch = {
  since: NOON,
  day: "2027-06-14",
  reason: "the line would be crossed",
  phase: "stopped",
  stopped: [],
  reported: true,
};

function lease(id: string, expiresAt: number, change: Partial<Lease> = {}): Lease {
  return { id, owner: "team", slots: ["storage-1"], expiresAt, state: "active", ...change };
}

describe("decide", () => {
  it("stops before the line: spent + reserved + burn until it can act next, to the nano-dollar", () => {
    const at = (spent: number) => decide(input({ ledger: ledgerAt(NOON, spent), running: TWO })).verdict;
    assert.equal(at(FULL), "warn");
    assert.equal(at(FULL + 1), "stop");
  });

  it("says the sums in its reason", () => {
    const { reason, sums } = decide(input({ ledger: ledgerAt(NOON, FULL + 1), running: TWO }));
    assert.equal(sums.reserved, RESERVED);
    assert.equal(sums.atRisk, AT_RISK);
    assert.match(
      reason,
      /^the line would be crossed: \$17\.31 spent \+ \$2\.40 that cannot be stopped until 24:00 UTC \+ \$0\.29 \(\$1\.37\/h for 13 min\) = \$20\.00 of \$20\.00$/,
    );
  });

  it("makes up for a lost tick, the time to act and a clock that is off", () => {
    assert.equal(horizonOf(CONFIG), 2 * 5 * MINUTE + 2 * MINUTE + MINUTE / 2);
    const late = MIDNIGHT + DAY - MINUTE;
    const { sums } = decide(input({ now: late, ledger: ledgerAt(late, 0), running: TWO }));
    assert.equal(sums.horizonMs, MINUTE, "no further than midnight");
  });

  it("sets aside the orchestrator until midnight, whether it is seen or not", () => {
    const seen = decide(input({ running: running(orchestrator()) })).sums.reserved;
    assert.equal(decide(input()).sums.reserved, RESERVED);
    assert.ok(seen >= RESERVED);
  });

  it("counts a wanted slot at its ceiling while it has no capacity (FM-21)", () => {
    assert.equal(decide(input({ groups: openGroups(1) })).sums.burnPerHour, 3 * I4I_2XLARGE);
  });

  it("counts a host dearer than its slot at its own ceiling", () => {
    const [one] = TWO;
    assert.ok(one !== undefined);
    const dear = { ...one, ceilingPerHour: 5 * I4I_2XLARGE };
    assert.equal(decide(input({ running: [dear], groups: openGroups() })).sums.burnPerHour, 5 * I4I_2XLARGE);
  });

  it("warns once a day at 80 per cent, and not below", () => {
    const spent = 0.8 * CONFIG.linePerDay;
    assert.equal(decide(input({ ledger: ledgerAt(NOON, spent) })).verdict, "warn");
    assert.equal(decide(input({ ledger: ledgerAt(NOON, spent - 1) })).verdict, "ok");
    const warned = ledgerAt(NOON, spent, { warnedDay: "2027-06-14" });
    assert.equal(decide(input({ ledger: warned })).verdict, "ok");
  });

  it("never stops a persistent host, even in a group of the stack or with a spot host's tags (FM-08)", () => {
    const disguises = [
      orchestrator(),
      orchestrator({ group: groupOf("storage-1") }),
      orchestrator({ tags: host("i", "storage-1").tags }),
      orchestrator({ tags: {} }),
      { ...host("i-orchestrator", "storage-1"), tags: orchestrator().tags },
    ];
    for (const disguise of disguises) {
      const { victims } = decide(
        input({ ledger: ledgerAt(NOON, 10 * FULL), running: running(disguise, host("i-1", "storage-1")) }),
      );
      assert.deepEqual(
        victims.map(({ id }) => id),
        ["i-1"],
      );
    }
  });

  it("knows a persistent host by its id alone (FM-08)", () => {
    const [first, ...rest] = CONFIG.persistent;
    assert.ok(first !== undefined);
    const config: GuardConfig = { ...CONFIG, persistent: [{ ...first, instanceIds: ["i-1"] }, ...rest] };
    assert.equal(classifier(config)(host("i-1", "storage-1")).kind, "persistent");
  });

  it("leaves tagged instances beyond its slots to a person, and stops its own (FM-09)", () => {
    const tagged = Array.from({ length: 3 }, (_, index) =>
      outsideGroups(host(`i-tagged-${String(index)}`, "storage-1")),
    );
    const { victims, ask } = victimsOf({
      running: running(host("i-1", "storage-1"), ...tagged),
      config: CONFIG,
    });
    assert.deepEqual(
      victims.map(({ id }) => id),
      ["i-1"],
    );
    assert.match(
      ask.join(),
      /4 instances carry the tags of dev, which has 3 slots: i-tagged-0 .* left alone/,
    );
    const few = victimsOf({ running: running(...tagged), config: CONFIG });
    assert.equal(few.victims.length, 3, "as many as there are slots are stopped");
    assert.deepEqual(few.ask, []);
  });

  it("counts strays until midnight and asks about them, but does not stop them (FM-07)", () => {
    const bare = outsideGroups(host("i-stray", "storage-1", { tags: {} }));
    const { victims, ask, sums } = decide(input({ running: running(bare) }));
    assert.deepEqual(victims, []);
    assert.match(ask.join(), /Counted, but not the guard's to stop: i-stray \(i4i\.2xlarge, us-west-2\)/);
    assert.equal(sums.reserved, RESERVED + 12 * I4I_2XLARGE);
  });

  it("asks a person where only what it may not stop crosses the line, and does not latch for nothing", () => {
    const { verdict, ask } = decide(input({ ledger: ledgerAt(NOON, CONFIG.linePerDay) }));
    assert.equal(verdict, "warn");
    assert.match(ask.join(), /The line will be crossed by what the guard may not stop/);
  });

  it("holds while latched, whatever runs again (FM-05)", () => {
    const decision = decide(input({ ledger: ledgerAt(NOON, 0, { latch: LATCH }), running: TWO }));
    assert.equal(decision.verdict, "hold");
    assert.deepEqual(
      decision.victims.map(({ id }) => id),
      ["i-1", "i-2"],
    );
  });

  it("re-arms on the next day by rule, and not before, even if its clock is ahead (FM-16)", () => {
    const at = (now: number, config: GuardConfig = CONFIG) =>
      decide(input({ now, config, ledger: ledgerAt(now, 0, { latch: LATCH }) })).verdict;
    const midnight = MIDNIGHT + DAY;
    assert.equal(at(midnight - 1), "hold");
    assert.equal(at(midnight + CONFIG.clockSkewMs - 1), "hold");
    assert.equal(at(midnight + CONFIG.clockSkewMs), "rearm");
    assert.equal(at(midnight + DAY, { ...CONFIG, rearm: "manual" }), "hold");
  });

  it("re-arms by a person's word after the latch, not by an older one (FM-16)", () => {
    const config = { ...CONFIG, rearm: "manual" } as const;
    const by = (at: number) =>
      decide(
        input({
          config,
          ledger: ledgerAt(NOON, 0, { latch: LATCH }),
          requests: { leases: [], rearm: { by: "somebody", at } },
        }),
      );
    assert.equal(by(NOON - 1).verdict, "hold");
    assert.equal(by(NOON).verdict, "rearm");
    assert.match(by(NOON).reason, /^re-armed by somebody/);
  });

  it("does not re-arm where the line would be crossed at once, and says so (FM-16)", () => {
    const { verdict, ask } = decide(
      input({
        ledger: ledgerAt(NOON, CONFIG.linePerDay, { latch: LATCH }),
        requests: { leases: [], rearm: { by: "somebody", at: NOON } },
      }),
    );
    assert.equal(verdict, "hold");
    assert.match(ask.join(), /Re-arming would cross the line at once/);
  });

  it("ends a lease at its time, not a second before, and warns of it once (FM-34)", () => {
    const at = (expiresAt: number, change = {}) =>
      decide(input({ requests: { leases: [lease("l", expiresAt)] }, ...change }));
    assert.equal(at(NOON).endLeases.length, 1);
    assert.equal(at(NOON + 1).endLeases.length, 0);
    assert.equal(at(NOON + CONFIG.leaseWarningMs).warnLeases.length, 1);
    assert.equal(at(NOON + CONFIG.leaseWarningMs + 1).warnLeases.length, 0);
    const warned = ledgerAt(NOON, 0, { warnedLeases: [`l ${String(NOON + MINUTE)}`] });
    assert.equal(at(NOON + MINUTE, { ledger: warned }).warnLeases.length, 0);
    assert.equal(at(NOON + 2 * MINUTE, { ledger: warned }).warnLeases.length, 1, "extended: another one");
  });

  it("keeps slots up that another lease holds (FM-34)", () => {
    const ends = lease("l1", NOON, { slots: ["storage-1", "storage-2"] });
    const goesOn = lease("l2", NOON + HOUR, { slots: ["storage-2"] });
    assert.deepEqual(slotsToEnd(ends, [ends, goesOn]), ["storage-1"]);
  });

  it("takes the higher of its meter and AWS's bill: credits in it hide nothing (FM-17)", () => {
    const ledger = ledgerAt(NOON, nanoUsd(10));
    const spent = (usd: number, day = "2027-06-14") =>
      decide(input({ ledger: { ...ledger, billed: { day, amount: nanoUsd(usd), at: NOON } } })).sums.spent;
    assert.equal(spent(3), nanoUsd(10));
    assert.equal(spent(12), nanoUsd(12));
    assert.equal(spent(12, "2027-06-13"), nanoUsd(10), "another day's bill");
  });

  it("holds a scheduled start back that does not fit, and releases it when it does", () => {
    const scheduled = [
      { group: groupOf("storage-1"), at: NOON + HOUR, desired: 1 },
      { group: groupOf("storage-1"), at: NOON + 9 * HOUR, desired: 0 },
    ];
    const tight = ledgerAt(NOON, CONFIG.linePerDay - RESERVED - nanoUsd(5));
    assert.deepEqual(decide(input({ scheduled, ledger: tight })).holdGroups, [groupOf("storage-1")]);
    const held = { heldGroups: [groupOf("storage-1")] };
    const free = decide(input({ scheduled, ledger: ledgerAt(NOON, 0, held) }));
    assert.deepEqual([free.holdGroups, free.releaseGroups], [[], [groupOf("storage-1")]]);
  });

  it("is pure, and never says ok where the line would be crossed by what it can stop", () => {
    const slot = fc.constantFrom(...CONFIG.slots.map(({ name }) => name));
    fc.assert(
      fc.property(
        fc.array(slot, { maxLength: 6 }),
        fc.nat(2 * CONFIG.linePerDay),
        fc.integer({ min: 0, max: DAY - 1 }),
        (slots, spent, time) => {
          const now = MIDNIGHT + time;
          const hosts = running(...slots.map((name, index) => host(`i-${String(index)}`, name)));
          const given = input({ now, ledger: ledgerAt(now, spent), running: hosts });
          const before = structuredClone(given);
          const decision = decide(given);
          assert.deepEqual(decide(given), decision);
          assert.deepEqual(structuredClone(given), before, "its input is as it was");
          const { projected, line, burnPerHour } = decision.sums;
          assert.equal(decision.verdict === "stop", projected > line && burnPerHour > 0);
        },
      ),
    );
  });

  it("touches each of 10,000 instances a fixed number of times", () => {
    const touches = (count: number): number => {
      let read = 0;
      const counted = Array.from({ length: count }, (_, index): Running => {
        const [one] = running(host(`i-${String(index)}`, "storage-1"));
        assert.ok(one !== undefined);
        return new Proxy(one, {
          get: (target, key) => {
            read += 1;
            const value: unknown = Reflect.get(target, key);
            return value;
          },
        });
      });
      decide(input({ running: counted }));
      return read;
    };
    const [small, large] = [touches(100), touches(10_000)];
    assert.ok(large <= small * 101, `${String(small)} reads for 100, ${String(large)} for 10,000`);
  });
});
