import * as pulumi from "@pulumi/pulumi";
import { SESSION_MANAGER, type Statement } from "../lib/iam.ts";
import { statusParameter } from "../lib/names.ts";
import { PREFIXES } from "../lib/prefixes.ts";
import type { SlotContext } from "./cluster.ts";

/**
 * What the host of one slot may do: read its programs and releases, write its own run logs, say how it
 * is, and change its own DNS record. Every resource and condition carries the slot's name, so that a
 * host that was taken over harms no other.
 */
export function slotRights(slot: string, { scope, network, artifacts, keyArn }: SlotContext): Statement[] {
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
  ];
}
