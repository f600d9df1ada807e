import assert from "node:assert/strict";
import type { Plan, PlannedResource } from "../../model/plan.ts";
import { allParts, labelOf, machineOf, partsOf, titleOf } from "../../cli/report/tree.ts";
import { samplePlan } from "./sample-plan.ts";

function resource(urn: string, type: string, name: string, parent: string | null): PlannedResource {
  return { urn, type, name, parent, dependencies: [], protect: false, inputs: {} };
}

function planOf(resources: readonly PlannedResource[]): Plan {
  const sample = samplePlan();
  return { ...sample, resources, cost: { ...sample.cost, lines: [] } };
}

describe("the parts of a plan", () => {
  it("holds every resource and every dollar exactly once", () => {
    const plan = samplePlan();
    const root = partsOf(plan);
    const own = allParts(root).flatMap((part) => part.own.map(({ urn }) => urn));
    assert.equal(new Set(own).size, own.length);
    assert.equal(own.length, root.resourceCount);
    assert.equal(root.usdPerDay.toNumber(), plan.cost.usdPerDay);
    assert.equal(root.worstCaseUsdPerDay.toNumber(), plan.cost.worstCaseUsdPerDay);
  });

  it("takes slots together by role, not others", () => {
    const labels = allParts(partsOf(samplePlan())).map(labelOf);
    assert.ok(labels.includes("storage × 5"));
    assert.ok(labels.includes("jepsen"));
    assert.ok(labels.includes("Artifact store"));
    assert.equal(labels.filter((label) => label.startsWith("storage")).length, 1);
  });

  it("counts what is parented to a resource with that resource's component", () => {
    const store = allParts(partsOf(samplePlan())).find(({ label }) => label === "Artifact store");
    assert.deepEqual(
      store?.own.map(({ name }) => name),
      ["artifacts-bucket", "artifacts-versioning"],
    );
  });

  it("looks through one component that holds all others, and drops its name from the roles", () => {
    const plan = planOf([
      resource("e", "proving-ground:infra:Environment", "dev", null),
      resource("c", "proving-ground:infra:Cluster", "dev-cluster", "e"),
      resource("s1", "proving-ground:infra:Slot", "dev-storage-1", "c"),
      resource("s2", "proving-ground:infra:Slot", "dev-storage-2", "c"),
      resource("v", "aws:ec2/vpc:Vpc", "dev-vpc", "e"),
    ]);
    const root = partsOf(plan);
    assert.deepEqual(
      allParts(root).map(({ path }) => path),
      ["Stack", "Cluster", "Cluster / storage"],
    );
    assert.deepEqual(
      root.own.map(({ name }) => name),
      ["dev-vpc"],
    );
  });

  it("keeps paths apart where two components are of one type", () => {
    const plan = planOf([
      resource("a", "x:infra:Network", "east", null),
      resource("b", "x:infra:Network", "west", null),
      resource("c", "x:infra:Network", "west", null),
    ]);
    assert.deepEqual(
      partsOf(plan).parts.map(({ path }) => path),
      ["Network east", "Network west", "Network west (2)"],
    );
  });

  it("does not hang on parents that form a ring or are unknown", () => {
    const plan = planOf([
      resource("a", "aws:x/y:Y", "a", "b"),
      resource("b", "aws:x/y:Y", "b", "a"),
      resource("c", "aws:x/y:Y", "c", "gone"),
    ]);
    assert.equal(partsOf(plan).own.length, 3);
  });

  it("says what a part runs on", () => {
    const storage = allParts(partsOf(samplePlan())).find(({ label }) => label === "storage");
    assert.ok(storage);
    assert.equal(machineOf(storage), "i4i.2xlarge spot");
    assert.equal(machineOf(partsOf(samplePlan())), "");
  });

  it("makes words of type tokens", () => {
    assert.equal(titleOf("proving-ground:infra:ArtifactStore"), "Artifact store");
    assert.equal(titleOf("aws:s3/bucketObjectv2:BucketObjectv2"), "Bucket object");
    assert.equal(titleOf("x:y:VPCEndpoint"), "VPC endpoint");
  });
});
