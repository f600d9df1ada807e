import { isTrue, valueAt } from "../../../model/inputs.ts";
import { isUnknown } from "../../../model/resource.ts";
import { BUCKETS, shown, sidesOfBucket } from "../../companions.ts";
import { stackRule } from "../../rule.ts";

export const bucketVersioned = stackRule({
  name: "bucket-versioned",
  level: "mandatory",
  why: "An overwritten or deleted release, result or state file is gone for good without versions.",
  fix: 'add an aws.s3.BucketVersioning with status "Enabled"',
  outside: ["CKV_AWS_21", "Security Hub S3.14"],
  *checkStack(resources) {
    for (const bucket of resources.filter(({ type }) => BUCKETS.includes(type))) {
      if (isTrue(valueAt(bucket.inputs["versioning"], "enabled"))) continue;
      const statuses = sidesOfBucket(resources, bucket, "bucketVersioning").map(({ inputs }) =>
        valueAt(inputs["versioningConfiguration"], "status"),
      );
      if (statuses.includes("Enabled")) continue;
      const [status] = statuses;
      yield { urn: bucket.urn, message: `the bucket's versioning is ${shown(status, isUnknown(status))}` };
    }
  },
});
