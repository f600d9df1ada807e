import assert from "node:assert/strict";
import { UNKNOWN } from "../../model/resource.ts";
import { UnpricedError } from "../../pricing/errors.ts";
import { estimate } from "../../pricing/estimate.ts";
import { isUnpriced, unpricedResources } from "../../pricing/unpriced.ts";
import { CATALOGUE, provider, record, slot } from "./records.ts";

const REGION = provider("us-west-2");

function instanceUsd(...resources: Parameters<typeof estimate>[0]): number | undefined {
  const { lines } = estimate([REGION, ...resources], CATALOGUE);
  return lines.find(({ item }) => item.includes("instance ("))?.usdPerDay;
}

describe("values that only AWS will know", () => {
  const dearest = CATALOGUE.dearest("us-west-2");
  const dearestDay = dearest.price.usdPerHour.times(24).toNumber();
  const root = { rootBlockDevice: { volumeSize: 8, volumeType: "gp3" } };

  it("FM-48: judge an unknown instance type at the dearest of the region, and say so", () => {
    for (const instanceType of [UNKNOWN, "[chooser.type]"]) {
      const instance = record("aws:ec2/instance:Instance", "box", { instanceType, ...root });
      const summary = estimate([REGION, instance], CATALOGUE);
      assert.equal(summary.lines.find(({ item }) => item.includes("instance ("))?.usdPerDay, dearestDay);
      assert.ok(
        summary.notes.includes(
          `Instance type not known yet, counted as ${dearest.type}, the dearest with a price in us-west-2: instance box.`,
        ),
      );
    }
  });

  it("FM-48: judge a group with one unknown type, no type, or an unknown policy the same", () => {
    assert.equal(instanceUsd(...slot("a", { types: ["c7a.large", UNKNOWN], hoursPerDay: 24 })), dearestDay);
    const [template, group] = slot("a", { types: [], hoursPerDay: 24 });
    assert.ok(template !== undefined && group !== undefined);
    assert.equal(instanceUsd(template, group), dearestDay);
    const opaque = { ...group, inputs: { ...group.inputs, mixedInstancesPolicy: UNKNOWN } };
    assert.equal(instanceUsd(template, opaque), dearestDay);
  });

  it("FM-48: price an unknown market and an unknown on-demand part on demand", () => {
    const [template, group] = slot("a", { types: ["c7a.xlarge"], hoursPerDay: 1 });
    assert.ok(template !== undefined && group !== undefined);
    const policy = group.inputs["mixedInstancesPolicy"] as Record<string, unknown>;
    for (const distribution of [
      UNKNOWN,
      { onDemandPercentageAboveBaseCapacity: UNKNOWN },
      { onDemandBaseCapacity: UNKNOWN, onDemandPercentageAboveBaseCapacity: 0 },
    ]) {
      const inputs: Record<string, unknown> = {
        ...group.inputs,
        mixedInstancesPolicy: { ...policy, instancesDistribution: distribution },
      };
      assert.equal(instanceUsd(template, { ...group, inputs }), 0.20528, JSON.stringify(distribution));
    }
  });

  it("FM-48: count a public address that is not known yet", () => {
    const instance = record("aws:ec2/instance:Instance", "box", {
      instanceType: "c7a.xlarge",
      associatePublicIpAddress: UNKNOWN,
      ...root,
    });
    const summary = estimate([REGION, instance], CATALOGUE);
    assert.equal(summary.lines.find(({ item }) => item === "public IPv4 address")?.usdPerDay, 0.12);
    assert.ok(summary.notes.includes("Public IPv4 address not known yet, counted as given: instance box."));
  });

  it("FM-48: refuse sizes and counts that nothing bounds, all at once", () => {
    const resources = [
      ...slot("a", { types: ["c7a.xlarge"], maxSize: UNKNOWN }),
      record("aws:ebs/volume:Volume", "disk", { size: UNKNOWN, type: "gp3" }),
      record("aws:lambda/function:Function", "fn", { memorySize: UNKNOWN }),
      record("aws:ec2/instance:Instance", "box", { instanceType: "c7a.xlarge", rootBlockDevice: UNKNOWN }),
    ];
    assert.throws(
      () => estimate([REGION, ...resources], CATALOGUE),
      (error: unknown) => {
        assert.ok(error instanceof UnpricedError);
        assert.equal(error.problems.length, 4, error.message);
        for (const named of [
          "maxSize of group a",
          "size of the volume of disk",
          "memory of function fn",
          "root volume of instance box",
        ]) {
          assert.ok(error.message.includes(named), named);
        }
        return true;
      },
    );
  });
});

