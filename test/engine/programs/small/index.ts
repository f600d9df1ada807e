import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** A bit of everything that the simulated provider must get right. The configuration varies it. */
const config = new pulumi.Config();

const account = aws.getCallerIdentityOutput();
const vpc = new aws.ec2.Vpc("net", {
  cidrBlock: config.get("cidr") ?? "10.0.0.0/16",
  tags: { Name: config.get("title") ?? "first" },
});
const subnet = new aws.ec2.Subnet("net-a", {
  vpcId: vpc.id,
  cidrBlock: "10.0.1.0/24",
  availabilityZoneId: "usw2-az2",
});
const suffix = new random.RandomId("suffix", { byteLength: 4 });
const bucket = new aws.s3.Bucket("store", { bucket: pulumi.interpolate`store-${suffix.hex}` });
const template = new aws.ec2.LaunchTemplate("slot", {
  name: "slot",
  instanceType: config.get("instanceType") ?? "c7a.large",
});
const group = new aws.autoscaling.Group(
  "slot",
  {
    name: "slot",
    minSize: 0,
    maxSize: 1,
    desiredCapacity: 0,
    maxInstanceLifetime: config.getNumber("lifetime") ?? 86_400,
    vpcZoneIdentifiers: [subnet.id],
    launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
  },
  config.getBoolean("latchable") === false
    ? {}
    : { ignoreChanges: ["desiredCapacity", "suspendedProcesses"] },
);
new aws.ec2.Instance("keeper", {
  ami: "ami-0123456789abcdef0",
  instanceType: "t3.medium",
  subnetId: subnet.id,
  disableApiTermination: config.getBoolean("protected") ?? false,
});
const token = new aws.ssm.Parameter("token", {
  name: "/small/token",
  type: "SecureString",
  value: pulumi.secret("canary-1234"),
});

export const accountId = account.accountId;
export const vpcId = vpc.id;
export const bucketArn = bucket.arn;
export const groupName = group.name;
export const tokenValue = token.value;
