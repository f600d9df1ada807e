import assert from "node:assert/strict";
import type { Plan } from "../../model/plan.ts";
import { terraformType } from "../support/terraform-types.ts";
import { auditedPlans } from "./audited-plans.ts";
import { BAD_RESOURCES, badScope, badSets, curedScope } from "./bad-resources.ts";
import { runCheckov, type CheckovVerdict } from "./checkov.ts";
import { assertWaived } from "./judge.ts";
import { auditors } from "./tools.ts";

describe("checkov", () => {
  let plans: ReadonlyMap<string, Plan>;
  let verdicts: ReadonlyMap<string, CheckovVerdict>;

  before(async function () {
    const python = await auditors(this);
    plans = await auditedPlans();
    const sets = [...plans].map(([stack, { resources }]) => [stack, resources] as const);
    verdicts = await runCheckov(python, new Map([...sets, ...badSets()]));
  });

  function verdict(scope: string): CheckovVerdict {
    const found = verdicts.get(scope);
    assert.ok(found !== undefined, `a verdict on ${scope}`);
    return found;
  }

  it("finds nothing in the stacks and the examples that is not waived with a reason", () => {
    const findings = [...plans.keys()].flatMap((stack) => verdict(stack).failed);
    assertWaived("checkov", findings, plans);
  });

  it("has looked at each stack closely", () => {
    for (const stack of plans.keys()) {
      const { passed } = verdict(stack);
      assert.ok(passed.size > 100, `${stack}: ${String(passed.size)} checks passed`);
      // One of each way in which a plan is read: a nested block, a reference to another resource, a policy's text.
      for (const check of [
        "CKV_AWS_79 aws_instance.orchestrator-instance",
        "CKV2_AWS_11 aws_vpc.network-vpc",
        "CKV_AWS_63 aws_iam_role_policy.orchestrator-rights",
      ]) {
        assert.ok(passed.has(check), `${stack}: ${check}`);
      }
    }
  });

  describe("sees through the conversion", () => {
    for (const [at, { check, wrong, resource }] of BAD_RESOURCES.entries()) {
      it(`${check} reports ${wrong}, and not its cure`, () => {
        const address = `${terraformType(resource.type).name}.${resource.name}`;
        const reported = (scope: string) =>
          verdict(scope).failed.some((finding) => finding.check === check && finding.resource === address);
        assert.ok(reported(badScope(at)), "reported");
        assert.ok(!reported(curedScope(at)), "not reported with the cure");
        assert.ok(verdict(curedScope(at)).passed.has(`${check} ${address}`), "passed with the cure");
      });
    }
  });
});
