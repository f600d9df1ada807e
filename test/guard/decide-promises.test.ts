import assert from "node:assert/strict";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { decide, slotsToEnd } from "../../runtime/guard/decide.ts";
import type { Latch } from "../../runtime/guard/ledger.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { input, running } from "./decide-input.ts";
import { CONFIG, groupOf, host, ledgerAt, MIDNIGHT, NOON, RESERVED } from "./support.ts";

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

describe("decide, while latched", () => {
  it("holds while latched, whatever runs again (FM-05)", () => {
    const decision = decide(
      input({
        ledger: ledgerAt(NOON, 0, { latch: LATCH }),
        running: running(host("i-1", "storage-1"), host("i-2", "storage-2")),
      }),
    );
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
});

describe("decide, on leases and schedules", () => {
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
});
