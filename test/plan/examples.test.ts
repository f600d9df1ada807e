import assert from "node:assert/strict";
import { join } from "node:path";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { pulumiConfig, readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { ROOT } from "../support/plans.ts";

describe("examples", () => {
  it("claudefs-70 plans the complete cluster below $70 a day, and no policy objects", async () => {
    const file = readStackFile(join(ROOT, "examples", "claudefs-70.yaml"));
    settingsOf(file, { stack: file.stack });
    const { cost, policies, resources } = await makePlan({
      project: file.project,
      stack: file.stack,
      ...pulumiConfig(file),
    });
    assert.ok(
      cost.usdPerDay < 70,
      `a day costs ${String(cost.usdPerDay)} USD; lower the hours, sizes or allowance`,
    );
    assert.equal(cost.budgetUsdPerDay, 70);
    assert.deepEqual(policies, []);
    assert.equal(resources.filter(({ type }) => type === "aws:autoscaling/group:Group").length, 9);
  });
});
