import { isTrue, listOf, numberOf, tableOf, textOf, valueAt, type Table } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { dependencies } from "../../../pricing/resource-index.ts";
import { stackRule } from "../../rule.ts";

const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const LIFECYCLES = [
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
];

export const bucketLifecycle = stackRule({
  name: "bucket-lifecycle",
  level: "mandatory",
  why: "What nothing expires is paid for every month, and parts of uploads that were never finished are shown by no listing.",
  fix: "add an aws.s3.BucketLifecycleConfiguration with an enabled rule for the whole bucket that aborts incomplete uploads",
  outside: ["CKV_AWS_300", "CKV2_AWS_61", "AWS Security Hub S3.13"],
  *checkStack(resources) {
    const lifecycles = resources.filter(({ type }) => LIFECYCLES.includes(type));
    for (const bucket of resources.filter(({ type }) => BUCKETS.includes(type))) {
      const own = lifecycles.filter((lifecycle) => isOf(lifecycle, bucket));
      const rules = [
        ...own.flatMap(({ inputs }) => listOf(inputs["rules"])),
        ...listOf(bucket.inputs["lifecycleRules"]),
      ].map(tableOf);
      if (own.length === 0 && rules.length === 0)
        yield { urn: bucket.urn, message: "has no lifecycle configuration" };
      else if (!rules.some(abortsUploads))
        yield {
          urn: bucket.urn,
          message: "no enabled lifecycle rule aborts incomplete uploads of the whole bucket",
        };
    }
  },
});

function isOf(lifecycle: ResourceRecord, bucket: ResourceRecord): boolean {
  const name = textOf(bucket.inputs["bucket"]);
  return (
    dependencies(lifecycle, "bucket").includes(bucket.urn) ||
    (name !== undefined && name === lifecycle.inputs["bucket"])
  );
}

/** A rule for a prefix leaves the uploads elsewhere; rules of the bucket itself spell their days otherwise. */
function abortsUploads(rule: Table): boolean {
  const enabled = rule["status"] === "Enabled" || isTrue(rule["enabled"]);
  const days = numberOf(
    valueAt(rule, "abortIncompleteMultipartUpload", "daysAfterInitiation") ??
      rule["abortIncompleteMultipartUploadDays"],
  );
  const everything =
    rule["filter"] === undefined || Object.values(tableOf(rule["filter"])).every((part) => part === "");
  return enabled && days !== undefined && days > 0 && everything && (rule["prefix"] ?? "") === "";
}
