import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../lib/iam.ts";
import { componentType, physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";

export interface EncryptionKeyArgs {
  readonly scope: Scope;
  /** Refuse deletion: what the key encrypts is lost with it. */
  readonly protect: boolean;
}

/**
 * One customer-managed KMS key for the environment's topic, logs and artifacts.
 *
 * A customer key and not `alias/aws/sns`: under Amazon's own key CloudWatch alarms and AWS Budgets
 * are dropped in silence. Cost: 1 USD a month.
 */
export class EncryptionKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, { scope, protect }: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EncryptionKey"), name, {}, opts);
    const parent = { parent: this };
    const { account, region } = scope;

    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `proving-ground ${scope.environment}: alarms, logs and artifacts`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policyDocument([
          {
            sid: "AccountDecidesByIam",
            principals: { AWS: pulumi.interpolate`arn:aws:iam::${account}:root` },
            actions: ["kms:*"],
            resources: ["*"],
          },
          {
            sid: "BudgetsAndAlarmsPublish",
            principals: { Service: ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"] },
            actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
            resources: ["*"],
            conditions: { StringEquals: { "aws:SourceAccount": account } },
          },
          {
            sid: "LogGroupsOfThisEnvironment",
            principals: { Service: `logs.${region}.amazonaws.com` },
            actions: [
              "kms:Encrypt",
              "kms:Decrypt",
              "kms:ReEncrypt*",
              "kms:GenerateDataKey*",
              "kms:DescribeKey",
            ],
            resources: ["*"],
            conditions: {
              ArnLike: {
                "kms:EncryptionContext:aws:logs:arn": pulumi.interpolate`arn:aws:logs:${region}:${account}:log-group:/proving-ground/${scope.environment}/*`,
              },
            },
          },
        ]),
        tags: tagsFor(scope, name),
      },
      { ...parent, protect },
    );
    new aws.kms.Alias(
      `${name}-alias`,
      { name: `alias/${physicalName(scope, "key")}`, targetKeyId: key.keyId },
      parent,
    );

    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
