import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What every taggable resource needs, so that a bad resource has one fault only. */
export const TAGS = {
  "proving-ground:project": "proving-ground",
  "proving-ground:environment": "dev",
  "proving-ground:owner": "claudefs",
};

export const ACCOUNT = "123456789012";
export const KEY_ARN = `arn:aws:kms:us-west-2:${ACCOUNT}:key/11111111-2222-4333-8444-555555555555`;

type Statement = Readonly<Record<string, unknown>>;

export function document(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export const HOST_TRUST = document({
  Effect: "Allow",
  Principal: { Service: "ec2.amazonaws.com" },
  Action: "sts:AssumeRole",
});

/** An instance without a fault, but for what a fixture changes. */
export function instance(name: string, changes: Partial<aws.ec2.InstanceArgs> = {}): aws.ec2.Instance {
  return new aws.ec2.Instance(name, {
    ami: "ami-0123456789abcdef0",
    instanceType: "t3.medium",
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 20 },
    tags: TAGS,
    ...changes,
  });
}

/** A launch template without a fault, but for what a fixture changes. */
export function template(
  name: string,
  changes: Partial<aws.ec2.LaunchTemplateArgs> = {},
): aws.ec2.LaunchTemplate {
  return new aws.ec2.LaunchTemplate(name, {
    imageId: "ami-0123456789abcdef0",
    instanceType: "t3.medium",
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      { deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeType: "gp3", volumeSize: 20 } },
    ],
    tags: TAGS,
    ...changes,
  });
}

/** A resource of the GitHub provider, whose SDK is no dependency of this project. */
export class GithubResource extends pulumi.CustomResource {
  constructor(type: string, name: string, inputs: pulumi.Inputs) {
    super(`github:${type}`, name, inputs);
  }
}

/** What this project's component says of a repository, for the rules that judge by it. */
export class GovernedRepository extends pulumi.ComponentResource {
  constructor(name: string, facts: Readonly<Record<string, unknown>>) {
    super("proving-ground:infra:GovernedRepository", name, facts);
    this.registerOutputs(facts);
  }
}
