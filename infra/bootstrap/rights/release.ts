import type { Statement } from "../../lib/iam.ts";
import { PREFIXES, RELEASE_CONTENTS } from "../../lib/prefixes.ts";
import { environmentPrefix } from "../names.ts";
import { regional, tagged, type Reach } from "./reach.ts";

/**
 * What `ground deploy VERSION DIR --bucket NAME` needs, and nothing of the environment beside its artifact bucket: no
 * state, no key of one. No reviewer stands before this role, so it adds versions and replaces none: S3 takes a
 * manifest from it only where the key is free. Contents it may send again, since `ground deploy` mends what was altered;
 * whoever reads one compares it with the SHA-256 that the manifest names. It deletes nothing, and the bucket keeps
 * what was there before. `test/bootstrap/delivery-rights.test.ts` puts the command's own requests to it.
 */
export function releaseRights(reach: Reach): Statement[] {
  const bucket = `arn:aws:s3:::${environmentPrefix(reach.environment)}artifacts-*`;
  return [
    {
      sid: "FindReleases",
      // Without a prefix: S3 must be able to say that a single object is not there ("HeadObject", permissions).
      actions: ["s3:ListBucket"],
      resources: [bucket],
    },
    { sid: "ReadReleases", actions: ["s3:GetObject"], resources: [`${bucket}/${PREFIXES.releases}*`] },
    {
      sid: "SendContents",
      actions: ["s3:AbortMultipartUpload", "s3:PutObject"],
      resources: [`${bucket}/${RELEASE_CONTENTS}*`],
    },
    {
      sid: "AddVersion",
      actions: ["s3:PutObject"],
      resources: [`${bucket}/${PREFIXES.releases}*/manifest.json`],
      // Present only with the header `If-None-Match`, whose one value is `*` ("Enforce conditional writes").
      conditions: { Null: { "s3:if-none-match": "false" } },
    },
    {
      sid: "SealReleases",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [regional(reach, "kms", "key/*")],
      conditions: {
        StringEquals: {
          ...tagged(reach).StringEquals,
          "kms:ViaService": `s3.${reach.account.region}.amazonaws.com`,
        },
      },
    },
  ];
}
