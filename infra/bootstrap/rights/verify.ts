import type { Statement } from "../../lib/iam.ts";
import { statusParameter } from "../../lib/names.ts";
import { PREFIXES } from "../../lib/prefixes.ts";
import { environmentPrefix } from "../names.ts";
import { regional, type Reach } from "./reach.ts";

/**
 * What `ground verify` asks beyond a preview from main: where the names are, how the hosts fare, and whether every file
 * of a version is as it was deployed. The artifact bucket is told to it, so that no role lists the account's buckets.
 * `test/bootstrap/delivery-rights.test.ts` puts the command's own requests to the role.
 */
export function verifyRights(reach: Reach): Statement[] {
  return [
    {
      sid: "FindZonesByName",
      // Knows no resource: the account's list is asked for as a whole (service authorization reference).
      actions: ["route53:ListHostedZonesByName"],
      resources: ["*"],
    },
    {
      sid: "ReadStatus",
      actions: ["ssm:GetParameter"],
      resources: [regional(reach, "ssm", `parameter${statusParameter(reach, "*")}`)],
    },
    {
      sid: "ReadReleases",
      // A checksum is metadata, for which S3 asks the same right as for the object.
      actions: ["s3:GetObject"],
      resources: [`arn:aws:s3:::${environmentPrefix(reach.environment)}artifacts-*/${PREFIXES.releases}*`],
    },
  ];
}
