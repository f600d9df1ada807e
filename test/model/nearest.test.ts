import assert from "node:assert/strict";
import fc from "fast-check";
import { didYouMean } from "../../model/nearest.ts";

const KEYS = ["usdPerDay", "worstCaseCeilingUsdPerDay", "alertEmails"];

describe("the nearest of some names", () => {
  it("is found whatever its capitals, and shown as it is written", () => {
    assert.equal(didYouMean("USDPERDAY", KEYS), '; did you mean "usdPerDay"?');
    assert.equal(didYouMean("usd-per-day", KEYS), '; did you mean "usdPerDay"?');
    assert.equal(
      didYouMean("alertmails", KEYS, (name) => name),
      "; did you mean alertEmails?",
    );
  });

  it("is none where nothing is near, nothing is allowed, or no text was written", () => {
    assert.equal(didYouMean("zzzzzzzzzz", KEYS), "");
    assert.equal(didYouMean("usdPerDay", []), "");
    for (const found of [undefined, null, 7, ["usdPerDay"]]) assert.equal(didYouMean(found, KEYS), "");
  });

  it("finds every name by itself, in any capitals", () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...KEYS)
          .chain((name) => fc.tuple(fc.constant(name), fc.mixedCase(fc.constant(name)))),
        ([name, written]) => {
          assert.equal(didYouMean(written, KEYS), `; did you mean "${name}"?`);
        },
      ),
    );
  });
});
