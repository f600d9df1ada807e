import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { policyDocument } from "../lib/iam.ts";
import { componentType, physicalName, type Scope } from "../lib/names.ts";
import { PREFIXES } from "../lib/prefixes.ts";
import { tagsFor } from "../lib/tags.ts";
import type { ArtifactsSettings } from "../settings/schema.ts";
import { closeBucket } from "../lib/private-bucket.ts";

export interface ArtifactStoreArgs {
  readonly scope: Scope;
  readonly settings: ArtifactsSettings;
  readonly keyArn: pulumi.Input<string>;
  /** Refuse deletion of the bucket. */
  readonly protect: boolean;
}

/**
 * S3 bucket for releases, run logs and host bundles: versioned, encrypted with the environment's key
 * (one bucket key, so that requests to KMS stay few), TLS-only, closed to the public.
 * Cost: 0.023 USD per GB-month.
 */
export class ArtifactStore extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;

  constructor(
    name: string,
    { scope, settings, keyArn, protect }: ArtifactStoreArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(componentType("ArtifactStore"), name, {}, opts);
    const parent = { parent: this };

    const suffix = new random.RandomId(`${name}-suffix`, { byteLength: 4 }, parent);
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      {
        bucket: pulumi.interpolate`${physicalName(scope, name)}-${suffix.hex}`,
        forceDestroy: settings.destroyWhenNotEmpty,
        tags: tagsFor(scope, name),
      },
      { ...parent, protect },
    );
    const { closed, versioning, encryption } = closeBucket(name, bucket.id, keyArn, parent);
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket: bucket.id, policy: tlsOnly(bucket.arn) },
      { ...parent, dependsOn: [closed] },
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      { bucket: bucket.id, rules: lifecycle(settings) },
      { ...parent, dependsOn: [versioning] },
    );

    // Whoever writes an object first must find encryption and versions switched on.
    this.bucketName = pulumi
      .all([bucket.bucket, encryption.id, versioning.id])
      .apply(([bucketName]) => bucketName);
    this.bucketArn = bucket.arn;
    this.registerOutputs({ bucketName: this.bucketName, expectedGib: settings.expectedGib });
  }
}

function tlsOnly(bucketArn: pulumi.Input<string>): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "TlsOnly",
      effect: "Deny",
      principals: "*",
      actions: ["s3:*"],
      resources: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
}

/** Releases are kept; run logs and replaced host bundles expire; broken uploads never linger. */
function lifecycle({
  runLogsExpireDays,
  hostBundlesExpireDays,
}: ArtifactsSettings): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  return [
    {
      id: "releases-kept",
      status: "Enabled",
      filter: { prefix: PREFIXES.releases },
      noncurrentVersionTransitions: [{ noncurrentDays: 30, storageClass: "STANDARD_IA" }],
    },
    {
      id: "runs-expire",
      status: "Enabled",
      filter: { prefix: PREFIXES.runs },
      expiration: { days: runLogsExpireDays },
      noncurrentVersionExpiration: { noncurrentDays: 7 },
    },
    // A bundle in use never expires by age, or hosts could not boot: replacing it makes it noncurrent, and that expires.
    {
      id: "hosts-expire",
      status: "Enabled",
      filter: { prefix: PREFIXES.hosts },
      noncurrentVersionExpiration: { noncurrentDays: hostBundlesExpireDays },
    },
    {
      id: "uploads-abort",
      status: "Enabled",
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
    },
  ];
}
