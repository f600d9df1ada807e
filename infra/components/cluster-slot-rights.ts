import * as pulumi from "@pulumi/pulumi";
import { HEARTBEAT_PARTITION } from "../../model/guard.ts";
import { TAGS } from "../../model/tags.ts";
import { SESSION_MANAGER, type Statement } from "../lib/iam.ts";
import { physicalName, statusParameter } from "../lib/names.ts";
import { PREFIXES } from "../lib/prefixes.ts";
import type { SlotContext } from "./cluster.ts";

/**
 * What the host of one slot may do: read its programs and releases, write its own run logs, say how it
 * is, change its own DNS record, and, where there is a guard, see whether it lives and end its own slot. Every resource and condition carries the slot's name, so that a
 * host that was taken over harms no other.
 */
export function slotRights(slot: string, context: SlotContext): Statement[] {
  const { scope, network, artifacts, keyArn } = context;
  const { region, account } = scope;
  const objects = (prefix: string) => pulumi.interpolate`${artifacts.bucketArn}/${prefix}*`;
  return [
    SESSION_MANAGER,
    {
      sid: "ReadPrograms",
      actions: ["s3:GetObject"],
      resources: [objects(PREFIXES.hosts), objects(PREFIXES.releases)],
    },
    { sid: "WriteOwnRuns", actions: ["s3:PutObject"], resources: [objects(`${PREFIXES.runs}${slot}/`)] },
    {
      sid: "ArtifactKey",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [keyArn],
      conditions: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
    {
      sid: "OwnStatus",
      actions: ["ssm:GetParameter", "ssm:PutParameter"],
      resources: [
        pulumi.interpolate`arn:aws:ssm:${region}:${account}:parameter${statusParameter(scope, slot)}`,
      ],
    },
    {
      sid: "OwnRecord",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: [pulumi.interpolate`arn:aws:route53:::hostedzone/${network.hostedZoneId}`],
      conditions: {
        "ForAllValues:StringEquals": {
          "route53:ChangeResourceRecordSetsNormalizedRecordNames": [`${slot}.${network.domain}`],
          "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
          "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
        },
        // ForAllValues also holds where nothing is named: the key must be there.
        Null: { "route53:ChangeResourceRecordSetsNormalizedRecordNames": "false" },
      },
    },
    ...(context.deadManMinutes === undefined ? [] : deadMansSwitch(slot, context)),
  ];
}

/** Where the guard is silent, the host sets its own slot to nothing; a group without that right would start it anew. */
function deadMansSwitch(slot: string, { scope }: SlotContext): Statement[] {
  const { region, account } = scope;
  const own = physicalName(scope, slot);
  return [
    {
      sid: "OwnGroup",
      actions: ["autoscaling:SetDesiredCapacity"],
      // The middle of the ARN is an id that AWS chooses.
      resources: [
        pulumi.interpolate`arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${own}`,
      ],
      conditions: { StringEquals: { [`aws:ResourceTag/${TAGS.slot}`]: slot } },
    },
    {
      sid: "GuardHeartbeat",
      actions: ["dynamodb:GetItem"],
      resources: [
        pulumi.interpolate`arn:aws:dynamodb:${region}:${account}:table/${physicalName(scope, "guard")}`,
      ],
      conditions: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [HEARTBEAT_PARTITION] },
        // ForAllValues also holds where no key is named: it must be there.
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    },
  ];
}
