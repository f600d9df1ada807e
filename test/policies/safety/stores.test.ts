import assert from "node:assert/strict";
import { UNKNOWN } from "../../../model/resource.ts";
import type { Rule } from "../../../policies/rule.ts";
import { bucketEncrypted } from "../../../policies/rules/safety/bucket-encrypted.ts";
import { bucketPublicAccessBlocked } from "../../../policies/rules/safety/bucket-public-access-blocked.ts";
import { bucketTlsOnly } from "../../../policies/rules/safety/bucket-tls-only.ts";
import { bucketVersioned } from "../../../policies/rules/safety/bucket-versioned.ts";
import { dataProtectedInProd } from "../../../policies/rules/safety/data-protected-in-prod.ts";
import { kmsRotation } from "../../../policies/rules/safety/kms-rotation.ts";
import { logGroupEncrypted } from "../../../policies/rules/safety/log-group-encrypted.ts";
import { queueEncrypted } from "../../../policies/rules/safety/queue-encrypted.ts";
import { topicEncryptedWithOwnKey } from "../../../policies/rules/safety/topic-encrypted-with-own-key.ts";
import { record } from "../../pricing/records.ts";
import { document, faults, judge } from "./support.ts";

const BUCKET = record("aws:s3/bucket:Bucket", "store", { bucket: "releases" });
type Fields = Readonly<Record<string, unknown>>;

/** Faults of the bucket with one thing at its side: by dependency, and the same by its literal name. */
function withSide(rule: Rule, side: string, inputs: Fields): string[] {
  const type = `aws:s3/${side}:${side.charAt(0).toUpperCase()}${side.slice(1)}`;
  const linked = faults(rule, [
    BUCKET,
    record(type, "side", inputs, { dependsOn: { bucket: [BUCKET.urn] } }),
  ]);
  assert.deepEqual(faults(rule, [BUCKET, record(type, "side", { ...inputs, bucket: "releases" })]), linked);
  const ofAnother = faults(rule, [BUCKET, record(type, "side", { ...inputs, bucket: "others" })]);
  assert.deepEqual(ofAnother, faults(rule, [BUCKET]), "the side of another bucket counts");
  return linked;
}

describe("policies on buckets", () => {
  it("bucket-encrypted wants a key of one's own", () => {
    const side = "bucketServerSideEncryptionConfiguration";
    const by = (sseAlgorithm: unknown) => ({
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }],
    });
    assert.deepEqual(faults(bucketEncrypted, [BUCKET]), ["the bucket's encryption is not set"]);
    assert.deepEqual(withSide(bucketEncrypted, side, by("AES256")), ['the bucket\'s encryption is "AES256"']);
    assert.deepEqual(withSide(bucketEncrypted, side, by(UNKNOWN)), [
      "the bucket's encryption is unknown before deployment",
    ]);
    assert.deepEqual(withSide(bucketEncrypted, side, { rules: UNKNOWN }), [
      "the bucket's encryption is unknown before deployment",
    ]);
    assert.deepEqual(withSide(bucketEncrypted, side, by("aws:kms")), []);
  });

  it("bucket-versioned wants versions on", () => {
    const by = (status: unknown) => ({ versioningConfiguration: { status } });
    assert.deepEqual(faults(bucketVersioned, [BUCKET]), ["the bucket's versioning is not set"]);
    assert.deepEqual(withSide(bucketVersioned, "bucketVersioning", by("Suspended")), [
      'the bucket\'s versioning is "Suspended"',
    ]);
    assert.deepEqual(withSide(bucketVersioned, "bucketVersioning", by(UNKNOWN)), [
      "the bucket's versioning is unknown before deployment",
    ]);
    assert.deepEqual(withSide(bucketVersioned, "bucketVersioning", by("Enabled")), []);
  });

  it("bucket-public-access-blocked wants all four", () => {
    const all = {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    };
    assert.deepEqual(faults(bucketPublicAccessBlocked, [BUCKET]), [
      "nothing blocks public access to the bucket",
    ]);
    assert.deepEqual(withSide(bucketPublicAccessBlocked, "bucketPublicAccessBlock", all), []);
    const linked = { dependsOn: { bucket: [BUCKET.urn] } };
    for (const flag of Object.keys(all))
      for (const value of [false, UNKNOWN]) {
        const side = record(
          "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
          "side",
          { ...all, [flag]: value },
          linked,
        );
        assert.deepEqual(faults(bucketPublicAccessBlocked, [BUCKET, side]), [`${flag} not true`]);
      }
  });

  it("bucket-tls-only wants a refusal of plain HTTP for everybody and every action", () => {
    const deny = {
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "s3:*",
      Condition: { Bool: { "AWS:SecureTransport": "false" } },
    };
    const by = (fields: Fields) => ({ policy: document({ ...deny, ...fields }) });
    const refused = ["no policy of the bucket refuses plain HTTP"];
    assert.deepEqual(faults(bucketTlsOnly, [BUCKET]), refused);
    assert.deepEqual(withSide(bucketTlsOnly, "bucketPolicy", by({})), []);
    for (const weaker of [
      { Effect: "Allow" },
      { Principal: { AWS: "arn:aws:iam::123456789012:root" } },
      { Action: "s3:GetObject" },
      { Condition: {} },
    ])
      assert.deepEqual(withSide(bucketTlsOnly, "bucketPolicy", by(weaker)), refused);
    const unknown = record(
      "aws:s3/bucketPolicy:BucketPolicy",
      "side",
      { policy: UNKNOWN },
      { dependsOn: { bucket: [BUCKET.urn] } },
    );
    assert.deepEqual(faults(bucketTlsOnly, [BUCKET, unknown]), [], "judged again at the end of the update");
  });
});

