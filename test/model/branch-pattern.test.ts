import assert from "node:assert/strict";
import fc from "fast-check";
import { coversBranch, coversDefaultBranch } from "../../model/branch-pattern.ts";

const CASES: readonly (readonly [pattern: string, covered: readonly string[], others: readonly string[]])[] =
  [
    ["main", ["main"], ["Main", "mainly", "x/main", ""]],
    ["*", ["main", ""], ["release/1"]],
    ["**", ["main"], ["release/1"]],
    ["ma*", ["main", "ma"], ["dev", "ma/in"]],
    ["*in", ["main", "in"], ["inn"]],
    ["ma?n", ["main"], ["man", "ma/n"]],
    ["release/*", ["release/1"], ["release/1/2", "release", "release/1/"]],
    ["release/**/*", ["release/1", "release/1/2"], ["release"]],
    ["**/main", ["main", "a/main", "a/b/main"], ["a/mainly", "amain"]],
    ["a**/b", ["a/b", "ax/b"], ["a/x/b"]],
    ["[mn]ain", ["main", "nain"], ["ain", "pain"]],
    ["[a-m]ain", ["main", "gain"], ["nain"]],
    ["[!m]ain", ["nain"], ["main", "/ain"]],
    ["[^m]ain", ["nain"], ["main"]],
    ["\\*", ["*"], ["main"]],
    ["[", ["["], ["main"]],
    ["(main)", ["(main)"], ["main"]],
    ["~ALL", ["~ALL"], ["main"]],
  ];

describe("patterns of protected branches", () => {
  for (const [pattern, covered, others] of CASES)
    it(`${pattern} covers ${covered.join(", ")}, and not ${others.join(", ")}`, () => {
      assert.deepEqual(
        [...covered, ...others].filter((branch) => coversBranch(pattern, branch)),
        covered,
      );
    });

  it("know the default branch by a ruleset's own names", () => {
    assert.ok(
      ["~ALL", "~DEFAULT_BRANCH", "trunk", "tr*"].every((pattern) => coversDefaultBranch(pattern, "trunk")),
    );
    assert.ok(!coversDefaultBranch("main", "trunk"));
  });

  it("cover the branch whose name they are, and by * in place of a letter still do", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "/", "-", "."), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(name, fc.nat(), (branch, at) => {
        assert.ok(coversBranch(branch, branch));
        const place = at % branch.length;
        if (branch.charAt(place) !== "/")
          assert.ok(coversBranch(`${branch.slice(0, place)}*${branch.slice(place + 1)}`, branch));
      }),
    );
  });

  it("take no longer for many stars than for one", () => {
    assert.ok(!coversBranch(`${"*e".repeat(100)}!`, "e".repeat(250)));
  });
});
