import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Two editions of one program: between them something is replaced, deleted, updated and created. The canary
 * must be found in no comment.
 */
const later = new pulumi.Config().get("edition") === "later";

new aws.ssm.Parameter("token", {
  name: "/commented/token",
  type: "SecureString",
  value: pulumi.secret(later ? "canary-new-1234" : "canary-old-1234"),
});
new aws.ec2.Instance("keeper", {
  ami: later ? "ami-0123456789abcdef1" : "ami-0123456789abcdef0",
  instanceType: "t3.medium",
  subnetId: "subnet-0123456789abcdef0",
});
new aws.s3.Bucket("store", { bucket: "commented-store", tags: { Name: later ? "second" : "first" } });
if (later) new aws.s3.Bucket("new-store", { bucket: "commented-new-store" });
else new aws.s3.Bucket("old-store", { bucket: "commented-old-store" });
