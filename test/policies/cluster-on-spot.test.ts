import assert from "node:assert/strict";
import { CLUSTER_ROLES } from "../../model/roles.ts";
import { UNKNOWN } from "../../model/resource.ts";
import { TAGS } from "../../model/tags.ts";
import { record } from "../pricing/records.ts";
import { faultsOf, ruleNamed } from "./judge.ts";

const GROUP = "aws:autoscaling/group:Group";
const INSTANCE = "aws:ec2/instance:Instance";

function faults(type: string, inputs: Readonly<Record<string, unknown>>): string[] {
  return faultsOf("cluster-on-spot", record(type, "host", inputs));
}

function group(role: unknown, distribution: unknown): Readonly<Record<string, unknown>> {
  return {
    tags: [{ key: TAGS.role, value: role, propagateAtLaunch: false }],
    mixedInstancesPolicy: { instancesDistribution: distribution },
  };
}

const ALL_SPOT = { onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 0 };

describe("policy cluster-on-spot", () => {
  it("is mandatory", () => {
    assert.equal(ruleNamed("cluster-on-spot").level, "mandatory");
  });

  it("passes every cluster role that is all spot", () => {
    for (const role of CLUSTER_ROLES) {
      assert.deepEqual(faults(GROUP, group(role, ALL_SPOT)), []);
      const spot = { tags: { [TAGS.role]: role }, instanceMarketOptions: { marketType: "spot" } };
      assert.deepEqual(faults(INSTANCE, spot), []);
    }
  });

  it("refuses on-demand capacity in a group, below or above its base", () => {
    assert.deepEqual(faults(GROUP, group("storage", { ...ALL_SPOT, onDemandBaseCapacity: 1 })), [
      "storage: onDemandBaseCapacity is 1, not 0",
    ]);
    const above = { ...ALL_SPOT, onDemandPercentageAboveBaseCapacity: 100 };
    assert.deepEqual(faults(GROUP, group("jepsen", above)), [
      "jepsen: onDemandPercentageAboveBaseCapacity is 100, not 0",
    ]);
  });

  it("refuses a group without a distribution: AWS's own default is all on demand", () => {
    const expected = [
      "storage: onDemandBaseCapacity is not set, not 0",
      "storage: onDemandPercentageAboveBaseCapacity is not set, not 0",
    ];
    assert.deepEqual(faults(GROUP, group("storage", {})), expected);
    assert.deepEqual(faults(GROUP, { tags: [{ key: TAGS.role, value: "storage" }] }), expected);
  });

  it("refuses what is not known before deployment (FM-47)", () => {
    const unknown = "unknown before deployment, not 0";
    const both = [
      `storage: onDemandBaseCapacity is ${unknown}`,
      `storage: onDemandPercentageAboveBaseCapacity is ${unknown}`,
    ];
    assert.deepEqual(faults(GROUP, group("storage", UNKNOWN)), both);
    const marker = { ...ALL_SPOT, onDemandBaseCapacity: "[settings.base]" };
    assert.deepEqual(faults(GROUP, group("storage", marker)), both.slice(0, 1));
    const whole = { ...group("storage", ALL_SPOT), mixedInstancesPolicy: UNKNOWN };
    assert.deepEqual(faults(GROUP, whole), both);
    assert.deepEqual(faults(INSTANCE, { tags: { [TAGS.role]: "storage" }, instanceMarketOptions: UNKNOWN }), [
      "storage runs as a single instance whose market is unknown before deployment",
    ]);
  });

  it("judges a host of an unknown role as one of the cluster (FM-47)", () => {
    const onDemand = { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 0 };
    const expected = ["a role unknown before deployment: onDemandBaseCapacity is 1, not 0"];
    assert.deepEqual(faults(GROUP, group(UNKNOWN, onDemand)), expected);
    assert.deepEqual(faults(GROUP, { ...group("", onDemand), tags: UNKNOWN }), expected);
    assert.deepEqual(faults(GROUP, group(UNKNOWN, ALL_SPOT)), []);
    assert.equal(faults(INSTANCE, { tags: UNKNOWN }).length, 1);
  });

  it("refuses a cluster role as a single on-demand instance", () => {
    assert.deepEqual(faults(INSTANCE, { tags: { [TAGS.role]: "conduit" } }), [
      "conduit runs as a single instance whose market is not set",
    ]);
    const block = {
      tags: { [TAGS.role]: "conduit" },
      instanceMarketOptions: { marketType: "capacity-block" },
    };
    assert.deepEqual(faults(INSTANCE, block), [
      'conduit runs as a single instance whose market is "capacity-block"',
    ]);
  });

  it("leaves alone the orchestrator, hosts without a role, and everything that is no host", () => {
    assert.deepEqual(faults(INSTANCE, { tags: { [TAGS.role]: "orchestrator" } }), []);
    assert.deepEqual(faults(INSTANCE, {}), []);
    assert.deepEqual(faults(GROUP, {}), []);
    for (const type of ["aws:ec2/vpc:Vpc", "aws:ec2/launchTemplate:LaunchTemplate"]) {
      assert.deepEqual(faults(type, { tags: { [TAGS.role]: "storage" } }), []);
      assert.deepEqual(faults(type, { tags: UNKNOWN }), []);
    }
  });
});
