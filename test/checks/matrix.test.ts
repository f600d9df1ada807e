import assert from "node:assert/strict";
import fc from "fast-check";
import { reportedChecks } from "../../cli/checks/reported.ts";
import { isMatched, passesBranches } from "../../cli/checks/filters.ts";
import { files, MAIN, names, workflow } from "./support.ts";

/** Vectors of different values, by key. */
const vectors = fc.dictionary(
  fc.constantFrom("os", "arch", "version"),
  fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }),
  { minKeys: 1 },
);

describe("expansion of a matrix", () => {
  it("gives the product, without what is excluded, with what is included for itself", async () => {
    await fc.assert(
      fc.asyncProperty(vectors, fc.nat(), fc.nat({ max: 3 }), async (matrix, seed, alone) => {
        const entries = Object.entries(matrix);
        const size = entries.reduce((product, [, values]) => product * values.length, 1);
        // One value of one key is taken out: as many combinations as the other keys have.
        const [key = "", values = []] = entries[seed % entries.length] ?? [];
        const excluded = values[seed % values.length] ?? 0;
        const include = [...Array(alone).keys()].map((index) => ({ [key]: 100 + index, extra: index }));
        const strategy = JSON.stringify({
          matrix: { ...matrix, exclude: [{ [key]: excluded }], ...(alone > 0 ? { include } : {}) },
        });
        const text = workflow("on: pull_request", { a: `strategy: ${strategy}` });
        const reported = await reportedChecks(files({ "w.yml": text }), MAIN);
        assert.deepEqual(reported.problems, []);
        const left = size - size / values.length;
        // GitHub runs a job whose matrix came out empty once, without values.
        const expected = left + alone === 0 ? 1 : left + alone;
        assert.equal(reported.checks.length, expected, strategy);
        assert.equal(names(reported).length, expected, `every name is its own: ${names(reported).join()}`);
      }),
      { numRuns: 100 },
    );
  });
});

describe("branch filters", () => {
  const CASES: readonly (readonly [pattern: string, name: string, matched: boolean])[] = [
    // The examples of GitHub's cheat sheet, and their neighbours.
    ["feature/*", "feature/my-branch", true],
    ["feature/*", "feature/beta-a/my-branch", false],
    ["feature/**", "feature/beta-a/my-branch", true],
    ["releases/mona-the-octocat", "releases/mona-the-octocat", true],
    ["*", "main", true],
    ["*", "all/the", false],
    ["**", "all/the/branches", true],
    ["*feature", "mona-feature", true],
    ["*feature", "mona/feature", false],
    ["v2*", "v2.0", true],
    ["v2*", "v1", false],
    ["v[12].[0-9]+.[0-9]+", "v1.10.1", true],
    ["v[12].[0-9]+.[0-9]+", "v3.0.0", false],
    ["mainn?", "main", true],
    ["mainn?", "mainnn", false],
    ["**/docs", "docs", true],
    ["**/docs", "a/b/docs", true],
    ["main.", "mainx", false],
    ["ma(in)", "main", false],
    ["[z-a]", "m", false],
    ["größe-*", "größe-測", true],
  ];
  for (const [pattern, name, matched] of CASES)
    it(`${pattern} ${matched ? "takes in" : "leaves out"} ${name}`, () => {
      assert.equal(isMatched(name, [pattern]), matched);
    });

  it("the last match decides", () => {
    assert.equal(isMatched("release/a", ["release/**", "!release/a", "release/a*"]), true);
    assert.equal(isMatched("release/a", ["release/**", "!release/a"]), false);
    assert.equal(isMatched("main", ["!release/a"]), false);
  });

  it("every name passes where no filter is, and passes exactly one of branches and branches-ignore", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9/.-]{0,20}$/);
    fc.assert(
      fc.property(name, name, (branch, pattern) => {
        assert.ok(passesBranches(branch, {}));
        assert.notEqual(
          passesBranches(branch, { branches: [pattern] }),
          passesBranches(branch, { "branches-ignore": [pattern] }),
        );
      }),
    );
  });
});
