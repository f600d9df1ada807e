import { TAGS } from "../../../model/tags.ts";
import type { Statement } from "../../lib/iam.ts";
import { PROJECT } from "../../lib/names.ts";
import { ec2, type Reach } from "./reach.ts";

/** What a lost host can leave behind, wherever it ran: found by looking, deleted only where it carries the project's tag. */
export function cleanupRights(reach: Pick<Reach, "account">): Statement[] {
  const { account } = reach;
  return [
    {
      sid: "FindLeftovers",
      actions: ["ec2:Describe*", "autoscaling:Describe*"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": account.region } },
    },
    {
      sid: "DeleteOwnLeftovers",
      actions: ["ec2:DeleteNetworkInterface", "ec2:DeleteVolume", "ec2:ReleaseAddress"],
      resources: ec2({ account, environment: "" }, "elastic-ip", "network-interface", "volume"),
      conditions: { StringEquals: { [`aws:ResourceTag/${TAGS.project}`]: PROJECT } },
    },
  ];
}
