import fc from "fast-check";
import assert from "node:assert/strict";
import { recordOf } from "../../runtime/guard/ledger.ts";
import { meter } from "../../runtime/guard/meter.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { SpotQuote } from "../../runtime/guard/observations.ts";
import { SpotPrices } from "../../runtime/guard/prices.ts";
import { HOUR } from "../../runtime/guard/time.ts";
import { CONFIG, HOME, host, I4I_2XLARGE, NOON, prices, seeing } from "./support.ts";

const POOL = { region: HOME, zone: "usw2-az1", type: "i4i.2xlarge", market: "spot" } as const;

function quote(usdPerHour: string, change: Partial<SpotQuote> = {}): SpotQuote {
  return { region: HOME, zone: "usw2-az1", type: "i4i.2xlarge", usdPerHour, asOf: NOON, ...change };
}

function rateOf(...quotes: readonly SpotQuote[]) {
  return new SpotPrices(quotes, prices(), NOON - HOUR).rateOf(POOL);
}

describe("guard prices", () => {
  it("takes the live spot price, and the dearest since the last look", () => {
    assert.deepEqual(rateOf(quote("0.2345")), { perHour: nanoUsd("0.2345") });
    assert.equal(rateOf(quote("0.2345"), quote("0.4"), quote("0.3")).perHour, nanoUsd("0.4"));
  });

  const BROKEN = ["", "0", "0.000000", "NaN", "nan", "-0.12", "Infinity", "1e-3", " 0.2", "0.0001", "free"];
  for (const text of BROKEN)
    it(`counts the on-demand price for a spot price of "${text}" (FM-11)`, () => {
      const rate = rateOf(quote(text));
      assert.equal(rate.perHour, I4I_2XLARGE);
      assert.match(rate.note ?? "", /spot price of i4i\.2xlarge in usw2-az1: its on-demand price counts/);
    });

  it("counts the on-demand price where there is no quote, or an old one (FM-11)", () => {
    assert.match(rateOf().note ?? "", /no spot price/);
    assert.match(rateOf(quote("0.2", { zone: "usw2-az2" })).note ?? "", /no spot price/);
    const old = rateOf(quote("0.2", { asOf: NOON - 2 * HOUR }));
    assert.equal(old.perHour, I4I_2XLARGE);
    assert.match(old.note ?? "", /old spot price/);
  });

  it("counts a broken quote beside good ones at the on-demand price (FM-11)", () => {
    assert.equal(rateOf(quote("0.2"), quote("NaN")).perHour, I4I_2XLARGE);
  });

  it("counts an unknown type at the dearest known price of its size, and says so (FM-11)", () => {
    const onDemand = prices();
    const rate = onDemand.of(HOME, "z9x.2xlarge");
    assert.ok(rate.perHour >= I4I_2XLARGE);
    assert.match(rate.note ?? "", /z9x\.2xlarge in us-west-2 has no known price: counted as .*\.2xlarge/);
    const nothing = onDemand.of("xx-nowhere-1", "");
    assert.ok(nothing.perHour >= rate.perHour, "an unknown type in an unknown region is the dearest of all");
    assert.match(nothing.note ?? "", /unknown type/);
  });

  /** What an hour of one spot host comes to, with some price feed. */
  function hour(quotes: readonly SpotQuote[]): number {
    const before = meter(undefined, seeing(NOON), CONFIG, prices()).ledger;
    const look = seeing(NOON + HOUR, [host("i-1", "storage-1", { market: "spot" })], { quotes });
    return recordOf(meter(before, look, CONFIG, prices()).ledger, "2027-06-14").compute;
  }

  it("a price missing, zero, NaN or negative never lowers the meter (FM-11)", () => {
    const good = fc
      .integer({ min: 400, max: 6860 })
      .map((tenThousandths) => (tenThousandths / 10_000).toFixed(4));
    const asOf = NOON + HOUR;
    const bad = fc.oneof(
      fc.constantFrom("0", "0.0", "-0", "NaN", "-Infinity", "Infinity", "", "null", "undefined"),
      fc.double({ max: 0, noDefaultInfinity: true }).map(String),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(good, { minLength: 1, maxLength: 5 }), bad, fc.nat(5), (sound, broken, place) => {
        const quotes = sound.map((usd) => quote(usd, { asOf }));
        const truth = hour(quotes);
        // Beside the sound prices, in place of one, and in place of all.
        const beside = quotes.toSpliced(place % (quotes.length + 1), 0, quote(broken, { asOf }));
        const instead = quotes.map((one, index) =>
          index === place % quotes.length ? quote(broken, { asOf }) : one,
        );
        for (const feed of [beside, instead, quotes.map(() => quote(broken, { asOf })), []]) {
          const counted = hour(feed);
          assert.ok(
            counted >= truth || isPlain(broken),
            `"${broken}": ${String(counted)} below ${String(truth)}`,
          );
        }
      }),
    );
  });

  /** A text that happens to be a sound price by itself. */
  function isPlain(text: string): boolean {
    return Number(text) > 0;
  }
});
