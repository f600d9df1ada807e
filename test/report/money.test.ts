import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import fc from "fast-check";
import {
  percentOf,
  quantity,
  share,
  signedUsd,
  sum,
  usd,
  usdAtMost,
  usdPerHour,
} from "../../cli/report/money.ts";

describe("money as people read it", () => {
  it("rounds half up to cents, also where a binary number would round down", () => {
    assert.equal(usd(1.005), "$1.01");
    assert.equal(usd(4.085), "$4.09");
    assert.equal(usd("2.675"), "$2.68");
    assert.equal(usdPerHour(4.0855), "$4.09/h");
  });

  it("sets thousands apart and keeps the sign before the dollar", () => {
    assert.equal(usd(1234567.8), "$1,234,567.80");
    assert.equal(usd(-12.3), "-$12.30");
    assert.equal(usd(999.999), "$1,000.00");
  });

  it("never shows a cost as nothing", () => {
    assert.equal(usd(0), "$0.00");
    assert.equal(usd(0.0049), "<$0.01");
    assert.equal(usd(0.005), "$0.01");
    assert.equal(usd(-0.001), ">-$0.01");
  });

  it("rounds a bound up, never below what it bounds", () => {
    assert.deepEqual([0.0337194156, 2.2145, 0.48, 0.001, 1234.5601].map(usdAtMost), [
      "$0.04",
      "$2.22",
      "$0.48",
      "$0.01",
      "$1,234.57",
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (amount) => {
        const shown = new Decimal(usdAtMost(amount).replaceAll(/[$,]/g, ""));
        assert.ok(shown.gte(amount) && shown.minus("0.01").lt(amount));
      }),
    );
  });

  it("shows differences with their sign", () => {
    assert.equal(signedUsd(1.2), "+$1.20");
    assert.equal(signedUsd(-1.2), "-$1.20");
    assert.equal(signedUsd(0), "±$0.00");
    assert.equal(signedUsd(0.001), "+<$0.01");
  });

  it("adds up without the error of binary numbers", () => {
    assert.equal(sum([0.1, 0.2]).toString(), "0.3");
    assert.equal(sum([]).toString(), "0");
  });

  it("does not call a figure just over the budget 100 per cent", () => {
    assert.equal(percentOf(83.2, 100), "83 %");
    assert.equal(percentOf(100, 100), "100 %");
    assert.equal(percentOf(100.004, 100), ">100 %");
    assert.equal(percentOf(99.996, 100), "<100 %");
    assert.equal(percentOf(0.1, 100), "<1 %");
    assert.equal(percentOf(0, 100), "0 %");
  });

  it("keeps shares between nothing and all", () => {
    assert.equal(share(1, 0), 0);
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        fc.double({ noNaN: true, min: 1e-3, max: 1e6 }),
        (amount, whole) => {
          const found = share(amount, whole);
          assert.ok(found >= 0 && found <= 1);
        },
      ),
    );
  });

  it("is off by half a cent at most", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0.01, max: 1e9 }), (amount) => {
        const shown = new Decimal(usd(amount).replace(/[$,]/g, ""));
        assert.ok(shown.minus(amount).abs().lte(0.005));
      }),
    );
  });

  it("shows quantities without noise", () => {
    assert.equal(quantity(40), "40");
    assert.equal(quantity(12345.6), "12,345.6");
    assert.equal(quantity(0.00001234), "0.000012");
    assert.equal(quantity(1.23456789), "1.2346");
  });
});
