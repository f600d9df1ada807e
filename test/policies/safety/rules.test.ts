import assert from "node:assert/strict";
import { UNKNOWN, type ResourceRecord } from "../../../model/resource.ts";
import type { ResourceRule } from "../../../policies/rule.ts";
import { requiredTags } from "../../../policies/rules/safety/required-tags.ts";
import { SAFETY_RULES } from "../../../policies/rules/safety/index.ts";
import { evaluate, todayUtc } from "../../../policies/evaluate.ts";
import { DEFAULT_POLICY_SETTINGS } from "../../../model/policy-settings.ts";
import { record } from "../../pricing/records.ts";
import { planOf, STACKS } from "../../support/plans.ts";
import { document } from "./support.ts";

describe("the safety rules", () => {
  it("have names of their own, a loss, a remedy and an outside rule each", () => {
    assert.equal(new Set(SAFETY_RULES.map(({ name }) => name)).size, SAFETY_RULES.length);
    for (const { name, why, fix, outside = [] } of SAFETY_RULES) {
      assert.match(name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      assert.match(why, /^[A-Z].*\.$/, name);
      assert.match(fix, /^[^A-Z].*[^.]$/, name);
      assert.notDeepEqual(outside, [], name);
    }
  });

  for (const stack of STACKS)
    it(`find nothing in the committed stack ${stack}`, async () => {
      const names = new Set(SAFETY_RULES.map(({ name }) => name));
      assert.deepEqual(
        (await planOf(stack)).policies.filter(({ name }) => names.has(name)),
        [],
      );
    });

  it("judge 500 resources in less than 100 ms", () => {
    const resources = Array.from({ length: 100 }, (_, index) => slot(String(index))).flat();
    assert.equal(resources.length, 500);
    const run = () =>
      evaluate(
        resources,
        "urn:stack",
        { stack: "prod", settings: DEFAULT_POLICY_SETTINGS, today: todayUtc() },
        SAFETY_RULES,
      );
    // The best of some runs: what else the machine does is no property of the rules.
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    });
    assert.ok(Math.min(...times) < 100, times.join());
  });
});

function slot(name: string): ResourceRecord[] {
  const statements = Array.from({ length: 8 }, (_, index) => ({
    Sid: `S${String(index)}`,
    Effect: "Allow",
    Action: ["s3:GetObject"],
    Resource: ["x"],
  }));
  const group = record("aws:ec2/securityGroup:SecurityGroup", name);
  return [
    group,
    record(
      "aws:ec2/launchTemplate:LaunchTemplate",
      name,
      { userData: Buffer.alloc(6_000, "x").toString("base64") },
      { dependsOn: { networkInterfaces: [group.urn] } },
    ),
    record("aws:iam/rolePolicy:RolePolicy", name, { policy: document(...statements) }),
    record("aws:s3/bucket:Bucket", name),
    record("aws:ec2/vpc:Vpc", name),
  ];
}

describe("policy required-tags mends", () => {
  const defaults = { "proving-ground:owner": "claudefs", "proving-ground:project": "proving-ground" };
  const mended = (
    type: string,
    inputs: Readonly<Record<string, unknown>>,
    parameters: unknown = { defaults },
  ) =>
    (requiredTags as Required<ResourceRule>).remediate(record(type, "thing", inputs), {
      parameters,
      stack: "dev",
      today: "2027-01-01",
    });

  it("missing and empty tags of a map, and keeps the others", () => {
    assert.deepEqual(
      mended("aws:ec2/vpc:Vpc", {
        cidrBlock: "10.0.0.0/16",
        tags: { Name: "a", "proving-ground:owner": "" },
      }),
      {
        cidrBlock: "10.0.0.0/16",
        tags: { Name: "a", ...defaults },
      },
    );
  });
  it("the list of a group", () => {
    const own = { key: "proving-ground:owner", value: "another", propagateAtLaunch: false };
    assert.deepEqual(mended("aws:autoscaling/group:Group", { tags: [own] }), {
      tags: [own, { key: "proving-ground:project", value: "proving-ground", propagateAtLaunch: true }],
    });
  });
  it("nothing that has its tags, without defaults, with unknown tags, or of a type that takes none", () => {
    assert.equal(mended("aws:ec2/vpc:Vpc", { tags: defaults }), undefined);
    assert.equal(mended("aws:ec2/vpc:Vpc", {}, { defaults: {} }), undefined);
    assert.equal(mended("aws:ec2/vpc:Vpc", { tags: UNKNOWN }), undefined);
    assert.equal(mended("aws:ec2/route:Route", {}), undefined);
  });
});
