import assert from "node:assert/strict";
import { UNKNOWN } from "../../../model/resource.ts";
import type { ResourceRule } from "../../../policies/rule.ts";
import { requiredTags } from "../../../policies/rules/safety/required-tags.ts";
import { SAFETY_RULES } from "../../../policies/rules/safety/index.ts";
import { record } from "../../pricing/records.ts";
import { planOf, STACKS } from "../../support/plans.ts";

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
});

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
