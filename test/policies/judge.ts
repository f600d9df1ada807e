import assert from "node:assert/strict";
import { DEFAULT_POLICY_SETTINGS } from "../../model/policy-settings.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { judgeResource, judgeStack, type Evaluation, type Judged } from "../../policies/evaluate.ts";
import type { Rule } from "../../policies/rule.ts";
import { RULES } from "../../policies/rules/index.ts";

/** Every rule at its own level with its own parameters, no waivers, on a fixed day. */
export const EVALUATION: Evaluation = {
  stack: "dev",
  settings: DEFAULT_POLICY_SETTINGS,
  today: "2027-01-31",
};

/** The rule of a name among those of the pack. */
export function ruleNamed(name: string): Rule {
  const rule = RULES.find((known) => known.name === name);
  assert.ok(rule !== undefined, `the pack has no rule ${name}`);
  return rule;
}

/** What a rule of the pack says of one resource. */
export function faultsOf(name: string, resource: ResourceRecord): string[] {
  const rule = ruleNamed(name);
  assert.ok("checkResource" in rule);
  return judgeResource(rule, resource, EVALUATION).map(({ message }) => message);
}

/** What a rule of the pack says of a stack. */
export function findingsOf(name: string, resources: readonly ResourceRecord[]): Judged[] {
  const rule = ruleNamed(name);
  assert.ok("checkStack" in rule);
  return judgeStack(rule, resources, EVALUATION);
}
