import { isTrue } from "../../../model/inputs.ts";
import { BUCKETS, sidesOfBucket } from "../../companions.ts";
import { stackRule } from "../../rule.ts";

const FLAGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

export const bucketPublicAccessBlocked = stackRule({
  name: "bucket-public-access-blocked",
  level: "mandatory",
  why: "One careless policy or object ACL later publishes what the bucket holds.",
  fix: `add an aws.s3.BucketPublicAccessBlock with ${FLAGS.join(", ")} all true`,
  outside: [
    "CKV2_AWS_6",
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "CIS AWS 2.1.4",
    "Security Hub S3.8",
  ],
  *checkStack(resources) {
    for (const bucket of resources.filter(({ type }) => BUCKETS.includes(type))) {
      const sides = sidesOfBucket(resources, bucket, "bucketPublicAccessBlock");
      if (sides.length === 0)
        yield { urn: bucket.urn, message: "nothing blocks public access to the bucket" };
      for (const { urn, inputs } of sides) {
        const open = FLAGS.filter((flag) => !isTrue(inputs[flag]));
        if (open.length > 0) yield { urn, message: `${open.join(", ")} not true` };
      }
    }
  },
});
