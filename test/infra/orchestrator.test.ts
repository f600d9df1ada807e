import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Orchestrator } from "../../infra/components/orchestrator.ts";
import type { SettingsInput } from "../../infra/settings/schema.ts";
import {
  KEY_ARN,
  recordComponent,
  remembered,
  SCOPE,
  settings,
  statement,
  statementsOf,
} from "../support/components.ts";

const INSTANCE = "aws:ec2/instance:Instance";
const SECRET_ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:cfs/github-token-??????";

interface Choices {
  readonly orchestrator?: SettingsInput["orchestrator"];
  readonly publicAddresses?: boolean;
  readonly secretArns?: readonly string[];
  readonly modelApi?: boolean;
}

const orchestrator = remembered(
  ({ orchestrator: chosen, publicAddresses = true, secretArns = [SECRET_ARN], modelApi = true }: Choices) =>
    recordComponent(
      (opts) =>
        new Orchestrator(
          "orchestrator",
          {
            scope: SCOPE,
            settings: settings({ orchestrator: chosen }).orchestrator,
            network: {
              subnetIds: new Map([["usw2-az2", pulumi.output("subnet-1")]]),
              publicAddresses,
              hostedZoneId: pulumi.output("Z1"),
              domain: "dev.internal",
            },
            securityGroupId: "sg-1",
            artifacts: { bucketArn: pulumi.output("arn:aws:s3:::artifacts") },
            keyArn: KEY_ARN,
            secretArns,
            modelApi,
          },
          opts,
        ),
    ),
);

async function rights(choices: Choices): Promise<unknown> {
  return (await orchestrator(choices)).inputs("aws:iam/rolePolicy:RolePolicy", "orchestrator-rights")[
    "policy"
  ];
}

