import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseScenario } from "../../cli/simulate/scenario.ts";
import { ROOT } from "../support/plans.ts";

describe("the scenario that docs/guard.md describes", () => {
  it("is one: what refuses a file sends its reader there", () => {
    const text = readFileSync(join(ROOT, "docs/guard.md"), "utf8");
    const [, scenario = ""] = /```json\n([^]*?)```/.exec(text) ?? [];
    const { happenings } = parseScenario("docs/guard.md", scenario);
    assert.deepEqual(
      happenings.map(({ does }) => does),
      ["start", "launch", "lose-ticks"],
    );
  });
});
