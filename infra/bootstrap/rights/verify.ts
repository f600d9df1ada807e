import type { Statement } from "../../lib/iam.ts";
import { parameterRoot } from "../../lib/names.ts";
import { regional, type Reach } from "./reach.ts";

/**
 * What `ground verify` asks beyond a preview: where the names are, and how the hosts fare. The artifact bucket is told to
 * it by the stack's outputs, so that no role lists the account's buckets.
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
      resources: [regional(reach, "ssm", `parameter${parameterRoot(reach)}/*`)],
    },
  ];
}
