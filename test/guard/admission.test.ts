import fc from "fast-check";
import assert from "node:assert/strict";
import { admit, ROUNDING, startsToHold, type AdmissionState } from "../../runtime/guard/admission.ts";
import { windDownOf } from "../../runtime/guard/config.ts";
import { charge } from "../../runtime/guard/money.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, groupOf, I4I_2XLARGE, ledgerAt, NOON, openGroups, RESERVED } from "./support.ts";

function state(change: Partial<AdmissionState> = {}): AdmissionState {
  return {
    config: CONFIG,
    ledger: ledgerAt(NOON, 0),
    now: NOON,
    running: [],
    groups: openGroups(),
    leases: [],
    scheduled: [],
    heldGroups: [],
    ...change,
  };
}

const ONE = { slots: ["storage-1"], until: NOON + 2 * HOUR };
const COST = charge(I4I_2XLARGE, 2 * HOUR + windDownOf(CONFIG));

function lease(slots: readonly string[], expiresAt: number): Lease {
  return { id: "l", owner: "team", slots, expiresAt, state: "active" };
}

describe("admission", () => {
  it("lets in what fits, to the nano-dollar, its end by the guard's time to stop it later", () => {
    const at = (spent: number) => admit(ONE, state({ ledger: ledgerAt(NOON, spent) }));
    const most = CONFIG.linePerDay - RESERVED - COST - ROUNDING;
    assert.deepEqual([at(most).admitted, at(most).cost, at(most).left], [true, COST, COST]);
    const refused = at(most + 1);
    assert.equal(refused.admitted, false);
    assert.match(refused.reason, /^the launch may cost \$1\.63 today, and \$1\.63 is left$/);
    assert.equal(refused.fitsMs, 2 * HOUR - MINUTE);
    assert.equal(refused.fitsSlots, 0);
  });

  it("refuses without a meter, with an old one, while latched, and for slots that there are not", () => {
    const latch = {
      since: NOON,
      day: "",
      reason: "full",
      phase: "stopped",
      stopped: [],
      reported: true,
    } as const;
    const refusals: readonly (readonly [Partial<AdmissionState>, RegExp])[] = [
      [{ ledger: undefined }, /has not metered yet/],
      [{ ledger: ledgerAt(NOON - 13 * MINUTE, 0) }, /has not metered since/],
      [{ ledger: ledgerAt(NOON, 0, { latch }) }, /^latched since 2027-06-14 12:00 UTC: full$/],
    ];
    for (const [change, reason] of refusals) {
      const answer = admit(ONE, state(change));
      assert.equal(answer.admitted, false);
      assert.match(answer.reason, reason);
    }
    assert.match(admit({ ...ONE, slots: ["storage-9"] }, state()).reason, /no such slot: storage-9/);
  });

  it("keeps what leases and schedules were promised", () => {
    const free = admit(ONE, state()).left;
    const leased = admit(ONE, state({ leases: [lease(["storage-2"], NOON + HOUR)] })).left;
    assert.equal(free - leased, charge(I4I_2XLARGE, HOUR + windDownOf(CONFIG)));
    const scheduled = [
      { group: groupOf("storage-2"), at: NOON + HOUR, desired: 1 },
      { group: groupOf("storage-2"), at: NOON + 3 * HOUR, desired: 0 },
    ];
    const planned = admit(ONE, state({ scheduled })).left;
    assert.equal(free - planned, charge(I4I_2XLARGE, 2 * HOUR + windDownOf(CONFIG)));
    const held = admit(ONE, state({ scheduled, heldGroups: [groupOf("storage-2")] })).left;
    assert.equal(held, free, "a start that is held back costs nothing");
  });

  it("does not count a slot against itself when its lease is extended", () => {
    const own = { leases: [lease(["storage-1"], NOON + MINUTE)] };
    assert.equal(admit(ONE, state(own)).left, admit(ONE, state()).left);
  });

  it("goes on counting a longer lease of a slot that is asked for again", () => {
    const both = { slots: ["storage-1", "storage-2"], until: NOON + HOUR };
    const own = { leases: [lease(["storage-1"], NOON + 6 * HOUR)] };
    const again = admit(both, state(own));
    assert.equal(again.cost, charge(I4I_2XLARGE, HOUR + windDownOf(CONFIG)), "the second slot alone");
    assert.equal(
      again.left,
      CONFIG.linePerDay - RESERVED - ROUNDING - charge(I4I_2XLARGE, 6 * HOUR + windDownOf(CONFIG)),
    );
    // Enough for both slots' hour, and not for the second beside the six hours of the first.
    const ledger = ledgerAt(NOON, CONFIG.linePerDay - RESERVED - ROUNDING - admit(both, state()).cost);
    assert.equal(admit(both, state({ ledger })).admitted, true);
    assert.equal(admit(both, state({ ledger, ...own })).admitted, false);
  });

  it("holds back scheduled starts that do not fit, the later ones first", () => {
    const scheduled = CONFIG.slots.map(({ group }, index) => ({
      group,
      at: NOON + (index + 1) * HOUR,
      desired: 1,
    }));
    const costs = scheduled.map(({ at }) => charge(I4I_2XLARGE, NOON + 12 * HOUR - at));
    const left = (costs[0] ?? 0) + (costs[1] ?? 0);
    const ledger = ledgerAt(NOON, CONFIG.linePerDay - RESERVED - ROUNDING - left);
    assert.deepEqual([...startsToHold({ ...state({ scheduled }), ledger }).keys()], [groupOf("jepsen-1")]);
  });

  it("never lets in more than the line, in whatever order and for however long", () => {
    const request = fc.record({
      slots: fc.subarray(
        CONFIG.slots.map(({ name }) => name),
        { minLength: 1 },
      ),
      minutes: fc.integer({ min: 1, max: 1440 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), fc.nat(CONFIG.linePerDay), (requests, spent) => {
        const leases: Lease[] = [];
        for (const { slots, minutes } of requests) {
          const until = NOON + minutes * MINUTE;
          const { admitted } = admit({ slots, until }, state({ ledger: ledgerAt(NOON, spent), leases }));
          if (admitted) leases.push({ ...lease(slots, until), id: String(leases.length) });
        }
        const promised = CONFIG.slots.reduce((sum, { name }) => {
          const ends = leases.filter(({ slots }) => slots.includes(name)).map(({ expiresAt }) => expiresAt);
          const last = Math.min(Math.max(...ends, NOON), NOON + 12 * HOUR);
          return sum + charge(I4I_2XLARGE, last - NOON);
        }, 0);
        if (leases.length > 0) assert.ok(spent + RESERVED + promised <= CONFIG.linePerDay);
      }),
    );
  });
});
