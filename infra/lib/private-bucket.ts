import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/**
 * What makes a bucket private and its objects kept: owner enforced, no public access, versions, encryption by a key
 * of one's own. Gives what policies and lifecycles have to wait for.
 */
export function closeBucket(
  name: string,
  bucket: pulumi.Input<string>,
  keyArn: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
) {
  new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    options,
  );
  const closed = new aws.s3.BucketPublicAccessBlock(
    `${name}-closed`,
    {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    options,
  );
  const versioning = new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket, versioningConfiguration: { status: "Enabled" } },
    options,
  );
  const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
          bucketKeyEnabled: true,
        },
      ],
    },
    options,
  );
  return { closed, versioning, encryption };
}
