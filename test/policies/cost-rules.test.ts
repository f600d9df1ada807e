import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import { UNKNOWN, type ResourceRecord } from "../../model/resource.ts";
import { evaluate } from "../../policies/evaluate.ts";
import { estimate } from "../../pricing/estimate.ts";
import { CATALOGUE, provider, record, slot, subnet } from "../pricing/records.ts";
import { EVALUATION, findingsOf, ruleNamed } from "./judge.ts";

const ZONE = "usw2-az2";
const STACK_URN = "urn:pulumi:test::proving-ground::pulumi:pulumi:Stack::proving-ground-test";

/** Two storage nodes for 8 hours a day. */
function cluster(...types: readonly unknown[]): readonly ResourceRecord[] {
  return [
    provider("us-west-2"),
    subnet(ZONE),
    ...[1, 2].flatMap((ordinal) => slot(`storage-${String(ordinal)}`, { types, zones: [ZONE] })),
  ];
}

function budget(inputs: Readonly<Record<string, unknown>>): ResourceRecord {
  return record("proving-ground:infra:Budget", "budget", inputs);
}

function messages(rule: string, resources: readonly ResourceRecord[]): string[] {
  return findingsOf(rule, resources).map(({ message }) => message);
}

const STORAGE = cluster("i4i.2xlarge");
const COST = estimate(STORAGE, CATALOGUE);

/** A cent more or less than a figure, enough to tell the sides of a line apart. */
const CENT = 0.01;

describe("policy daily-cost", () => {
  it("is mandatory", () => {
    assert.equal(ruleNamed("daily-cost").level, "mandatory");
  });

  it("passes a day at or below the budget, and a stack without one", () => {
    assert.ok(COST.usdPerDay > 1);
    for (const usdPerDay of [COST.usdPerDay, COST.usdPerDay + CENT]) {
      assert.deepEqual(messages("daily-cost", [...STORAGE, budget({ usdPerDay })]), []);
    }
    assert.deepEqual(messages("daily-cost", STORAGE), []);
    assert.deepEqual(messages("daily-cost", [...STORAGE, budget({ unbudgeted: "a benchmark" })]), []);
  });

  it("refuses a day above the budget, with both figures", () => {
    const limit = COST.usdPerDay - CENT;
    assert.deepEqual(messages("daily-cost", [...STORAGE, budget({ usdPerDay: limit })]), [
      `a day at the schedule costs $${COST.usdPerDay.toFixed(2)}, the budget is $${limit.toFixed(2)}`,
    ]);
  });

  it("counts the model API's allowance", () => {
    const usdPerDay = COST.usdPerDay + 5;
    assert.deepEqual(messages("daily-cost", [...STORAGE, budget({ usdPerDay, modelApiUsdPerDay: 4 })]), []);
    assert.equal(messages("daily-cost", [...STORAGE, budget({ usdPerDay, modelApiUsdPerDay: 6 })]).length, 1);
  });

  it("judges an unknown instance type at the dearest there is, never as nothing (FM-48)", () => {
    const unknown = [...cluster(UNKNOWN), budget({ usdPerDay: COST.usdPerDay + 10 })];
    assert.equal(messages("daily-cost", unknown).length, 1);
    assert.ok(estimate(cluster(UNKNOWN), CATALOGUE).usdPerDay > COST.usdPerDay * 2);
  });
});

describe("policy worst-case-cost", () => {
  it("is mandatory", () => {
    assert.equal(ruleNamed("worst-case-cost").level, "mandatory");
  });

  it("judges the day on which everything runs for 24 hours on demand", () => {
    assert.ok(COST.worstCaseUsdPerDay > COST.usdPerDay * 3);
    const at = (worstCaseUsdPerDay: number) =>
      messages("worst-case-cost", [...STORAGE, budget({ usdPerDay: 1, worstCaseUsdPerDay })]);
    assert.deepEqual(at(COST.worstCaseUsdPerDay), []);
    const limit = COST.worstCaseUsdPerDay - CENT;
    assert.deepEqual(at(limit), [
      `the worst day costs $${new Decimal(COST.worstCaseUsdPerDay).toFixed(2, Decimal.ROUND_CEIL)}, its ceiling is $${limit.toFixed(2)}`,
    ]);
  });

  it("passes a stack without a ceiling", () => {
    assert.deepEqual(messages("worst-case-cost", [...STORAGE, budget({ unbudgeted: "a benchmark" })]), []);
  });

  it("judges an unknown instance type at the dearest there is (FM-48)", () => {
    const worstCaseUsdPerDay = COST.worstCaseUsdPerDay + CENT;
    assert.equal(
      messages("worst-case-cost", [...cluster(UNKNOWN), budget({ usdPerDay: 1, worstCaseUsdPerDay })]).length,
      1,
    );
  });
});

describe("policy instance-types-priced", () => {
  it("is mandatory", () => {
    assert.equal(ruleNamed("instance-types-priced").level, "mandatory");
  });

  it("passes types the catalogue knows", () => {
    assert.deepEqual(messages("instance-types-priced", STORAGE), []);
  });

  it("refuses a type without a price, and names it", () => {
    const found = messages("instance-types-priced", cluster("z99.huge"));
    assert.equal(found.length, 1);
    assert.match(found.join(), /z99\.huge/);
  });

  it("refuses what costs money and is not in the sum, each by its URN", () => {
    const database = record("aws:rds/instance:Instance", "database");
    assert.deepEqual(findingsOf("instance-types-priced", [...STORAGE, database]), [
      { urn: database.urn, message: "aws:rds/instance:Instance costs money that no figure here contains" },
    ]);
  });

  it("makes every cost rule deny where the sum cannot be worked out (FM-47)", () => {
    const verdicts = evaluate([...cluster("z99.huge"), budget({ usdPerDay: 1000 })], STACK_URN, EVALUATION);
    const rules = ["daily-cost", "worst-case-cost", "instance-types-priced"];
    const denied = verdicts.filter(
      ({ name, message }) => rules.includes(name) && message.includes("z99.huge"),
    );
    assert.deepEqual(
      denied.map(({ name, level, urn }) => [name, level, urn]),
      rules.map((name) => [name, "mandatory", STACK_URN]),
    );
  });
});
