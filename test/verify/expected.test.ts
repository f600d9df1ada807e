import assert from "node:assert/strict";
import fc from "fast-check";
import { fits, fitsDeep, samePolicy } from "../../cli/verify/expected.ts";
import { fieldDifferences, missingNames, valueDifferences } from "../../cli/verify/fields.ts";

const word = fc.stringMatching(/^[a-z:/-]{1,6}$/);

describe("what a plan does not know", () => {
  it("is anything but nothing", () => {
    assert.ok(fits("[bucket.arn]/hosts/*", "arn:aws:s3:::x/hosts/*"));
    assert.ok(fits("arn:[aws.account]:a:[x.id]", "arn:123456789012:a:i-1"));
    assert.ok(!fits("[bucket.arn]/hosts/*", "/hosts/*"));
    assert.ok(!fits("[bucket.arn]/hosts/*", "arn:aws:s3:::x/*"));
    assert.ok(!fits("a[x.id]a", "aa"));
    assert.ok(!fits("plain", "plainer"));
  });

  it("fits whatever it is put in place of, and no text that differs elsewhere", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (parts, value) => {
        const planned = parts.join("[thing.id]");
        assert.ok(fits(planned, parts.join(value)));
        assert.ok(!fits(planned, `${parts.join(value)}!`));
        assert.ok(!fits(planned, `!${parts.join(value)}`));
      }),
    );
  });

  it("anything JSON holds fits itself, and not with a key more", () => {
    fc.assert(
      fc.property(fc.dictionary(word, fc.jsonValue()), (document) => {
        const copy: unknown = JSON.parse(JSON.stringify(document));
        assert.ok(fitsDeep(document, copy));
        assert.ok(!fitsDeep(document, { ...document, "another key": 1 }));
      }),
    );
  });
});

describe("policy documents", () => {
  const document = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const planned = document({ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["[bucket.arn]/*"] });

  it("are the same with a list of one as its only member, and keys in another order", () => {
    const live =
      '{"Statement":{"Resource":"arn:aws:s3:::x/*","Action":"s3:GetObject","Effect":"Allow"},"Version":"2012-10-17"}';
    assert.ok(samePolicy(planned, live));
  });

  it("are not with an action more, a condition less or another effect", () => {
    for (const other of [
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::x/*"] },
      { Effect: "Deny", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::x/*"] },
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["*"] },
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::x/*"], Condition: {} },
    ])
      assert.ok(!samePolicy(planned, document(other)), JSON.stringify(other));
  });
});

describe("fields of GitHub", () => {
  it("differ by name, with both values; what the stack leaves open does not", () => {
    assert.deepEqual(
      fieldDifferences([
        ["approvals", 0, 1],
        ["checks", ["b", "a"], ["a", "b"]],
        ["topics", [], ["x"]],
        ["homepage", null, ""],
        ["wiki", true, undefined],
        ["description", "a", "b"],
      ]),
      ["approvals is 0, stack says 1", "topics is none, stack says x", "description is a, stack says b"],
    );
  });

  it("names are looked up without case; values with it", () => {
    assert.deepEqual(missingNames("secret", ["A", "b"], ["a", "B", "C"]), ["secret C is missing"]);
    assert.deepEqual(valueDifferences("variable", new Map([["A", "x"]]), { A: "X", B: "y" }), [
      "variable A is x, stack says X",
      "variable B is missing",
    ]);
  });
});
