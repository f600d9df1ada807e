import fc from "fast-check";
import assert from "node:assert/strict";
import { classifier } from "../../runtime/guard/classify.ts";
import { horizonOf, type GuardConfig } from "../../runtime/guard/config.ts";
import { decide, victimsOf } from "../../runtime/guard/decide.ts";
import type { Running } from "../../runtime/guard/meter.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, MINUTE } from "../../runtime/guard/time.ts";
import { input, running } from "./decide-input.ts";
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
  RESERVED,
} from "./support.ts";

const TWO = running(host("i-1", "storage-1"), host("i-2", "storage-2"));
/** What two hosts may burn until the guard can act the next time. */
const AT_RISK = charge(2 * I4I_2XLARGE, horizonOf(CONFIG));
/** Spent so much that not a nano-dollar more fits. */
const FULL = CONFIG.linePerDay - RESERVED - AT_RISK;

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
      /^the line would be crossed: \$17\.31 spent \+ \$2\.40 that cannot be stopped until 24:00 UTC \+ \$0\.29 \(\$1\.37\/h for 12\.5 min\) = \$20\.00 of \$20\.00$/,
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

  it("takes the higher of its meter and AWS's bill: credits in it hide nothing (FM-17)", () => {
    const ledger = ledgerAt(NOON, nanoUsd(10));
    const spent = (usd: number, day = "2027-06-14") =>
      decide(input({ ledger: { ...ledger, billed: { day, amount: nanoUsd(usd), at: NOON } } })).sums.spent;
    assert.equal(spent(3), nanoUsd(10));
    assert.equal(spent(12), nanoUsd(12));
    assert.equal(spent(12, "2027-06-13"), nanoUsd(10), "another day's bill");
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
