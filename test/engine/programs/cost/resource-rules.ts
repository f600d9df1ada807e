import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { budget, group, OWNED } from "./hosts.ts";

const ZONE = "us-west-2b";

/** For each rule on single resources one that it refuses and a neighbour that it passes. */
export function resourceRules(): void {
  budget("day");
  const key = new aws.kms.Key("key", { enableKeyRotation: true, tags: OWNED });

  group("allowed-instance-types-bad", { instanceType: "g5.xlarge" });
  group("allowed-instance-types-good");
  group("cluster-on-spot-bad", { onDemandBase: 1 });
  group("cluster-on-spot-good");

  const network = new pulumi.ComponentResource("proving-ground:infra:Network", "network");
  const gateway = { connectivityType: "private", subnetId: "subnet-0123456789abcdef0", tags: OWNED };
  new aws.ec2.NatGateway("nat-gateway-asked-bad", gateway);
  new aws.ec2.NatGateway("nat-gateway-asked-good", gateway, { parent: network });

  const volume = { availabilityZone: ZONE, encrypted: true, tags: OWNED };
  new aws.ebs.Volume("volumes-gp3-bad", { ...volume, size: 100, type: "io1", iops: 1000 });
  new aws.ebs.Volume("volumes-gp3-unset", { ...volume, size: 100 });
  new aws.ebs.Volume("volumes-gp3-mended", { ...volume, size: 100, type: "gp2", kmsKeyId: key.arn });
  new aws.ebs.Volume("volumes-gp3-large", { ...volume, size: 500, type: "gp2" });
  new aws.ebs.Volume("volumes-gp3-good", { ...volume, size: 100, type: "gp3" });
  new aws.ebs.Volume("volume-size-bad", { ...volume, size: 4096, type: "gp3" });
  new aws.ebs.Volume("volume-size-good", { ...volume, size: 2048, type: "gp3" });

  new aws.cloudwatch.LogGroup("log-retention-bad", { kmsKeyId: key.arn, tags: OWNED });
  new aws.cloudwatch.LogGroup("log-retention-good", { retentionInDays: 30, kmsKeyId: key.arn, tags: OWNED });
}
