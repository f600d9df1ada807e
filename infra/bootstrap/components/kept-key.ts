import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../../lib/iam.ts";
import { componentType } from "../../lib/names.ts";
import { tagsFor } from "../../lib/tags.ts";
import type { Account } from "../names.ts";

export interface KeptKeyArgs {
  readonly account: Account;
  /** For example `alias/proving-ground-dev-state`. */
  readonly alias: string;
  readonly description: string;
  /** What may be done with it, by whom: ARNs of roles and users. Nobody else uses it, whatever their own policies say. */
  readonly uses: readonly KeyUse[];
}

export interface KeyUse {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly by: readonly string[];
  /** Only through this service, for example `s3.us-west-2.amazonaws.com`. */
  readonly through?: string;
}

/**
 * A KMS key that states depend on: what it encrypts is lost with it, so Pulumi refuses to delete it. The account
 * manages it by IAM, but who opens anything with it is named here. Cost: 1 USD a month.
 */
export class KeptKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: KeptKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("KeptKey"), name, {}, opts);
    const kept = { parent: this, protect: true, retainOnDelete: true };
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: args.description,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policyDocument([
          management(args.account),
          ...args.uses.map((use) => usage(args.account, use)),
        ]),
        tags: tagsFor(args.account, name),
      },
      kept,
    );
    new aws.kms.Alias(`${name}-alias`, { name: args.alias, targetKeyId: key.keyId }, kept);
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** All that manages a key and opens nothing: no `CreateGrant`, by which a manager could let himself in unseen. */
function management({ account }: Account): Statement {
  return {
    sid: "AccountManagesByIam",
    principals: { AWS: `arn:aws:iam::${account}:root` },
    actions: [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:Describe*",
      "kms:Disable*",
      "kms:Enable*",
      "kms:Get*",
      "kms:List*",
      "kms:PutKeyPolicy",
      "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:Update*",
    ],
    resources: ["*"],
  };
}

/**
 * The account as principal and the users as a condition: a role named as principal must exist before the key does,
 * and one that is made anew is a stranger to it.
 */
function usage({ account }: Account, { sid, actions, by, through }: KeyUse): Statement {
  return {
    sid,
    principals: { AWS: `arn:aws:iam::${account}:root` },
    actions,
    resources: ["*"],
    conditions: {
      ArnEquals: { "aws:PrincipalArn": by },
      ...(through === undefined ? {} : { StringEquals: { "kms:ViaService": through } }),
    },
  };
}
