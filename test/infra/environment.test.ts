import assert from "node:assert/strict";
import { slotsOf } from "../../infra/settings/slots.ts";
import { CLUSTER_ROLES } from "../../model/roles.ts";
import type { Plan } from "../../model/plan.ts";
import { ofType, planOf, STACKS, stackSettings } from "../support/plans.ts";

const COMPONENTS = [
  "ArtifactStore",
  "Budget",
  "Cluster",
  "EncryptionKey",
  "Guard",
  "HostBundle",
  "Network",
  "Orchestrator",
  "Secrets",
  "SecurityGroups",
];

/** Number of slots by role, roles without any left out. */
function slotsByRole(plan: Plan): Record<string, number> {
  const names = ofType(plan, "proving-ground:infra:Slot").map(({ name }) => name);
  const counts = CLUSTER_ROLES.map(
    (role) => [role, names.filter((name) => new RegExp(`^${role}-\\d+$`).test(name)).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}

describe("environment", () => {
  for (const stack of STACKS) {
    it(`${stack} has every component once and one persistent host`, async () => {
      const plan = await planOf(stack);
      const components = plan.resources
        .filter(({ type }) => type.startsWith("proving-ground:infra:") && !type.endsWith(":Slot"))
        .map(({ type }) => type.slice("proving-ground:infra:".length));
      assert.deepEqual(components.sort(), COMPONENTS);
      assert.equal(ofType(plan, "aws:ec2/instance:Instance").length, 1);
    });

    it(`${stack} has a slot and a group for each node of its settings`, async () => {
      const plan = await planOf(stack);
      const expected = slotsOf(stackSettings(stack)).map(({ name }) => name);
      assert.deepEqual(
        ofType(plan, "proving-ground:infra:Slot")
          .map(({ name }) => name)
          .sort(),
        expected.toSorted(),
      );
      assert.deepEqual(
        ofType(plan, "aws:autoscaling/group:Group")
          .map(({ name }) => name)
          .sort(),
        expected.map((name) => `${name}-group`).sort(),
      );
    });

    it(`${stack} uses one provider, of its own region, for everything of AWS`, async () => {
      const plan = await planOf(stack);
      const providers = ofType(plan, "pulumi:providers:aws");
      assert.deepEqual(
        providers.map(({ inputs }) => inputs["region"]),
        [stackSettings(stack).region],
      );
    });

    it(`${stack} protects what holds data exactly where its settings say so`, async () => {
      const plan = await planOf(stack);
      const { protect } = stackSettings(stack).orchestrator;
      const kept = plan.resources.filter((resource) => resource.protect).map(({ type }) => type);
      assert.deepEqual(
        [...new Set(kept)].sort(),
        protect
          ? [
              "aws:dynamodb/table:Table",
              "aws:ec2/instance:Instance",
              "aws:kms/key:Key",
              "aws:s3/bucket:Bucket",
              "aws:secretsmanager/secret:Secret",
            ]
          : [],
      );
    });
  }

  it("prod is ClaudeFS whole: one orchestrator and nine slots", async () => {
    const plan = await planOf("prod");
    assert.equal(ofType(plan, "proving-ground:infra:Orchestrator").length, 1);
    assert.deepEqual(slotsByRole(plan), {
      storage: 5,
      "fuse-client": 1,
      "nfs-smb-client": 1,
      conduit: 1,
      jepsen: 1,
    });
  });

  it("staging is a quorum of three with every other role once; dev is one node and the harness", async () => {
    assert.deepEqual(slotsByRole(await planOf("staging")), {
      storage: 3,
      "fuse-client": 1,
      "nfs-smb-client": 1,
      conduit: 1,
      jepsen: 1,
    });
    assert.deepEqual(slotsByRole(await planOf("dev")), { storage: 1, "fuse-client": 1 });
  });

  it("gives cluster endpoints, addresses and names as outputs", async () => {
    const { outputs } = await planOf("dev");
    assert.deepEqual(outputs, {
      alarmTopic: "[budget-topic.arn]",
      artifactBucket: "proving-ground-dev-artifacts-[artifacts-suffix.hex]",
      clusterEndpoints: {
        "fuse-client": ["fuse-client-1.dev.internal"],
        storage: ["storage-1.dev.internal"],
      },
      guard: {
        table: "proving-ground-dev-guard",
        function: "proving-ground-dev-guard",
        topicArn: "[guard-topic.arn]",
        budgetTopicArn: "[budget-topic.arn]",
        queueUrl: "[guard-events.url]",
        failuresUrl: "[guard-failures.url]",
        schedule: "proving-ground-dev-guard",
        scheduleGroup: "proving-ground-dev-guard",
        slots: {
          "storage-1": "proving-ground-dev-storage-1",
          "fuse-client-1": "proving-ground-dev-fuse-client-1",
        },
        intervalMinutes: 5,
        deadManMinutes: 30,
      },
      orchestratorAddress: {
        dnsName: "orchestrator.dev.internal",
        privateIp: "[orchestrator-instance.privateIp]",
      },
      orchestratorSession: "aws ssm start-session --region us-west-2 --target [orchestrator-instance.id]",
      slotDnsNames: ["storage-1.dev.internal", "fuse-client-1.dev.internal"],
      vpcId: "[network-vpc.id]",
    });
  });

  it("opens port 22 nowhere and lets nobody in from an address range", async () => {
    for (const stack of STACKS) {
      for (const { type, name, inputs } of (await planOf(stack)).resources) {
        if (type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") {
          assert.equal(inputs["cidrIpv4"], undefined, name);
          assert.notEqual(inputs["fromPort"], 22, name);
        }
        assert.ok(!("keyName" in inputs), name);
      }
    }
  });
});
