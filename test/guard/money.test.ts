import fc from "fast-check";
import assert from "node:assert/strict";
import { charge, dollars, dollarsAtMost, nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, dayOf, endOfDay, HOUR, splitByDay, startOfDay } from "../../runtime/guard/time.ts";

const instant = fc.integer({ min: 0, max: Date.parse("2100-01-01T00:00:00Z") });

describe("guard money and time", () => {
  it("reads dollars exactly and rounds up, never down", () => {
    assert.equal(nanoUsd("0.686"), 686_000_000);
    assert.equal(nanoUsd("0.0000000001"), 1);
    assert.equal(dollars(nanoUsd("13.725")), "$13.73");
    assert.equal(dollars(-nanoUsd(2)), "-$2.00");
  });

  it("shows a bound rounded up, never below what it bounds", () => {
    assert.deepEqual([nanoUsd("0.4844"), nanoUsd("0.48"), nanoUsd("2.2145"), 0, 1].map(dollarsAtMost), [
      "$0.49",
      "$0.48",
      "$2.22",
      "$0.00",
      "$0.01",
    ]);
  });

  it("charges exactly by big integers, rounded up; nothing for time that is not above zero", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 43), fc.integer({ min: -DAY, max: 40 * DAY }), (perHour, milliseconds) => {
        const exact = BigInt(perHour) * BigInt(Math.max(milliseconds, 0));
        const up = (exact + BigInt(HOUR) - 1n) / BigInt(HOUR);
        assert.equal(BigInt(charge(perHour, milliseconds)), up);
      }),
    );
    assert.equal(charge(1, Number.NaN), 0);
  });

  it("cuts a stretch at midnights into days that add up to it, none empty or backwards (FM-14)", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -DAY, max: 5 * DAY }), (from, length) => {
        const parts = splitByDay({ from, to: from + length });
        assert.equal(
          parts.reduce((sum, part) => sum + part.to - part.from, 0),
          Math.max(length, 0),
        );
        for (const part of parts) {
          assert.ok(part.to > part.from);
          assert.equal(dayOf(part.from), dayOf(part.to - 1));
        }
      }),
    );
  });

  it("names days by UTC (FM-14)", () => {
    fc.assert(
      fc.property(instant, (at) => {
        assert.equal(dayOf(at), new Date(at).toISOString().slice(0, 10));
        assert.ok(startOfDay(at) <= at && at < endOfDay(at));
        assert.equal(endOfDay(at) - startOfDay(at), DAY);
      }),
    );
  });
});