describe("prices that are missing", () => {
  it("are thrown together, each with what to do", () => {
    const resources = [
      ...slot("a", { types: ["c7z.large", "c7a.large"] }),
      ...slot("b", { types: ["x9.metal"] }),
      record("aws:ec2/instance:Instance", "box", { instanceType: "c7z.large" }),
    ];
    assert.throws(
      () => estimate([REGION, ...resources], CATALOGUE),
      (error: unknown) => {
        assert.ok(error instanceof UnpricedError);
        assert.match(
          error.message,
          /^2 prices are missing:\n {2}No on-demand price of c7z\.large in us-west-2\./,
        );
        assert.match(error.message, /ground prices refresh --region us-west-2 --type x9\.metal/);
        return true;
      },
    );
  });

  it("are thrown for a region without prices, even where the type is unknown", () => {
    const box = (instanceType: string): readonly ReturnType<typeof record>[] => [
      provider("sa-east-1"),
      record("aws:ec2/instance:Instance", "box", { instanceType }),
    ];
    assert.throws(
      () => estimate(box("c7a.large"), CATALOGUE),
      /c7a\.large in sa-east-1\. Regions with prices: us-east-1, us-west-2/,
    );
    assert.throws(() => estimate(box(UNKNOWN), CATALOGUE), /any instance type in sa-east-1/);
  });
});

describe("the region of a plan", () => {
  it("is the project's default where no provider names one, with a note", () => {
    const summary = estimate([], CATALOGUE);
    assert.equal(summary.region, "us-west-2");
    assert.deepEqual(summary.notes, ["No AWS provider names its region: priced in us-west-2."]);
  });

  it("is the first of several, with a note", () => {
    const second = record("pulumi:providers:aws", "zz", { region: "us-west-2" });
    const summary = estimate([second, provider("us-east-1")], CATALOGUE);
    assert.equal(summary.region, "us-east-1");
    assert.match(summary.notes.join(), /several regions \(us-east-1, us-west-2\)/);
  });
});

describe("what the estimate cannot price", () => {
  it("is noted once a type, with names", () => {
    const databases = ["g", "f", "e", "d", "c", "b", "a"].map((name) =>
      record("aws:rds/instance:Instance", name),
    );
    const { notes } = estimate([REGION, ...databases], CATALOGUE);
    assert.deepEqual(notes, [
      "Not priced, the sum is short of it: aws:rds/instance:Instance: a, b, c, d, e and 2 more.",
    ]);
    assert.deepEqual(unpricedResources([REGION, ...databases]), databases);
  });

  for (const type of [
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "aws:ec2/fleet:Fleet",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:elasticache/cluster:Cluster",
    "aws:redshift/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "aws:sagemaker/endpoint:Endpoint",
    "aws:ecs/service:Service",
    "aws-native:ec2:Instance",
    "gcp:compute/instance:Instance",
  ]) {
    it(`includes ${type}`, () => {
      assert.equal(isUnpriced(type), true);
    });
  }

  for (const type of [
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:lb/listener:Listener",
    "aws:iam/role:Role",
    "aws:ec2/vpc:Vpc",
    "aws:budgets/budget:Budget",
    "aws:ec2/flowLog:FlowLog",
    "aws:autoscaling/group:Group",
    "github:index/repository:Repository",
    "proving-ground:infra:Network",
    "pulumi:providers:gcp",
    "pulumi:pulumi:Stack",
  ]) {
    it(`leaves out ${type}`, () => {
      assert.equal(isUnpriced(type), false);
    });
  }
});
