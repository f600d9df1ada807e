import assert from "node:assert/strict";
import { Slot } from "../../infra/components/cluster-slot.ts";
import { parseHostConfig } from "../../runtime/host/config.ts";
import { recordComponent, remembered, statement, statementsOf } from "../support/components.ts";
import { recordSlot, slotContext, STORAGE_1, type ClusterInput } from "../support/slots.ts";
import { filesOf } from "./support/user-data.ts";

const GROUP = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const SCHEDULE = "aws:autoscaling/schedule:Schedule";
const SMALL: ClusterInput = { size: "small" };
const SCHEDULED: ClusterInput = {
  size: "small",
  schedules: [{ name: "day", start: "0 8 * * 1-5", stop: "0 14 * * 1-5", timeZone: "America/Los_Angeles" }],
};

const slot = remembered(recordSlot);

async function group(): Promise<Readonly<Record<string, unknown>>> {
  return (await slot(STORAGE_1)).inputs(GROUP, "storage-1-group");
}

async function template(publicAddresses = true): Promise<Readonly<Record<string, unknown>>> {
  return (await slot(STORAGE_1, SMALL, publicAddresses)).inputs(TEMPLATE, "storage-1-template");
}

const TAGS = {
  Name: "proving-ground-dev-storage-1",
  "proving-ground:environment": "dev",
  "proving-ground:life": "on-demand",
  "proving-ground:owner": "claudefs",
  "proving-ground:project": "proving-ground",
  "proving-ground:role": "storage",
  "proving-ground:slot": "storage-1",
};

