import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { BUCKETS, sidesOfBucket } from "../../companions.ts";
import { documentsOf, type PolicyStatement } from "../../documents.ts";
import { stackRule } from "../../rule.ts";

export const bucketTlsOnly = stackRule({
  name: "bucket-tls-only",
  level: "mandatory",
  why: "Over plain HTTP whoever sits on the network reads objects and swaps the programs hosts will run.",
  fix: "add a bucket policy that denies s3:* to everybody where aws:SecureTransport is false",
  outside: ["CKV_AWS_379", "CIS AWS 2.1.1", "Security Hub S3.5"],
  *checkStack(resources) {
    for (const bucket of resources.filter(({ type }) => BUCKETS.includes(type))) {
      const holders = sidesOfBucket(resources, bucket, "bucketPolicy");
      // Of a new bucket the policy names the ARN and is unknown as a whole at preview; the rules on the
      // stack run again at the end of `up`, with the text.
      if (holders.some(isUnreadable)) continue;
      const statements = [bucket, ...holders]
        .flatMap(documentsOf)
        .flatMap((document) => document.statements ?? []);
      if (!statements.some(deniesPlainHttp))
        yield { urn: bucket.urn, message: "no policy of the bucket refuses plain HTTP" };
    }
  },
});

function isUnreadable(holder: ResourceRecord): boolean {
  return isUnknown(holder.inputs["policy"]) && documentsOf(holder).length === 0;
}

function deniesPlainHttp({ effect, principals, actions, conditions }: PolicyStatement): boolean {
  const everybody = [...(principals["*"] ?? []), ...(principals["AWS"] ?? [])].includes("*");
  const everything = actions.some((action) => action === "*" || action === "s3:*");
  const plain = Object.entries(conditions["Bool"] ?? {}).some(
    ([key, values]) => key.toLowerCase() === "aws:securetransport" && values.includes("false"),
  );
  return effect === "Deny" && everybody && everything && plain;
}
