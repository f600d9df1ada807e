import * as pulumi from "@pulumi/pulumi";
import { Slot } from "../../infra/components/cluster-slot.ts";
import type { SlotContext } from "../../infra/components/cluster.ts";
import type { SettingsInput } from "../../infra/settings/schema.ts";
import type { SlotPlan } from "../../infra/settings/slots.ts";
import { CLUSTER_ROLES } from "../../model/roles.ts";
import { scheduledActionsOf } from "../../infra/settings/scheduled-actions.ts";
import { KEY_ARN, recordComponent, SCOPE, settings, type RecordedComponent } from "./components.ts";

export type ClusterInput = NonNullable<SettingsInput["cluster"]>;

/** The surroundings of a slot with plain values. Called inside a recorded program: it holds outputs. */
export function slotContext(cluster: ClusterInput, publicAddresses = true): SlotContext {
  const checked = settings({ cluster }).cluster;
  if (checked === undefined) throw new Error("settings with a cluster have a cluster");
  return {
    scope: SCOPE,
    settings: checked,
    network: {
      subnetIds: new Map([
        ["usw2-az2", pulumi.output("subnet-a")],
        ["usw2-az3", pulumi.output("subnet-b")],
      ]),
      publicAddresses,
      hostedZoneId: pulumi.output("Z1"),
      domain: "dev.internal",
    },
    securityGroups: new Map(CLUSTER_ROLES.map((role) => [role, `sg-${role}`])),
    artifacts: {
      bucketName: pulumi.output("artifacts"),
      bucketArn: pulumi.output("arn:aws:s3:::artifacts"),
    },
    bundle: { key: pulumi.output(`hosts/boot-${"ab".repeat(32)}.mjs`), sha256: "ab".repeat(32) },
    keyArn: KEY_ARN,
    deadManMinutes: 30,
  };
}

export const STORAGE_1: SlotPlan = {
  role: "storage",
  ordinal: 1,
  name: "storage-1",
  instanceTypes: ["i4i.large", "i4i.xlarge"],
  zones: ["usw2-az2", "usw2-az3"],
};

/** One slot recorded alone. */
export function recordSlot(
  plan: SlotPlan,
  cluster: ClusterInput = { size: "small" },
  publicAddresses = true,
): Promise<RecordedComponent> {
  return recordComponent((opts) => {
    const context = slotContext(cluster, publicAddresses);
    const actions = scheduledActionsOf(context.settings, plan, "2026-11-21");
    return new Slot(plan.name, { plan, context, actions }, opts);
  });
}
