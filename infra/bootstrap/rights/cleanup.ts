import { TAGS } from "../../../model/tags.ts";
import type { Statement } from "../../lib/iam.ts";
import { PROJECT } from "../../lib/names.ts";
import { ec2, type Reach } from "./reach.ts";

const DELETE = ["ec2:DeleteNetworkInterface", "ec2:DeleteVolume", "ec2:ReleaseAddress"] as const;

/** Holds for any value of the tag but `false`. */
function kept(tag: string) {
  const key = `aws:ResourceTag/${tag}`;
  return { Null: { [key]: "false" }, StringNotEquals: { [key]: "false" } };
}

/** What a lost host can leave behind, wherever it ran: found by looking, deleted only where it carries the project's tag. */
export function cleanupRights(reach: Pick<Reach, "account">): Statement[] {
  const { account } = reach;
  const leftovers = ec2({ account, environment: "" }, "elastic-ip", "network-interface", "volume");
  const ours = { [`aws:ResourceTag/${TAGS.project}`]: PROJECT };
  return [
    {
      sid: "FindLeftovers",
      actions: ["ec2:Describe*", "autoscaling:Describe*"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": account.region } },
    },
    {
      sid: "DeleteOwnLeftovers",
      actions: DELETE,
      resources: leftovers,
      conditions: { StringEquals: ours },
    },
    {
      sid: "NoteSinceWhen",
      // One tag alone: with others the role could make its own what is not.
      actions: ["ec2:CreateTags", "ec2:DeleteTags"],
      resources: leftovers,
      conditions: {
        StringEquals: ours,
        "ForAllValues:StringEquals": { "aws:TagKeys": [TAGS.orphanSince] },
        Null: { "aws:TagKeys": "false" },
      },
    },
    {
      sid: "WhatIsToStayStays",
      effect: "Deny",
      actions: DELETE,
      resources: ["*"],
      conditions: kept(TAGS.keep),
    },
    {
      sid: "WhatIsKeptStays",
      effect: "Deny",
      actions: DELETE,
      resources: ["*"],
      conditions: kept("keep"),
    },
    {
      sid: "DisksOfPersistentHostsStay",
      // The command spares them too; a token of this role may be used by other code.
      effect: "Deny",
      actions: DELETE,
      resources: ["*"],
      conditions: { StringEquals: { [`aws:ResourceTag/${TAGS.life}`]: "persistent" } },
    },
  ];
}
