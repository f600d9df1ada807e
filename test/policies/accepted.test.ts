import assert from "node:assert/strict";
import { accepted, evaluate, type Evaluation } from "../../policies/evaluate.ts";
import { resourceRule, type Rule } from "../../policies/rule.ts";
import type { ResourceRecord } from "../../model/resource.ts";

const URN = "urn:pulumi:dev::proving-ground::aws:s3/bucket:Bucket::logs";
const STACK = "urn:pulumi:dev::proving-ground::pulumi:pulumi:Stack::proving-ground-dev";

const BUCKET: ResourceRecord = {
  urn: URN,
  type: "aws:s3/bucket:Bucket",
  name: "logs",
  parent: undefined,
  dependencies: [],
  propertyDependencies: {},
  protect: false,
  inputs: {},
};

const RULE: Rule = resourceRule({
  name: "no-logs",
  level: "mandatory",
  why: "Logs cost money.",
  fix: "drop it",
  *checkResource({ name }) {
    if (name === "logs") yield "is a bucket of logs";
  },
});

function evaluation(settings: Partial<Evaluation["settings"]>): Evaluation {
  return {
    stack: "dev",
    today: "2026-06-30",
    settings: { levels: {}, parameters: {}, waivers: [], ...settings },
  };
}

const WAIVER = {
  rule: "no-logs",
  resource: "logs",
  reason: "kept for the audit",
  owner: "security",
  expires: "2026-06-30",
};

describe("what a stack accepts is told", () => {
  it("names who accepts a violation, until when and why", () => {
    const waived = evaluation({ waivers: [WAIVER] });
    assert.deepEqual(evaluate([BUCKET], STACK, waived, [RULE]), []);
    assert.deepEqual(accepted([BUCKET], STACK, waived, [RULE]), [
      {
        name: "no-logs",
        level: "waived",
        urn: URN,
        message: "is a bucket of logs; accepted by security until 2026-06-30: kept for the audit",
      },
    ]);
  });

  it("says nothing of a waiver that has expired or meets no violation", () => {
    const expired = evaluation({ waivers: [{ ...WAIVER, expires: "2026-06-29" }] });
    assert.deepEqual(accepted([BUCKET], STACK, expired, [RULE]), []);
    assert.equal(evaluate([BUCKET], STACK, expired, [RULE]).length, 1);
    const other = { ...BUCKET, name: "data", urn: URN.replace("logs", "data") };
    assert.deepEqual(accepted([other], STACK, evaluation({ waivers: [WAIVER] }), [RULE]), []);
  });

  it("names a rule that is not run", () => {
    assert.deepEqual(accepted([BUCKET], STACK, evaluation({ levels: { "no-logs": "disabled" } }), [RULE]), [
      { name: "no-logs", level: "disabled", urn: STACK, message: "not run in this stack. Logs cost money." },
    ]);
  });
});
