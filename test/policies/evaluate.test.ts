import assert from "node:assert/strict";
import { evaluate } from "../../policies/evaluate.ts";
import type { ResourceRule, Rule, StackRule } from "../../policies/rule.ts";
import { RULES } from "../../policies/rules/index.ts";
import { record } from "../pricing/records.ts";
import { EVALUATION } from "./judge.ts";

const STACK_URN = "urn:pulumi:test::proving-ground::pulumi:pulumi:Stack::proving-ground-test";
const [FIRST, SECOND] = [record("a:b:C", "first"), record("a:b:C", "second")];

const TEXT = { why: "A reason.", fix: "do this" } as const;

function resourceRule(name: string, check: ResourceRule["checkResource"]): ResourceRule {
  return { ...TEXT, name, level: "advisory", checkResource: check };
}

function stackRule(name: string, check: StackRule["checkStack"]): StackRule {
  return { ...TEXT, name, level: "advisory", checkStack: check };
}

const everything = resourceRule("everything", ({ name }) => [`${name} is wrong`]);

describe("evaluation of policies without an engine", () => {
  it("says nothing where nothing is wrong", () => {
    assert.deepEqual(evaluate([FIRST], STACK_URN, EVALUATION, [resourceRule("silent", () => [])]), []);
    assert.deepEqual(evaluate([], STACK_URN, EVALUATION), []);
  });

  it("gives verdicts in the order of the rules, then of the resources, each with its remedy", () => {
    const whole = stackRule("whole", () => [
      { message: "too much" },
      { message: "this one", urn: SECOND.urn },
    ]);
    assert.deepEqual(evaluate([FIRST, SECOND], STACK_URN, EVALUATION, [whole, everything]), [
      { name: "whole", level: "advisory", urn: STACK_URN, message: "too much; do this" },
      { name: "whole", level: "advisory", urn: SECOND.urn, message: "this one; do this" },
      { name: "everything", level: "advisory", urn: FIRST.urn, message: "first is wrong; do this" },
      { name: "everything", level: "advisory", urn: SECOND.urn, message: "second is wrong; do this" },
    ]);
  });

  it("denies where a rule throws, whatever its level, and goes on with the others (FM-47)", () => {
    const throwing: readonly Rule[] = [
      resourceRule("one", ({ name }) => {
        if (name === "second") throw new Error("cannot read second");
        return [];
      }),
      stackRule("whole", () => {
        throw new Error("cannot add up");
      }),
    ];
    const denial = "the rule could not be carried out and therefore denies:";
    assert.deepEqual(
      evaluate([FIRST, SECOND], STACK_URN, EVALUATION, [...throwing, everything]).slice(0, 3),
      [
        { name: "one", level: "mandatory", urn: SECOND.urn, message: `${denial} cannot read second` },
        { name: "whole", level: "mandatory", urn: STACK_URN, message: `${denial} cannot add up` },
        { name: "everything", level: "advisory", urn: FIRST.urn, message: "first is wrong; do this" },
      ],
    );
  });

  it("denies where a rule throws half-way through its findings (FM-47)", () => {
    const half = stackRule("half", function* () {
      yield { message: "found" };
      throw new Error("then broke");
    });
    assert.deepEqual(
      evaluate([FIRST], STACK_URN, EVALUATION, [half]).map(({ level }) => level),
      ["mandatory"],
    );
  });
});

describe("rules of the pack", () => {
  it("have names of their own, a reason and a remedy", () => {
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
    for (const { name, why, fix } of RULES) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(why, /^[A-Z].*\.$/, name);
      assert.match(fix, /^[a-z].*[^.]$/, name);
    }
  });
});
