import * as aws from "@pulumi/aws";
import { Amounts, budget, group, OWNED } from "./hosts.ts";
import { resourceRules } from "./resource-rules.ts";

/** Programs by name: one fault each, save for `resource-rules` with one of every rule on single resources. */
export const CASES: Readonly<Record<string, () => void>> = {
  "resource-rules": resourceRules,

  "daily-cost"() {
    watched();
    new Amounts("budget", { usdPerDay: 1, worstCaseUsdPerDay: 100 });
    group("storage-1", { instanceType: "i4i.2xlarge" });
  },

  "worst-case-cost"() {
    watched();
    new Amounts("budget", { usdPerDay: 10, worstCaseUsdPerDay: 15 });
    group("storage-1", { instanceType: "i4i.2xlarge", hoursPerDay: "1" });
  },

  "greatest-loss"() {
    watched();
    new Amounts("budget", { usdPerDay: 20, worstCaseUsdPerDay: 25 });
    group("storage-1", { instanceType: "i4i.2xlarge", hoursPerDay: "1" });
  },

  "budget-with-alarms"() {
    budget("forecast", "FORECASTED");
    group("storage-1");
  },

  "unbudgeted-hosts"() {
    new Amounts("budget", { unbudgeted: "The account of a course, closed in a week." });
    group("storage-1");
  },

  "instance-types-priced"() {
    watched();
    new aws.ec2.TrafficMirrorSession("mirror", {
      networkInterfaceId: "eni-0123456789abcdef0",
      trafficMirrorFilterId: "tmf-0123456789abcdef0",
      trafficMirrorTargetId: "tmt-0123456789abcdef0",
      sessionNumber: 1,
      tags: OWNED,
    });
  },

  "dearest-node"() {
    watched();
    group("storage-1", { instanceType: "i4i.8xlarge", hoursPerDay: "1" });
    group("storage-2");
  },

  "role-count"() {
    watched();
    group("conduit", { role: "conduit", instanceType: "t3.medium", maxSize: 51 });
    group("storage", { maxSize: 2 });
  },

  "schedule-or-lease"() {
    watched();
    group("storage-1", { hoursPerDay: undefined });
    const scheduled = group("storage-2", { hoursPerDay: undefined });
    for (const [name, desiredCapacity, recurrence] of [
      ["start", 1, "0 8 * * *"],
      ["stop", 0, "0 16 * * *"],
    ] as const) {
      new aws.autoscaling.Schedule(`storage-2-${name}`, {
        scheduledActionName: name,
        autoscalingGroupName: scheduled.name,
        minSize: -1,
        maxSize: -1,
        desiredCapacity,
        recurrence,
      });
    }
  },

  "unattached-address"() {
    new aws.ec2.Eip("unattached-address-bad", { domain: "vpc", tags: OWNED });
    const used = new aws.ec2.Eip("unattached-address-good", { domain: "vpc", tags: OWNED });
    new aws.ec2.EipAssociation("association", {
      allocationId: used.id,
      networkInterfaceId: "eni-0123456789abcdef0",
    });
  },

  "bucket-lifecycle"() {
    new aws.s3.Bucket("bucket-lifecycle-bad", { tags: OWNED });
    const uploads = new aws.s3.Bucket("bucket-lifecycle-uploads", { tags: OWNED });
    lifecycle("uploads-lifecycle", uploads, { prefix: "uploads/" });
    lifecycle("good-lifecycle", new aws.s3.Bucket("bucket-lifecycle-good", { tags: OWNED }), {});
  },

  /** The instance type is the output of a resource that does not exist yet. */
  "unknown-type"() {
    watched();
    new Amounts("budget", { usdPerDay: 15, worstCaseUsdPerDay: 25 });
    const parameter = new aws.ssm.Parameter("type", {
      name: "/type",
      type: "String",
      value: "c7a.large",
      tags: OWNED,
    });
    group("storage-1", { instanceType: parameter.arn });
  },

  waivers() {
    watched();
    new Amounts("budget", { usdPerDay: 1, worstCaseUsdPerDay: 100 });
    group("storage-1", { instanceType: "i4i.2xlarge" });
    new aws.cloudwatch.LogGroup("kept", { retentionInDays: 0, tags: OWNED });
  },
};

function watched(): void {
  budget("day");
}

function lifecycle(name: string, bucket: aws.s3.Bucket, filter: { readonly prefix?: string }): void {
  new aws.s3.BucketLifecycleConfiguration(name, {
    bucket: bucket.id,
    rules: [
      {
        id: "uploads-abort",
        status: "Enabled",
        filter,
        abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
      },
    ],
  });
}