judge({
  rule: topicEncryptedWithOwnKey,
  type: "aws:sns/topic:Topic",
  bad: {
    "a topic in the clear": [{}, "the topic is not encrypted"],
    "Amazon's key": [
      { kmsMasterKeyId: "alias/aws/sns" },
      "the topic is encrypted with alias/aws/sns, which alarms may not use",
    ],
  },
  good: {
    "a key of the program": { kmsMasterKeyId: UNKNOWN },
    "an alias": { kmsMasterKeyId: "alias/alarms" },
  },
});
judge({
  rule: queueEncrypted,
  type: "aws:sqs/queue:Queue",
  bad: {
    "a queue in the clear": [{}, "the queue is not encrypted"],
    "what is unknown": [
      { sqsManagedSseEnabled: UNKNOWN },
      "whether the queue is encrypted is unknown before deployment",
    ],
  },
  good: {
    "SQS's own key": { sqsManagedSseEnabled: true },
    "a key of the program": { kmsMasterKeyId: UNKNOWN },
  },
});
judge({
  rule: logGroupEncrypted,
  type: "aws:cloudwatch/logGroup:LogGroup",
  bad: { "no key": [{}, "the log group has no key of its own"] },
  good: { "a key of the program": { kmsKeyId: UNKNOWN } },
});
judge({
  rule: kmsRotation,
  type: "aws:kms/key:Key",
  bad: {
    "a key that stays": [{}, "enableKeyRotation is not set"],
    "what is unknown": [{ enableKeyRotation: UNKNOWN }, "enableKeyRotation is unknown before deployment"],
  },
  good: {
    rotation: { enableKeyRotation: true },
    "a key AWS cannot rotate": { customerMasterKeySpec: "RSA_2048" },
  },
});

describe("policy data-protected-in-prod", () => {
  const host = (life: unknown, tags: unknown = { "proving-ground:life": life }) =>
    record("aws:ec2/instance:Instance", "host", { tags });
  const prod = { stack: "prod" };

  it("wants data and hosts for life protected in prod", () => {
    assert.deepEqual(faults(dataProtectedInProd, [BUCKET], prod), [
      "holds data and is not protected against deletion",
    ]);
    const said = ["is a host for life and is not protected against deletion"];
    assert.deepEqual(faults(dataProtectedInProd, [host("persistent")], prod), said);
    assert.deepEqual(faults(dataProtectedInProd, [host(UNKNOWN)], prod), said);
    assert.deepEqual(faults(dataProtectedInProd, [host("", UNKNOWN)], prod), said);
  });
  it("passes what is protected, hosts for a day, other types and other stacks", () => {
    assert.deepEqual(
      faults(
        dataProtectedInProd,
        [{ ...BUCKET, protect: true }, host("on-demand"), record("a:b:C", "x")],
        prod,
      ),
      [],
    );
    assert.deepEqual(faults(dataProtectedInProd, [BUCKET], { stack: "dev" }), []);
    assert.equal(
      faults(dataProtectedInProd, [BUCKET], { stack: "live", parameters: { stacks: ["live"] } }).length,
      1,
    );
  });
});
