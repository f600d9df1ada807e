import assert from "node:assert/strict";
import { policySettingsSchema } from "../../../model/policy-settings.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { evaluate } from "../../../policies/evaluate.ts";
import type { Rule } from "../../../policies/rule.ts";
import { budgetWithAlarms } from "../../../policies/rules/cost/budget-with-alarms.ts";
import { dailyCost } from "../../../policies/rules/cost/daily-cost.ts";
import { dearestNode } from "../../../policies/rules/cost/dearest-node.ts";
import { greatestLoss } from "../../../policies/rules/cost/greatest-loss.ts";
import { roleCount } from "../../../policies/rules/cost/role-count.ts";
import { unbudgetedHosts } from "../../../policies/rules/cost/unbudgeted-hosts.ts";
import { worstCaseCost } from "../../../policies/rules/cost/worst-case-cost.ts";
import { provider, record, schedule, slot } from "../../pricing/records.ts";

type Inputs = Readonly<Record<string, unknown>>;

const STACK = "urn:pulumi:test::other::pulumi:pulumi:Stack::other-test";

/** What a rule says of a program without our components, without its remedy. */
function said(rule: Rule, resources: readonly ResourceRecord[], parameters: Inputs = {}): string[] {
  const settings = policySettingsSchema.parse({ parameters: { [rule.name]: parameters } });
  const evaluation = { stack: "dev", settings, today: "2027-01-31" };
  return evaluate([provider("us-west-2"), ...resources], STACK, evaluation, [rule]).map(({ message }) =>
    message.slice(0, -rule.fix.length - 2),
  );
}

/** Twenty persistent hosts of c7a.8xlarge in a group, on spot. */
function keepers(): readonly ResourceRecord[] {
  return slot("keeper", { types: ["c7a.8xlarge"], maxSize: 20, hoursPerDay: 24 }).map((resource) =>
    resource.type === "aws:autoscaling/group:Group"
      ? { ...resource, inputs: { ...resource.inputs, tags: [{ key: TAGS.life, value: "persistent" }] } }
      : resource,
  );
}

const DISKS = Array.from({ length: 50 }, (_, index) =>
  record("aws:ebs/volume:Volume", `disk-${String(index)}`, { size: 2048, type: "gp3" }),
);

describe("ceilings of programs without our budget component", () => {
  it("daily-cost holds a program to the limit of its own AWS budget", () => {
    const budget = record("aws:budgets/budget:Budget", "day", {
      budgetType: "COST",
      timeUnit: "DAILY",
      limitAmount: "1",
      limitUnit: "USD",
    });
    const [found, ...others] = said(dailyCost, [...slot("a", { types: ["c7a.2xlarge"] }), budget]);
    assert.match(found ?? "", /^a day at the schedule costs \$\d\.\d\d, the budget is \$1\.00$/);
    assert.deepEqual(others, []);
  });

  it("daily-cost and worst-case-cost have a ceiling where nothing states one", () => {
    assert.deepEqual(said(dailyCost, DISKS), [
      // 50 × 2,048 GiB × 0.08 USD / 730 h × 24 h
      "a day at the schedule costs $269.33, no budget states an amount, and without one at most $100.00 is allowed",
    ]);
    assert.equal(said(worstCaseCost, DISKS).length, 1);
    assert.match(
      said(worstCaseCost, DISKS).join(),
      /no ceiling is stated, and without one at most \$200\.00/,
    );
  });

  it("whose amount is a parameter", () => {
    assert.deepEqual(said(dailyCost, DISKS, { usdPerDay: 270 }), []);
    assert.deepEqual(said(worstCaseCost, DISKS, { usdPerDay: 270 }), []);
    assert.equal(said(dailyCost, DISKS.slice(0, 10), { usdPerDay: 1 }).length, 1);
  });

  it("greatest-loss exempts no group for its tag", () => {
    const [found] = said(greatestLoss, keepers());
    assert.match(found ?? "", /^everything that can be stopped burns \$\d+\.\d\d an hour/);
  });
});

describe("hosts that a schedule or a warm pool makes", () => {
  const growth = { desiredCapacity: 60, maxSize: 60, minSize: 60, recurrence: "0 8 * * *" };
  const group = slot("a", { types: ["c7a.large"], maxSize: 0 });
  const grown = [...group, schedule("grow", "a", growth)];

  it("are hosts to every rule that counts them", () => {
    assert.deepEqual(said(roleCount, group), []);
    assert.deepEqual(said(roleCount, grown), [
      "hosts without a known role: 60 may run at once, at most 50 are allowed",
    ]);
    assert.deepEqual(said(budgetWithAlarms, grown), [
      "1 resource runs hosts, and no budget raises an alarm about them",
    ]);
    assert.equal(said(greatestLoss, grown, { usd: 10 }).length, 1);
    assert.deepEqual(said(dearestNode, grown), []);
  });
});

describe("a reason with brackets", () => {
  it("is a reason, not a value to come", () => {
    const reason = "A course of a week, see [OPS-12] for the reason.";
    const stack = [
      ...slot("a", { types: ["c7a.large"] }),
      record("proving-ground:infra:Budget", "budget", { unbudgeted: reason }),
    ];
    assert.deepEqual(said(budgetWithAlarms, stack), []);
    assert.deepEqual(said(unbudgetedHosts, stack), [`hosts run without a budget: ${reason}`]);
  });

  it("is none where it is unknown", () => {
    const stack = [
      ...slot("a", { types: ["c7a.large"] }),
      record("proving-ground:infra:Budget", "budget", { unbudgeted: "[unknown]" }),
    ];
    assert.equal(said(budgetWithAlarms, stack).length, 1);
  });
});
