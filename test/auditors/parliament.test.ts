import assert from "node:assert/strict";
import type { Plan } from "../../model/plan.ts";
import { auditedPlans } from "./audited-plans.ts";
import { assertWaived } from "./judge.ts";
import { runParliament } from "./parliament.ts";
import { policyDocuments, type PolicyDocument } from "./policy-documents.ts";
import { auditors } from "./tools.ts";

/** Statements that are wrong on purpose, by the finding each has to bring. */
const WRONG: readonly (readonly [check: string, statement: Readonly<Record<string, unknown>>])[] = [
  ["UNKNOWN_ACTION", { Action: "s3:ReadObject", Resource: "arn:aws:s3:::example/*" }],
  ["UNKNOWN_PREFIX", { Action: "s4:GetObject", Resource: "arn:aws:s3:::example/*" }],
  ["RESOURCE_MISMATCH", { Action: "s3:GetObject", Resource: "arn:aws:s3:::example" }],
  ["RESOURCE_STAR", { Action: "s3:GetObject", Resource: "*" }],
  ["INVALID_ARN", { Action: "s3:GetObject", Resource: "example/*" }],
  [
    "UNKNOWN_CONDITION_FOR_ACTION",
    {
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::example/*",
      Condition: { StringEquals: { "ec2:InstanceType": "c7a.large" } },
    },
  ],
  [
    "MISMATCHED_TYPE",
    {
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::example/*",
      Condition: { StringEquals: { "aws:SecureTransport": "maybe" } },
    },
  ],
];

describe("parliament", () => {
  let python: string;
  let plans: ReadonlyMap<string, Plan>;

  before(async function () {
    python = await auditors(this);
    plans = await auditedPlans();
  });

  it("finds nothing in any policy document that is not waived with a reason", async () => {
    const documents = [...plans].flatMap(([stack, plan]) => policyDocuments(stack, plan));
    assertWaived("parliament", await runParliament(python, documents), plans);
  });

  it("is given the documents of roles, of trust and of resources, with nothing unknown in them", () => {
    for (const [stack, plan] of plans) {
      const documents = policyDocuments(stack, plan);
      const kinds = new Set(documents.map(({ resource }) => resource.replace(/ .* /, " ")));
      for (const kind of [
        "aws:iam/role:Role assumeRolePolicy",
        "aws:iam/rolePolicy:RolePolicy policy",
        "aws:kms/key:Key policy",
        "aws:s3/bucketPolicy:BucketPolicy policy",
        "aws:sns/topicPolicy:TopicPolicy policy",
      ]) {
        assert.ok(kinds.has(kind), `${stack}: ${kind} among ${[...kinds].join(", ")}`);
      }
      for (const { resource, document } of documents) {
        assert.doesNotMatch(document, /\[[\w-]+\.\w+\]/, `${stack}: ${resource}`);
      }
    }
  });

  it("reports each kind of wrong statement", async () => {
    const documents = WRONG.map(([check, statement]): PolicyDocument => ({
      stack: "wrong",
      resource: check,
      name: check,
      document: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] }),
    }));
    const findings = await runParliament(python, documents);
    for (const [check] of WRONG) {
      const found = findings.filter(({ resource }) => resource === check).map((finding) => finding.check);
      assert.ok(found.includes(check), `${check} among ${found.join(", ")}`);
    }
  });
});
