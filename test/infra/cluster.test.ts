import assert from "node:assert/strict";
import { Budget } from "../../infra/components/budget.ts";
import { Cluster } from "../../infra/components/cluster.ts";
import { slotsOf } from "../../infra/settings/slots.ts";
import { KEY_ARN, recordComponent, SCOPE, settings, type RecordedComponent } from "../support/components.ts";
import { slotContext, type ClusterInput } from "../support/slots.ts";

interface Made {
  readonly recorded: RecordedComponent;
  readonly cluster: Cluster;
}

async function cluster(input: ClusterInput): Promise<Made> {
  const made: Cluster[] = [];
  const recorded = await recordComponent((opts) => {
    const budget = new Budget(
      "budget",
      { scope: SCOPE, keyArn: KEY_ARN, unbudgeted: true, reason: "a test of the cluster" },
      opts,
    );
    const component = new Cluster(
      "cluster",
      {
        ...slotContext(input),
        slots: slotsOf(settings({ cluster: input })),
        scheduledActions: new Map(),
        budget,
      },
      opts,
    );
    made.push(component);
    return component;
  });
  const [only] = made;
  assert.ok(only !== undefined);
  return { recorded, cluster: only };
}

describe("cluster", () => {
  it("has a slot of five resources for each node the settings ask for", async () => {
    const { recorded } = await cluster({ size: "small", roles: { storage: { count: 2 } } });
    const slots = ["fuse-client-1", "storage-1", "storage-2"];
    const below = recorded.records.filter(({ urn }) => urn.includes("proving-ground:infra:Slot"));
    assert.deepEqual(
      below.map(({ type, name }) => `${type} ${name}`).sort(),
      slots
        .flatMap((slot) => [
          `aws:autoscaling/group:Group ${slot}-group`,
          `aws:ec2/launchTemplate:LaunchTemplate ${slot}-template`,
          `aws:iam/instanceProfile:InstanceProfile ${slot}-profile`,
          `aws:iam/role:Role ${slot}-role`,
          `aws:iam/rolePolicy:RolePolicy ${slot}-rights`,
          `proving-ground:infra:Slot ${slot}`,
        ])
        .sort(),
    );
  });

  it("lists its endpoints by role, and leaves out roles without slots", async () => {
    const { recorded, cluster: made } = await cluster({ size: "small", roles: { storage: { count: 2 } } });
    const endpoints = {
      storage: ["storage-1.dev.internal", "storage-2.dev.internal"],
      "fuse-client": ["fuse-client-1.dev.internal"],
    };
    assert.deepEqual(made.endpoints, endpoints);
    assert.deepEqual(recorded.inputs("proving-ground:infra:Cluster", "cluster")["endpoints"], endpoints);
  });

  it("keeps the name and the group of a slot when others are added", async () => {
    const few = (await cluster({ size: "small" })).recorded;
    const many = (await cluster({ size: "large" })).recorded;
    const groups = (recorded: RecordedComponent) =>
      new Map(recorded.ofType("aws:autoscaling/group:Group").map(({ urn, inputs }) => [urn, inputs["name"]]));
    for (const [urn, name] of groups(few)) assert.equal(groups(many).get(urn), name);
  });

  it("launches a slot in its role's own zones only", async () => {
    const { recorded } = await cluster({ size: "small", roles: { storage: { zones: ["usw2-az3"] } } });
    const zones = (name: string) =>
      recorded.inputs("aws:autoscaling/group:Group", name)["vpcZoneIdentifiers"];
    assert.deepEqual(zones("storage-1-group"), ["subnet-b"]);
    assert.deepEqual(zones("fuse-client-1-group"), ["subnet-a", "subnet-b"]);
  });
});
