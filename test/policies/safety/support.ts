import assert from "node:assert/strict";
import { policySettingsSchema } from "../../../model/policy-settings.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { evaluate } from "../../../policies/evaluate.ts";
import type { Rule } from "../../../policies/rule.ts";
import { record } from "../../pricing/records.ts";

export interface Settings {
  readonly stack?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What a rule says of resources, without the remedy. */
export function faults(
  rule: Rule,
  resources: readonly ResourceRecord[],
  { stack = "dev", parameters = {} }: Settings = {},
): string[] {
  const settings = policySettingsSchema.parse({ parameters: { [rule.name]: parameters } });
  return evaluate(resources, "urn:stack", { stack, settings, today: "2027-01-01" }, [rule]).map(
    ({ message }) => message.replace(`; ${rule.fix}`, ""),
  );
}

type Inputs = Readonly<Record<string, unknown>>;

/** Examples of one rule on one type of resource. */
export interface Examples {
  readonly rule: Rule;
  readonly type: string;
  /** What is said of them, by what is wrong. */
  readonly bad: Readonly<Record<string, readonly [inputs: Inputs, ...said: string[]]>>;
  readonly good: Readonly<Record<string, Inputs>>;
  readonly settings?: Settings;
}

/** A test for each example. */
export function judge({ rule, type, bad, good, settings }: Examples): void {
  const [, , kind = type] = type.split(":");
  describe(`policy ${rule.name} on ${kind}`, () => {
    for (const [what, [inputs, ...said]] of Object.entries(bad))
      it(`refuses ${what}`, () => {
        assert.deepEqual(faults(rule, [record(type, "bad", inputs)], settings), said);
      });
    for (const [what, inputs] of Object.entries(good))
      it(`passes ${what}`, () => {
        assert.deepEqual(faults(rule, [record(type, "good", inputs)], settings), []);
      });
    it("says nothing of other types", () => {
      // Tags are texts of every type.
      const others = Object.values(bad).map(([inputs], index) =>
        record("other:index/thing:Thing", String(index), { ...inputs, tagSpecifications: [] }),
      );
      assert.deepEqual(faults(rule, others, settings), []);
    });
  });
}

export function document(...statements: readonly Inputs[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
