import { KEY, KEY_ID, resource, type BadResource } from "./bad-resource.ts";

const BUCKET = resource("aws:s3/bucket:Bucket", "bucket", { bucket: "example" });
const OF_BUCKET = { bucket: "[bucket.id]" };

const CLOSED = {
  ...OF_BUCKET,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

/** An access block with one of its four doors open. */
function open(check: string, door: keyof typeof CLOSED): BadResource {
  return {
    check,
    wrong: `a bucket's access block without ${door}`,
    resource: resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", {
      ...CLOSED,
      [door]: false,
    }),
    beside: [BUCKET],
    cure: { [door]: true },
  };
}

const lambda = resource("aws:lambda/function:Function", "function", {
  role: "arn:aws:iam::123456789012:role/function",
  runtime: "nodejs22.x",
  handler: "index.handler",
  environment: { variables: { LEDGER: "table" } },
});

const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const RULE = { id: "expire", status: "Enabled", filter: {}, expiration: { days: 30 } };

/** Buckets, queues, tables, logs, functions. */
export const BAD_STORES: readonly BadResource[] = [
  {
    check: "CKV_AWS_21",
    wrong: "a bucket without versions",
    resource: BUCKET,
    cureBeside: [
      resource("aws:s3/bucketVersioning:BucketVersioning", "versions", {
        ...OF_BUCKET,
        versioningConfiguration: { status: "Enabled" },
      }),
    ],
  },
  {
    check: "CKV_AWS_145",
    wrong: "a bucket without a key of ours",
    resource: BUCKET,
    cureBeside: [
      KEY,
      resource(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "encryption",
        {
          ...OF_BUCKET,
          rules: [
            { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "[key.arn]" } },
          ],
        },
      ),
    ],
  },
  {
    check: "CKV2_AWS_6",
    wrong: "a bucket without an access block",
    resource: BUCKET,
    cureBeside: [resource("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", CLOSED)],
  },
  open("CKV_AWS_53", "blockPublicAcls"),
  open("CKV_AWS_54", "blockPublicPolicy"),
  open("CKV_AWS_55", "ignorePublicAcls"),
  open("CKV_AWS_56", "restrictPublicBuckets"),
  {
    check: "CKV2_AWS_61",
    wrong: "a bucket that keeps everything for ever",
    resource: BUCKET,
    cureBeside: [resource(LIFECYCLE, "lifecycle", { ...OF_BUCKET, rules: [RULE] })],
  },
  {
    check: "CKV_AWS_300",
    wrong: "uploads that are never given up",
    resource: resource(LIFECYCLE, "lifecycle", { ...OF_BUCKET, rules: [RULE] }),
    beside: [BUCKET],
    cure: {
      rules: [RULE, { ...RULE, id: "uploads", abortIncompleteMultipartUpload: { daysAfterInitiation: 3 } }],
    },
  },
  {
    check: "CKV2_AWS_65",
    wrong: "a bucket with access lists",
    resource: resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "ownership", {
      ...OF_BUCKET,
      rule: { objectOwnership: "ObjectWriter" },
    }),
    beside: [BUCKET],
    cure: { rule: { objectOwnership: "BucketOwnerEnforced" } },
  },
  {
    check: "CKV_AWS_7",
    wrong: "a key that is never rotated",
    resource: resource("aws:kms/key:Key", "key", { description: "example" }),
    cure: { enableKeyRotation: true },
  },
  {
    check: "CKV_AWS_66",
    wrong: "a log group without a retention",
    resource: resource("aws:cloudwatch/logGroup:LogGroup", "log", { name: "/example" }),
    cure: { retentionInDays: 30 },
  },
  {
    check: "CKV_AWS_338",
    wrong: "a log group of 30 days",
    resource: resource("aws:cloudwatch/logGroup:LogGroup", "log", { name: "/example", retentionInDays: 30 }),
    cure: { retentionInDays: 365 },
  },
  {
    check: "CKV_AWS_158",
    wrong: "a log group without a key of ours",
    resource: resource("aws:cloudwatch/logGroup:LogGroup", "log", { name: "/example" }),
    beside: [KEY],
    cure: { kmsKeyId: "[key.arn]" },
  },
  {
    check: "CKV_AWS_26",
    wrong: "a topic without encryption",
    resource: resource("aws:sns/topic:Topic", "topic", { name: "example" }),
    beside: [KEY],
    cure: { kmsMasterKeyId: "[key.arn]" },
  },
  {
    check: "CKV_AWS_27",
    wrong: "a queue without encryption",
    resource: resource("aws:sqs/queue:Queue", "queue", { name: "example", sqsManagedSseEnabled: false }),
    beside: [KEY],
    cure: { kmsMasterKeyId: "[key.arn]" },
  },
  {
    check: "CKV_AWS_28",
    wrong: "a table that cannot be restored to a point in time",
    resource: resource("aws:dynamodb/table:Table", "table", { pointInTimeRecovery: { enabled: false } }),
    cure: { pointInTimeRecovery: { enabled: true } },
  },
  {
    check: "CKV_AWS_119",
    wrong: "a table without a key of ours",
    resource: resource("aws:dynamodb/table:Table", "table", { serverSideEncryption: { enabled: true } }),
    beside: [KEY],
    cure: { serverSideEncryption: { enabled: true, kmsKeyArn: "[key.arn]" } },
  },
  {
    check: "CKV_AWS_149",
    wrong: "a secret without a key of ours",
    resource: resource("aws:secretsmanager/secret:Secret", "secret", { name: "example" }),
    beside: [KEY],
    cure: { kmsKeyId: "[key.arn]" },
  },
  {
    check: "CKV_AWS_115",
    wrong: "a function that may take all the account's concurrency",
    resource: lambda,
    cure: { reservedConcurrentExecutions: 1 },
  },
  {
    check: "CKV_AWS_116",
    wrong: "a function whose failed events are lost",
    resource: lambda,
    beside: [resource("aws:sqs/queue:Queue", "queue", { name: "example" })],
    cure: { deadLetterConfig: { targetArn: "[queue.arn]" } },
  },
  {
    check: "CKV_AWS_50",
    wrong: "a function without tracing",
    resource: lambda,
    cure: { tracingConfig: { mode: "Active" } },
  },
  {
    check: "CKV_AWS_173",
    wrong: "a function whose environment has no key of ours",
    resource: lambda,
    beside: [KEY],
    cure: { kmsKeyArn: "[key.arn]" },
  },
  {
    check: "CKV_AWS_45",
    wrong: "credentials in a function's environment",
    resource: resource("aws:lambda/function:Function", "function", {
      ...lambda.inputs,
      environment: { variables: { AWS_ACCESS_KEY_ID: KEY_ID } },
    }),
    cure: { environment: { variables: { LEDGER: "table" } } },
  },
];
