import assert from "node:assert/strict";
import { plausible, terraformPlan, type Audited } from "../support/terraform-plan.ts";
import { resource } from "./bad-resource.ts";

/** The one resource of a plan as Terraform would have it. */
function only(planned: Audited, ...beside: readonly Audited[]) {
  const plan = terraformPlan("dev", [planned, ...beside]);
  const [found] = plan.planned_values.root_module.resources;
  const [change] = plan.resource_changes;
  const [configuration] = plan.configuration.root_module.resources;
  assert.ok(found !== undefined && change !== undefined && configuration !== undefined);
  assert.deepEqual(change.change.after, found.values);
  return {
    address: found.address,
    values: found.values,
    change: change.change,
    expressions: configuration.expressions,
  };
}

const KEY = resource("aws:kms/key:Key", "key");
const BUCKET = resource("aws:s3/bucket:Bucket", "bucket");

describe("plans for Terraform's auditors", () => {
  it("write blocks as lists and rename what Terraform names otherwise", () => {
    const { address, values } = only(
      resource("aws:autoscaling/group:Group", "group", {
        minSize: 0,
        mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: "c7a.large" }] } },
        tags: [{ key: "aB", value: "cD", propagateAtLaunch: true }],
        vpcZoneIdentifiers: ["subnet-1"],
      }),
    );
    assert.equal(address, "aws_autoscaling_group.dev--group");
    assert.deepEqual(values, {
      min_size: 0,
      mixed_instances_policy: [{ launch_template: [{ override: [{ instance_type: "c7a.large" }] }] }],
      tag: [{ key: "aB", value: "cD", propagate_at_launch: true }],
      vpc_zone_identifier: ["subnet-1"],
    });
  });

  it("keep the keys of maps", () => {
    const { values } = only(
      resource("aws:lambda/function:Function", "function", {
        code: { asset: "dist/index.mjs" },
        environment: { variables: { someName: "x" } },
        tags: { "proving-ground:slotName": "y" },
      }),
    );
    assert.deepEqual(values, {
      filename: "dist/index.mjs",
      environment: [{ variables: { someName: "x" } }],
      tags: { "proving-ground:slotName": "y" },
    });
  });

  it("connect a resource to those its inputs name", () => {
    const { values, expressions } = only(
      resource("aws:sns/topic:Topic", "topic", { name: "alarms-[bucket.id]", kmsMasterKeyId: "[key.keyId]" }),
      KEY,
      BUCKET,
    );
    assert.deepEqual(values, { name: "alarms-bucket-id", kms_master_key_id: "aws_kms_key.dev--key.key_id" });
    assert.deepEqual(expressions, {
      name: { references: ["aws_s3_bucket.dev--bucket.id", "aws_s3_bucket.dev--bucket"] },
      kms_master_key_id: { references: ["aws_kms_key.dev--key.key_id", "aws_kms_key.dev--key"] },
    });
  });

  it("leave out what nobody knows, and say so", () => {
    const { values, change } = only(
      resource("aws:ebs/volume:Volume", "volume", { size: 20, encrypted: "[unknown]" }),
    );
    assert.deepEqual(values, { size: 20 });
    assert.deepEqual(change.after_unknown, { encrypted: true });
  });

  it("leave components, providers and random names to those who made them", () => {
    const names = [
      "pulumi:pulumi:Stack",
      "pulumi:providers:aws",
      "random:index/randomId:RandomId",
      "proving-ground:infra:Network",
    ];
    const plan = terraformPlan(
      "dev",
      names.map((type, at) => resource(type, `none-${String(at)}`)),
    );
    assert.deepEqual(plan.resource_changes, []);
  });

  it("give documents plausible ARNs", () => {
    assert.equal(
      plausible('["[bucket.arn]/*","[key.arn]","arn:aws:ssm:us-west-2:[aws.account]:parameter/x"]', [
        BUCKET,
        KEY,
      ]),
      '["arn:aws:s3:::bucket/*","arn:aws:kms:us-west-2:123456789012:key/00000000-0000-0000-0000-000000000000","arn:aws:ssm:us-west-2:123456789012:parameter/x"]',
    );
  });

  const refused: readonly (readonly [string, Audited, RegExp])[] = [
    [
      "an unlisted type",
      resource("aws:rds/instance:Instance", "database"),
      /No Terraform type is known for aws:rds\/instance:Instance/,
    ],
    [
      "an unlisted nested input",
      resource("aws:s3/bucket:Bucket", "bucket", { website: { indexDocument: "index.html" } }),
      /input website is an object/,
    ],
    [
      "a marker of nothing",
      resource("aws:s3/bucket:Bucket", "bucket", { bucket: "[nobody.id]" }),
      /\[nobody\.id\] names no resource/,
    ],
    [
      "an ARN of unknown form",
      resource("aws:ec2/vpc:Vpc", "network", { cidrBlock: "x-[network.arn]" }),
      /has no `arn` for aws:ec2\/vpc:Vpc/,
    ],
  ];
  for (const [what, planned, message] of refused) {
    it(`refuse ${what}: it would pass its audit unseen`, () => {
      assert.throws(() => terraformPlan("dev", [planned]), message);
    });
  }
});
