import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../../lib/iam.ts";
import { componentType } from "../../lib/names.ts";
import { tagsFor } from "../../lib/tags.ts";
import type { Account } from "../names.ts";
import { closeBucket } from "../../lib/private-bucket.ts";

export interface StateBucketArgs {
  readonly account: Account;
  readonly bucket: string;
  /** Days for which a replaced or deleted version stays restorable. */
  readonly versionsKeptDays: number;
  readonly keyArn: pulumi.Input<string>;
  /** ARNs of those who may delete versions and change how the bucket keeps them. */
  readonly administrators: readonly string[];
}

/** The newest versions of a state are kept for ever, whatever their age: an environment may rest for a year. */
const NEWEST_VERSIONS_KEPT = 50;

/**
 * S3 bucket of every environment's state: versioned, encrypted, TLS only. It outlives this stack: Pulumi refuses to
 * delete it and what protects it, forgets rather than deletes them where the protection was lifted, and the bucket's
 * own policy refuses everybody but administrators. Cost: 0.023 USD per GB-month; a state has some 100 kB.
 */
export class StateBucket extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;

  constructor(name: string, args: StateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("StateBucket"), name, {}, opts);
    const kept = { parent: this, protect: true, retainOnDelete: true };

    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { bucket: args.bucket, forceDestroy: false, tags: tagsFor(args.account, name) },
      kept,
    );
    const { closed, versioning, encryption } = closeBucket(name, bucket.id, args.keyArn, kept);
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket: bucket.id, rules: lifecycle(args.versionsKeptDays) },
      { ...kept, dependsOn: [versioning] },
    );
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.id, policy: bucketPolicy(args) },
      { ...kept, dependsOn: [closed] },
    );

    // Whoever writes a state first must find encryption and versions switched on.
    this.bucketName = pulumi
      .all([bucket.bucket, encryption.id, versioning.id])
      .apply(([bucketName]) => bucketName);
    this.registerOutputs({ bucketName: this.bucketName });
  }
}

function bucketPolicy({ account, bucket, administrators }: StateBucketArgs): pulumi.Output<string> {
  const arn = `arn:aws:s3:::${bucket}`;
  return policyDocument([
    {
      sid: "TlsOnly",
      effect: "Deny",
      principals: "*",
      actions: ["s3:*"],
      resources: [arn, `${arn}/*`],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      sid: "OnlyAdministratorsErase",
      effect: "Deny",
      principals: "*",
      actions: [
        "s3:BypassGovernanceRetention",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObjectVersion",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutReplicationConfiguration",
      ],
      resources: [arn, `${arn}/*`],
      // The account itself stays able to repair a policy that shuts everybody out.
      conditions: {
        ArnNotEquals: { "aws:PrincipalArn": [...administrators, `arn:aws:iam::${account.account}:root`] },
      },
    },
  ]);
}

function lifecycle(days: number): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  return [
    {
      id: "states-restorable",
      status: "Enabled",
      filter: { prefix: ".pulumi/stacks/" },
      noncurrentVersionExpiration: {
        noncurrentDays: days,
        newerNoncurrentVersions: NEWEST_VERSIONS_KEPT,
      },
    },
    {
      // A lock lives for minutes, and its deletion leaves a version each time.
      id: "locks-expire",
      status: "Enabled",
      filter: { prefix: ".pulumi/locks/" },
      noncurrentVersionExpiration: { noncurrentDays: 30 },
    },
    {
      id: "uploads-abort",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
    },
  ];
}
