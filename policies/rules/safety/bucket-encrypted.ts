import { listOf, valueAt } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { BUCKETS, shown, sidesOfBucket } from "../../companions.ts";
import { stackRule } from "../../rule.ts";

export const bucketEncrypted = stackRule({
  name: "bucket-encrypted",
  level: "mandatory",
  why: "Under S3's own key a right to read the bucket is enough; a key of one's own takes a second right and leaves a trace.",
  fix: 'add an aws.s3.BucketServerSideEncryptionConfiguration with sseAlgorithm "aws:kms" and the environment\'s key',
  outside: ["CKV_AWS_145", "Security Hub S3.17"],
  *checkStack(resources) {
    for (const bucket of resources.filter(({ type }) => BUCKETS.includes(type))) {
      const sides = sidesOfBucket(resources, bucket, "bucketServerSideEncryptionConfiguration");
      const algorithms = [...sides.flatMap(algorithmsOfSide), ...algorithmInline(bucket)];
      if (algorithms.some((algorithm) => algorithm === "aws:kms" || algorithm === "aws:kms:dsse")) continue;
      const found = algorithms.map((algorithm) => shown(algorithm, isUnknown(algorithm)));
      yield {
        urn: bucket.urn,
        message: `the bucket's encryption is ${found.length === 0 ? "not set" : found.join(", ")}`,
      };
    }
  },
});

function algorithmsOfSide({ inputs }: ResourceRecord): unknown[] {
  if (isUnknown(inputs["rules"])) return [inputs["rules"]];
  return listOf(inputs["rules"]).map((rule) =>
    valueAt(rule, "applyServerSideEncryptionByDefault", "sseAlgorithm"),
  );
}

/** The older form inside the bucket; AWS computes it where the program gives none, so unknown counts as not set. */
function algorithmInline({ inputs }: ResourceRecord): unknown[] {
  const found = valueAt(
    inputs["serverSideEncryptionConfiguration"],
    "rule",
    "applyServerSideEncryptionByDefault",
    "sseAlgorithm",
  );
  return found === undefined || isUnknown(found) ? [] : [found];
}