describe("orchestrator", () => {
  it("is an instance with its address, role and profile", async () => {
    assert.deepEqual((await orchestrator({})).lines, [
      `${INSTANCE} orchestrator-instance`,
      "aws:iam/instanceProfile:InstanceProfile orchestrator-profile",
      "aws:iam/role:Role orchestrator-role",
      "aws:iam/rolePolicy:RolePolicy orchestrator-rights",
      "aws:route53/record:Record orchestrator-address",
      "proving-ground:infra:Orchestrator orchestrator",
    ]);
  });

  it("is an on-demand instance of the given type and disk, without key pair or user data", async () => {
    const inputs = (await orchestrator({ orchestrator: { instanceType: "c7a.xlarge", diskGib: 60 } })).inputs(
      INSTANCE,
      "orchestrator-instance",
    );
    assert.equal(inputs["instanceType"], "c7a.xlarge");
    assert.deepEqual(inputs["vpcSecurityGroupIds"], ["sg-1"]);
    assert.equal(inputs["subnetId"], "subnet-1");
    for (const field of ["instanceMarketOptions", "keyName", "userData", "userDataBase64", "hibernation"]) {
      assert.ok(!(field in inputs), field);
    }
    const disk = inputs["rootBlockDevice"] as Record<string, unknown>;
    assert.deepEqual([disk["volumeType"], disk["volumeSize"], disk["encrypted"]], ["gp3", 60, true]);
    assert.equal(disk["tags"], undefined, "would be laid on after the launch, which no deploy role may do");
    assert.deepEqual(inputs["volumeTags"], inputs["tags"]);
  });

  it("answers the metadata service by IMDSv2 only, one hop away", async () => {
    assert.deepEqual((await orchestrator({})).inputs(INSTANCE, "orchestrator-instance")["metadataOptions"], {
      httpEndpoint: "enabled",
      httpPutResponseHopLimit: 1,
      httpTokens: "required",
    });
  });

  it("protected refuses deletion by Pulumi and by EC2, and keeps its disk", async () => {
    const kept = (await orchestrator({ orchestrator: { protect: true } })).find(
      INSTANCE,
      "orchestrator-instance",
    );
    assert.equal(kept.protect, true);
    assert.equal(kept.inputs["disableApiTermination"], true);
    assert.equal((kept.inputs["rootBlockDevice"] as Record<string, unknown>)["deleteOnTermination"], false);

    const loose = (await orchestrator({})).find(INSTANCE, "orchestrator-instance");
    assert.equal(loose.protect, false);
    assert.equal(loose.inputs["disableApiTermination"], false);
    assert.equal((loose.inputs["rootBlockDevice"] as Record<string, unknown>)["deleteOnTermination"], true);
  });

  it("is never replaced for a newer image, nor for the address it loses while stopped", async () => {
    assert.deepEqual((await orchestrator({})).ignored.get("orchestrator-instance"), [
      "ami",
      "associatePublicIpAddress",
    ]);
  });

  it("takes a pinned image as it is, and Amazon's parameter by what it names", async () => {
    const image = "ami-0123456789abcdef0";
    const pinned = (await orchestrator({ orchestrator: { image } })).inputs(
      INSTANCE,
      "orchestrator-instance",
    );
    assert.equal(pinned["ami"], image);
    const named = (await orchestrator({})).inputs(INSTANCE, "orchestrator-instance");
    assert.equal(named["ami"], "[aws.parameter]");
  });

  it("carries a public address in public mode only", async () => {
    for (const publicAddresses of [true, false]) {
      const inputs = (await orchestrator({ publicAddresses })).inputs(INSTANCE, "orchestrator-instance");
      assert.equal(inputs["associatePublicIpAddress"], publicAddresses);
    }
  });

  it("of a burstable type does not run up charges for surplus credits", async () => {
    const burstable = await orchestrator({ orchestrator: { instanceType: "t3.large" } });
    assert.deepEqual(burstable.inputs(INSTANCE, "orchestrator-instance")["creditSpecification"], {
      cpuCredits: "standard",
    });
    const fixed = (await orchestrator({})).inputs(INSTANCE, "orchestrator-instance");
    assert.ok(!("creditSpecification" in fixed));
  });

  it("is marked persistent, so that the guard never stops it", async () => {
    const { tags } = (await orchestrator({})).inputs(INSTANCE, "orchestrator-instance");
    assert.deepEqual(tags, {
      Name: "proving-ground-dev-orchestrator",
      "proving-ground:environment": "dev",
      "proving-ground:life": "persistent",
      "proving-ground:owner": "claudefs",
      "proving-ground:project": "proving-ground",
      "proving-ground:role": "orchestrator",
    });
  });

  it("is found by name", async () => {
    assert.deepEqual((await orchestrator({})).inputs("aws:route53/record:Record", "orchestrator-address"), {
      name: "orchestrator.dev.internal",
      records: ["[orchestrator-instance.privateIp]"],
      ttl: 60,
      type: "A",
      zoneId: "Z1",
    });
  });

  it("has these rights and no other", async () => {
    assert.deepEqual(
      statementsOf(await rights({})).map(({ Sid, Effect, Action }) => [Sid, Effect, Action]),
      [
        [
          "SessionManager",
          "Allow",
          [
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
          ],
        ],
        ["ListArtifacts", "Allow", ["s3:ListBucket"]],
        ["ReadArtifacts", "Allow", ["s3:GetObject"]],
        ["WriteArtifacts", "Allow", ["s3:PutObject"]],
        ["ArtifactKey", "Allow", ["kms:Decrypt", "kms:GenerateDataKey"]],
        ["ReadSlotStatus", "Allow", ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]],
        ["ReadSecrets", "Allow", ["secretsmanager:GetSecretValue"]],
        ["CallModels", "Allow", ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]],
      ],
    );
  });

  it("has rights to everything only where AWS knows no narrower resource, and none to terminate or to pass roles", async () => {
    for (const { Sid, Action, Resource } of statementsOf(await rights({}))) {
      assert.equal(Resource?.includes("*") === true, Sid === "SessionManager", Sid);
      for (const action of Action) {
        assert.doesNotMatch(action, /\*|^ec2:|^autoscaling:|^iam:|Terminate|Delete/, Sid);
      }
    }
  });

  it("reads its named secrets and its own environment's slots only", async () => {
    assert.deepEqual(statement(await rights({}), "ReadSecrets").Resource, [SECRET_ARN]);
    assert.deepEqual(statement(await rights({}), "ReadSlotStatus").Resource, [
      "arn:aws:ssm:us-west-2:123456789012:parameter/proving-ground/dev/slots",
      "arn:aws:ssm:us-west-2:123456789012:parameter/proving-ground/dev/slots/*",
    ]);
    assert.deepEqual(statement(await rights({}), "ArtifactKey").Condition, {
      StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" },
    });
    assert.deepEqual(statement(await rights({}), "WriteArtifacts").Resource, [
      "arn:aws:s3:::artifacts/releases/*",
      "arn:aws:s3:::artifacts/runs/*",
    ]);
  });

  it("without secrets or model API has no right to either", async () => {
    const sids = statementsOf(await rights({ secretArns: [], modelApi: false })).map(({ Sid }) => Sid);
    assert.ok(!sids.includes("ReadSecrets") && !sids.includes("CallModels"));
  });

  it("without a zone is refused in words", async () => {
    await assert.rejects(
      recordComponent(
        (opts) =>
          new Orchestrator(
            "orchestrator",
            {
              scope: SCOPE,
              settings: settings().orchestrator,
              network: {
                subnetIds: new Map(),
                publicAddresses: true,
                hostedZoneId: pulumi.output("Z1"),
                domain: "dev.internal",
              },
              securityGroupId: "sg-1",
              artifacts: { bucketArn: pulumi.output("arn:aws:s3:::artifacts") },
              keyArn: KEY_ARN,
              secretArns: [],
              modelApi: false,
            },
            opts,
          ),
      ),
      /the orchestrator needs a network with at least one zone/,
    );
  });
});