describe("slot", () => {
  it("is a group with its own launch template, role and profile; with a schedule two actions more", async () => {
    const lines = [
      `${GROUP} storage-1-group`,
      `${TEMPLATE} storage-1-template`,
      "aws:iam/instanceProfile:InstanceProfile storage-1-profile",
      "aws:iam/role:Role storage-1-role",
      "aws:iam/rolePolicy:RolePolicy storage-1-rights",
      "proving-ground:infra:Slot storage-1",
    ];
    assert.deepEqual((await slot(STORAGE_1)).lines, lines);
    const more = [`${SCHEDULE} storage-1-day-start`, `${SCHEDULE} storage-1-day-stop`];
    assert.deepEqual((await slot(STORAGE_1, SCHEDULED)).lines, [...lines, ...more].sort());
  });

  it("holds at most one instance and starts with none", async () => {
    const { minSize, maxSize, desiredCapacity, waitForCapacityTimeout } = await group();
    assert.deepEqual([minSize, maxSize, desiredCapacity, waitForCapacityTimeout], [0, 1, 0, "0"]);
  });

  it("never has two hosts for one identity: nothing launches a second one beside the first", async () => {
    const { capacityRebalance, suspendedProcesses } = await group();
    assert.equal(capacityRebalance, false);
    assert.deepEqual(suspendedProcesses, ["AZRebalance"]);
  });

  it("ignores what starting, stopping and latching change, so that no update undoes them (FM-05)", async () => {
    assert.deepEqual((await slot(STORAGE_1)).ignored.get("storage-1-group"), [
      "desiredCapacity",
      "suspendedProcesses",
      "mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity",
    ]);
  });

  it("is all spot, of any of its types, in its zones, at its template's latest version", async () => {
    const { mixedInstancesPolicy, vpcZoneIdentifiers } = await group();
    assert.deepEqual(vpcZoneIdentifiers, ["subnet-a", "subnet-b"]);
    assert.deepEqual(mixedInstancesPolicy, {
      instancesDistribution: {
        onDemandBaseCapacity: 0,
        onDemandPercentageAboveBaseCapacity: 0,
        spotAllocationStrategy: "price-capacity-optimized",
      },
      launchTemplate: {
        launchTemplateSpecification: {
          launchTemplateId: "[storage-1-template.id]",
          version: "[storage-1-template.latestVersion]",
        },
        overrides: [{ instanceType: "i4i.large" }, { instanceType: "i4i.xlarge" }],
      },
    });
  });

  it("leaves the market to the group and terminates on shutdown", async () => {
    const inputs = await template();
    assert.equal(inputs["instanceInitiatedShutdownBehavior"], "terminate");
    assert.ok(!("instanceMarketOptions" in inputs));
    assert.ok(!("instanceType" in inputs), "types belong to the group");
  });

  it("has no key pair, and answers the metadata service by IMDSv2 only, one hop away", async () => {
    const inputs = await template();
    assert.ok(!("keyName" in inputs));
    assert.deepEqual(inputs["metadataOptions"], {
      httpEndpoint: "enabled",
      httpPutResponseHopLimit: 1,
      httpTokens: "required",
    });
  });

  it("has an encrypted gp3 root volume that goes with the instance", async () => {
    assert.deepEqual((await template())["blockDeviceMappings"], [
      {
        deviceName: "/dev/xvda",
        ebs: { deleteOnTermination: "true", encrypted: "true", volumeSize: 20, volumeType: "gp3" },
      },
    ]);
  });

  it("joins its role's security group, with a public address in public mode only", async () => {
    for (const publicAddresses of [true, false]) {
      assert.deepEqual((await template(publicAddresses))["networkInterfaces"], [
        {
          associatePublicIpAddress: String(publicAddresses),
          deleteOnTermination: "true",
          deviceIndex: 0,
          securityGroups: ["sg-storage"],
        },
      ]);
    }
  });

  it("tags instance, volume and network interface at launch, by whomever it is launched", async () => {
    const inputs = await template();
    assert.deepEqual(
      inputs["tagSpecifications"],
      ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags: TAGS })),
    );
    assert.deepEqual(inputs["tags"], TAGS);
  });

  it("tags the group with the same and with the hours it is planned for, none of it propagated", async () => {
    const tags = (await group())["tags"] as { key: string; value: string; propagateAtLaunch: boolean }[];
    assert.deepEqual(Object.fromEntries(tags.map(({ key, value }) => [key, value])), {
      ...TAGS,
      "proving-ground:hours-per-day": "8",
    });
    assert.ok(tags.every(({ propagateAtLaunch }) => !propagateAtLaunch));
  });

  it("launches Amazon's image by its parameter, or a pinned one as it is (FM-29)", async () => {
    assert.equal(
      (await template())["imageId"],
      "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    );
    const image = "ami-0123456789abcdef0";
    const pinned = await slot(STORAGE_1, { size: "small", image });
    assert.equal(pinned.inputs(TEMPLATE, "storage-1-template")["imageId"], image);
  });

  it("of a burstable type does not run up charges for surplus credits", async () => {
    const conduit = {
      ...STORAGE_1,
      role: "conduit",
      name: "conduit-1",
      instanceTypes: ["t3.medium"],
    } as const;
    assert.deepEqual((await slot(conduit)).inputs(TEMPLATE, "conduit-1-template")["creditSpecification"], {
      cpuCredits: "standard",
    });
    assert.ok(!("creditSpecification" in (await template())));
  });

  it("starts and stops by schedule without ever closing its group", async () => {
    const recorded = await slot(STORAGE_1, SCHEDULED);
    const action = (scheduledActionName: string, recurrence: string, desiredCapacity: number) => ({
      autoscalingGroupName: "proving-ground-dev-storage-1",
      desiredCapacity,
      maxSize: -1,
      minSize: -1,
      recurrence,
      scheduledActionName,
      timeZone: "America/Los_Angeles",
    });
    assert.deepEqual(recorded.inputs(SCHEDULE, "storage-1-day-start"), action("day-start", "0 8 * * 1-5", 1));
    assert.deepEqual(recorded.inputs(SCHEDULE, "storage-1-day-stop"), action("day-stop", "0 14 * * 1-5", 0));
    const tags = recorded.inputs(GROUP, "storage-1-group")["tags"] as { key: string }[];
    assert.ok(!tags.some(({ key }) => key === "proving-ground:hours-per-day"), "the schedule says the hours");
  });

  it("carries user data that names itself and its bundle by hash, and no secret (FM-65)", async () => {
    const text = Buffer.from(String((await template())["userData"]), "base64").toString();
    assert.match(text, /^#cloud-config\n/);
    for (const part of [
      "storage-1",
      `hosts/boot-${"ab".repeat(32)}.mjs`,
      "dev.internal",
      "Z1",
      "artifacts",
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.doesNotMatch(text, /secretsmanager|AKIA|BEGIN [A-Z ]*PRIVATE KEY/);
  });

  it("carries user data that names the guard's table, its own group and the time of silence (FM-15)", async () => {
    const text = Buffer.from(String((await template())["userData"]), "base64").toString();
    const { config } = filesOf(text);
    assert.deepEqual(parseHostConfig(config.path, config.content).deadMan, {
      table: "proving-ground-dev-guard",
      group: "proving-ground-dev-storage-1",
      limitSeconds: 1800,
    });
  });
});

describe("rights of a slot", () => {
  async function policy(): Promise<unknown> {
    return (await slot(STORAGE_1)).inputs("aws:iam/rolePolicy:RolePolicy", "storage-1-rights")["policy"];
  }

  it("are one role and profile of its own, for EC2 alone", async () => {
    const recorded = await slot(STORAGE_1);
    const role = recorded.inputs("aws:iam/role:Role", "storage-1-role");
    assert.equal(role["name"], "proving-ground-dev-storage-1");
    assert.deepEqual(role["tags"], TAGS);
    assert.deepEqual(statementsOf(role["assumeRolePolicy"]), [
      {
        Sid: "Assume",
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com" },
        Action: ["sts:AssumeRole"],
      },
    ]);
    assert.equal(
      recorded.inputs("aws:iam/instanceProfile:InstanceProfile", "storage-1-profile")["role"],
      "proving-ground-dev-storage-1",
    );
    assert.deepEqual((await template())["iamInstanceProfile"], { arn: "[storage-1-profile.arn]" });
  });

  it("reach its own record and nobody else's, to point it at an address and nothing more", async () => {
    const { Action, Resource, Condition } = statement(await policy(), "OwnRecord");
    assert.deepEqual(Action, ["route53:ChangeResourceRecordSets"]);
    assert.deepEqual(Resource, ["arn:aws:route53:::hostedzone/Z1"]);
    assert.deepEqual(Condition, {
      "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["storage-1.dev.internal"],
        "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
        "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
      },
      Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
    });
  });

  it("reach its own status parameter and its own run logs only", async () => {
    assert.deepEqual(statement(await policy(), "OwnStatus").Resource, [
      "arn:aws:ssm:us-west-2:123456789012:parameter/proving-ground/dev/slots/storage-1/status",
    ]);
    assert.deepEqual(statement(await policy(), "WriteOwnRuns").Resource, [
      "arn:aws:s3:::artifacts/runs/storage-1/*",
    ]);
    assert.deepEqual(statement(await policy(), "ReadPrograms").Resource, [
      "arn:aws:s3:::artifacts/hosts/*",
      "arn:aws:s3:::artifacts/releases/*",
    ]);
  });

  it("end its own slot and no other where the guard is silent, which the host sees in the guard's table (FM-15)", async () => {
    const { Action, Resource, Condition } = statement(await policy(), "OwnGroup");
    assert.deepEqual(Action, ["autoscaling:SetDesiredCapacity"]);
    assert.deepEqual(Resource, [
      "arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:*:autoScalingGroupName/proving-ground-dev-storage-1",
    ]);
    assert.deepEqual(Condition, { StringEquals: { "aws:ResourceTag/proving-ground:slot": "storage-1" } });
    const heartbeat = statement(await policy(), "GuardHeartbeat");
    assert.deepEqual(heartbeat.Action, ["dynamodb:GetItem"]);
    assert.deepEqual(heartbeat.Resource, [
      "arn:aws:dynamodb:us-west-2:123456789012:table/proving-ground-dev-guard",
    ]);
    assert.deepEqual(heartbeat.Condition, {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["heartbeat"] },
      Null: { "dynamodb:LeadingKeys": "false" },
    });
  });

  it("have nothing of a guard where there is none", async () => {
    const recorded = await recordComponent((opts) => {
      const context = { ...slotContext(SMALL), deadManMinutes: undefined };
      return new Slot("storage-1", { plan: STORAGE_1, context, actions: [] }, opts);
    });
    const { policy: rights } = recorded.inputs("aws:iam/rolePolicy:RolePolicy", "storage-1-rights");
    assert.ok(statementsOf(rights).every(({ Sid }) => Sid !== "OwnGroup" && Sid !== "GuardHeartbeat"));
  });

  it("name no other resource, no secret, and everything only for the Session Manager", async () => {
    const statements = statementsOf(await policy());
    assert.deepEqual(
      statements.map(({ Sid }) => Sid),
      [
        "SessionManager",
        "ReadPrograms",
        "WriteOwnRuns",
        "ArtifactKey",
        "OwnStatus",
        "OwnRecord",
        "OwnGroup",
        "GuardHeartbeat",
      ],
    );
    for (const { Sid, Action, Resource } of statements) {
      assert.equal(Resource?.includes("*") === true, Sid === "SessionManager", Sid);
      for (const action of Action) assert.doesNotMatch(action, /\*|secretsmanager|^ec2:|^iam:/, Sid);
    }
  });
});

describe("a slot that cannot be made", () => {
  it("in a zone without a subnet says which zones there are", async () => {
    await assert.rejects(
      recordSlot({ ...STORAGE_1, zones: ["usw2-az4"] }),
      /zone usw2-az4 has no subnet; the network has usw2-az2, usw2-az3/,
    );
  });
});
