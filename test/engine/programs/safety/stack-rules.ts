import * as aws from "@pulumi/aws";
import { document, HOST_TRUST, KEY_ARN, TAGS, template } from "./support.ts";

/** Buckets that each lack one side, and one that has them all. */
export function buckets(): void {
  const sides = ["bucket-encrypted", "bucket-tls-only", "bucket-public-access-blocked", "bucket-versioned"];
  for (const name of [...sides.map((side) => `${side}-bad`), "bucket-good"]) bucketWithout(name);
}

function bucketWithout(name: string): void {
  const { id: bucket } = new aws.s3.Bucket(name, { tags: TAGS }, { protect: true });
  if (name !== "bucket-encrypted-bad")
    new aws.s3.BucketServerSideEncryptionConfiguration(name, {
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: KEY_ARN } }],
    });
  if (name !== "bucket-tls-only-bad") {
    const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };
    const policy = document({ ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } });
    new aws.s3.BucketPolicy(name, { bucket, policy });
  }
  const blocked = name !== "bucket-public-access-blocked-bad";
  new aws.s3.BucketPublicAccessBlock(name, {
    bucket,
    blockPublicAcls: true,
    ignorePublicAcls: true,
    blockPublicPolicy: blocked,
    restrictPublicBuckets: blocked,
  });
  const status = name === "bucket-versioned-bad" ? "Suspended" : "Enabled";
  new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status } });
}

/** Networks that each lack one thing, and security groups of hosts. */
export function network(): void {
  const bad = ["default-security-group-closed-bad", "flow-logs-bad"];
  const vpcs = [...bad, "network-good"].map(
    (name) => [name, new aws.ec2.Vpc(name, { cidrBlock: "10.0.0.0/16", tags: TAGS }).id] as const,
  );
  for (const [name, vpcId] of vpcs) {
    if (name !== "flow-logs-bad")
      new aws.ec2.FlowLog(name, {
        vpcId,
        trafficType: "ALL",
        logDestinationType: "s3",
        logDestination: "arn:aws:s3:::flow-logs",
        tags: TAGS,
      });
    if (name !== "default-security-group-closed-bad")
      new aws.ec2.DefaultSecurityGroup(name, { vpcId, tags: TAGS });
  }
  const open = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
  group("egress-stated-bad", { egress: [open] });
  group("egress-stated-silent-bad", {});
  const good = group("egress-stated-good", {});
  new aws.vpc.SecurityGroupEgressRule("egress-stated-good", {
    securityGroupId: good.id,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    cidrIpv4: "0.0.0.0/0",
    tags: TAGS,
  });
}

function group(name: string, args: Partial<aws.ec2.SecurityGroupArgs>): aws.ec2.SecurityGroup {
  const made = new aws.ec2.SecurityGroup(name, { description: "Hosts of a test", tags: TAGS, ...args });
  template(name, { networkInterfaces: [{ securityGroups: [made.id] }] });
  return made;
}

/** A guard whose failures nobody sees, and one that is watched. */
export function functions(): void {
  for (const name of ["function-failures-seen-bad", "function-failures-seen-good"]) {
    const made = new aws.lambda.Function(name, {
      name,
      role: "arn:aws:iam::123456789012:role/guard",
      runtime: "nodejs22.x",
      handler: "index.handler",
      s3Bucket: "programs",
      s3Key: "guard.zip",
      tags: { ...TAGS, "proving-ground:role": "guard" },
    });
    if (name.endsWith("-bad")) continue;
    const queue = new aws.sqs.Queue(name, { sqsManagedSseEnabled: true, tags: TAGS });
    new aws.lambda.FunctionEventInvokeConfig(name, {
      functionName: made.name,
      destinationConfig: { onFailure: { destination: queue.arn } },
    });
    new aws.cloudwatch.MetricAlarm(name, {
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: made.name },
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      period: 300,
      statistic: "Sum",
      tags: TAGS,
    });
  }
}

/** Two slots that share a role, and one that has its own. */
export function slots(): void {
  const profile = (name: string) => {
    const { name: role } = new aws.iam.Role(name, { assumeRolePolicy: HOST_TRUST, tags: TAGS });
    return new aws.iam.InstanceProfile(name, { role, tags: TAGS });
  };
  const own = profile("own");
  const shared = profile("shared");
  slot("one-role-per-slot-good", own);
  slot("one-role-per-slot-a", shared);
  slot("one-role-per-slot-bad", shared);
}

function slot(name: string, { arn }: aws.iam.InstanceProfile): void {
  const made = template(name, { iamInstanceProfile: { arn } });
  const tags = { ...TAGS, "proving-ground:slot": name };
  new aws.autoscaling.Group(name, {
    minSize: 0,
    maxSize: 1,
    desiredCapacity: 0,
    availabilityZones: ["us-west-2a"],
    launchTemplate: { id: made.id, version: "1" },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
  });
}
