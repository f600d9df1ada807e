import assert from "node:assert/strict";
import { UNKNOWN } from "../../model/resource.ts";
import { isTaggable, TAGGABLE_TYPES } from "../../policies/taggable.ts";
import { record } from "../pricing/records.ts";
import { declaresTags } from "../support/provider-types.ts";
import { planOf, STACKS } from "../support/plans.ts";
import { faultsOf, ruleNamed } from "./judge.ts";

const VPC = "aws:ec2/vpc:Vpc";
const GROUP = "aws:autoscaling/group:Group";
const COMPLETE = {
  "proving-ground:project": "proving-ground",
  "proving-ground:environment": "dev",
  "proving-ground:owner": "claudefs",
};

function faults(type: string, tags: unknown): string[] {
  return faultsOf("required-tags", record(type, "thing", tags === undefined ? {} : { tags }));
}

function asList(tags: Readonly<Record<string, string>>): unknown {
  return Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true }));
}

describe("policy required-tags", () => {
  it("is mandatory", () => {
    assert.equal(ruleNamed("required-tags").level, "mandatory");
  });

  it("passes every taggable type that carries the tags, as a map or as a group's list", () => {
    for (const type of TAGGABLE_TYPES) {
      assert.deepEqual(faults(type, type === GROUP ? asList(COMPLETE) : COMPLETE), [], type);
    }
  });

  it("refuses every taggable type without tags", () => {
    for (const type of TAGGABLE_TYPES) {
      assert.deepEqual(
        faults(type, undefined),
        ["lacks proving-ground:project, proving-ground:environment, proving-ground:owner"],
        type,
      );
    }
  });

  it("names the tags that are missing or empty", () => {
    const others = Object.fromEntries(
      Object.entries(COMPLETE).filter(([key]) => key !== "proving-ground:owner"),
    );
    assert.deepEqual(faults(VPC, others), ["lacks proving-ground:owner"]);
    assert.deepEqual(faults(VPC, { ...COMPLETE, "proving-ground:owner": "" }), [
      "lacks proving-ground:owner",
    ]);
    assert.deepEqual(faults(GROUP, asList(others)), ["lacks proving-ground:owner"]);
  });

  it("takes what is not known before deployment for missing (FM-47)", () => {
    const [all] = faults(VPC, {});
    assert.deepEqual(faults(VPC, UNKNOWN), [all]);
    assert.deepEqual(faults(VPC, { ...COMPLETE, "proving-ground:owner": UNKNOWN }), [
      "lacks proving-ground:owner",
    ]);
  });

  it("leaves alone what takes no tags", () => {
    for (const type of [
      "aws:ec2/route:Route",
      "aws:iam/rolePolicy:RolePolicy",
      "random:index/randomId:RandomId",
    ]) {
      assert.deepEqual(faults(type, undefined), []);
    }
  });
});

describe("list of taggable types", () => {
  it("holds only types whose arguments the AWS package declares with tags", () => {
    assert.deepEqual(
      TAGGABLE_TYPES.filter((type) => !declaresTags(type)),
      [],
    );
    assert.equal(declaresTags("aws:ec2/route:Route"), false);
  });

  it("holds every such type that the committed stacks use", async () => {
    const plans = await Promise.all(STACKS.map((stack) => planOf(stack)));
    const used = new Set(plans.flatMap(({ resources }) => resources.map(({ type }) => type)));
    const taggable = [...used].filter((type) => type.startsWith("aws:") && declaresTags(type));
    assert.ok(taggable.length > 15, taggable.join());
    assert.deepEqual(
      taggable.filter((type) => !isTaggable(type)),
      [],
    );
  });
});
