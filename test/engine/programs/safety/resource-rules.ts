import * as aws from "@pulumi/aws";
import { ACCOUNT, document, HOST_TRUST, instance, KEY_ARN, TAGS, template } from "./support.ts";

/** A resource `<rule>-bad` and a neighbour `<rule>-good` for every rule on single AWS resources. */
export function resourceRules(): void {
  hosts();
  firewalls();
  stores();
  rights();
  new aws.ec2.Vpc("required-tags-bad", { cidrBlock: "10.1.0.0/16", tags: { Name: "nobody's" } });
  new aws.ec2.Vpc("required-tags-good", { cidrBlock: "10.2.0.0/16", tags: TAGS });
}

/** A policy that names the ARN of a new topic: at preview the engine knows no word of it. */
export function lateRights(): void {
  const { arn } = new aws.sns.Topic("alarms", { kmsMasterKeyId: KEY_ARN, tags: TAGS });
  for (const [name, action] of [
    ["no-wildcard-actions-bad", "sns:*"],
    ["no-wildcard-actions-good", "sns:Publish"],
  ] as const)
    new aws.iam.RolePolicy(name, {
      role: "worker",
      policy: arn.apply((topic) =>
        document({ Sid: "Work", Effect: "Allow", Action: action, Resource: topic }),
      ),
    });
}

function hosts(): void {
  instance("ebs-encrypted-bad", { rootBlockDevice: { volumeType: "gp3", volumeSize: 20 } });
  instance("ebs-encrypted-good");
  template("imdsv2-bad", { metadataOptions: { httpTokens: "optional", httpPutResponseHopLimit: 1 } });
  template("imdsv2-good");
  template("no-instance-key-pair-bad", { keyName: "laptop" });
  template("no-instance-key-pair-good");
  const script = (line: string) => Buffer.from(`#!/bin/bash\n${line}\n`).toString("base64");
  // In two parts, so that no scanner takes this file for a leak.
  template("no-secret-text-bad", {
    userData: script(`export GITHUB_TOKEN=ghp_${"0123456789".repeat(4)}`),
  });
  template("no-secret-text-good", {
    userData: script('token=$(aws secretsmanager get-secret-value --secret-id "$1")'),
  });
}

function firewalls(): void {
  const open = (name: string, port: number, cidrIpv4: string) =>
    new aws.vpc.SecurityGroupIngressRule(name, {
      securityGroupId: "sg-0123456789abcdef0",
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      cidrIpv4,
      tags: TAGS,
    });
  open("no-public-ingress-bad", 9400, "0.0.0.0/0");
  open("no-public-ingress-good", 9400, "10.0.0.0/16");
  open("no-port-22-bad", 22, "0.0.0.0/0");
  open("no-port-22-good", 22, "10.0.0.0/16");
}

function stores(): void {
  new aws.sns.Topic("topic-encrypted-with-own-key-bad", { kmsMasterKeyId: "alias/aws/sns", tags: TAGS });
  new aws.sns.Topic("topic-encrypted-with-own-key-good", { kmsMasterKeyId: KEY_ARN, tags: TAGS });
  new aws.sqs.Queue("queue-encrypted-bad", { tags: TAGS });
  new aws.sqs.Queue("queue-encrypted-good", { kmsMasterKeyId: KEY_ARN, tags: TAGS });
  new aws.cloudwatch.LogGroup("log-group-encrypted-bad", { retentionInDays: 30, tags: TAGS });
  new aws.cloudwatch.LogGroup("log-group-encrypted-good", {
    retentionInDays: 30,
    kmsKeyId: KEY_ARN,
    tags: TAGS,
  });
  const kept = { protect: true };
  new aws.kms.Key("kms-rotation-bad", { tags: TAGS }, kept);
  const key = new aws.kms.Key("kms-rotation-good", { enableKeyRotation: true, tags: TAGS }, kept);
  // Its key is unknown at preview, which is no fault.
  new aws.sns.Topic("topic-encrypted-with-own-key-new", { kmsMasterKeyId: key.arn, tags: TAGS });
  new aws.secretsmanager.Secret("data-protected-in-prod-bad", { tags: TAGS });
  new aws.secretsmanager.Secret("data-protected-in-prod-good", { tags: TAGS }, kept);
}

function rights(): void {
  const policy = (name: string, action: string, resource: string) =>
    new aws.iam.RolePolicy(name, {
      role: "worker",
      policy: document({ Sid: "Work", Effect: "Allow", Action: [action], Resource: resource }),
    });
  const objects = "arn:aws:s3:::releases/*";
  policy("no-wildcard-actions-bad", "s3:*", objects);
  policy("no-wildcard-actions-good", "s3:GetObject", objects);
  policy("no-wildcard-resources-bad", "s3:GetObject", "*");
  policy("no-wildcard-resources-good", "ec2:DescribeInstances", "*");

  const topic = `arn:aws:sns:us-west-2:${ACCOUNT}:alarms`;
  const publishers = (name: string, principal: unknown) =>
    new aws.sns.TopicPolicy(name, {
      arn: topic,
      policy: document({
        Sid: "Publish",
        Effect: "Allow",
        Principal: principal,
        Action: "sns:Publish",
        Resource: topic,
      }),
    });
  publishers("no-open-principals-bad", "*");
  publishers("no-open-principals-good", { AWS: `arn:aws:iam::${ACCOUNT}:role/guard` });

  const issuer = "token.actions.githubusercontent.com";
  const trusted = (name: string, operator: string, subject: string) =>
    new aws.iam.Role(name, {
      tags: TAGS,
      assumeRolePolicy: document({
        Sid: "Deploy",
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            ...(operator === "StringEquals" ? { [`${issuer}:sub`]: subject } : {}),
          },
          ...(operator === "StringEquals" ? {} : { [operator]: { [`${issuer}:sub`]: subject } }),
        },
      }),
    });
  trusted("oidc-trust-exact-bad", "StringLike", "repo:example/claudefs:*");
  trusted("oidc-trust-exact-good", "StringEquals", "repo:example/claudefs:environment:prod");

  const managed = (name: string, policyName: string) =>
    new aws.iam.RolePolicyAttachment(name, {
      role: "worker",
      policyArn: `arn:aws:iam::aws:policy/${policyName}`,
    });
  managed("no-admin-policy-attachment-bad", "AdministratorAccess");
  managed("no-admin-policy-attachment-good", "AmazonSSMManagedInstanceCore");
  new aws.iam.User("no-iam-users-bad", { tags: TAGS });
  new aws.iam.Role("no-iam-users-good", { assumeRolePolicy: HOST_TRUST, tags: TAGS });
}
