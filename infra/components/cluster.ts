import * as pulumi from "@pulumi/pulumi";
import type { ClusterRole, Role } from "../../model/roles.ts";
import { componentType, type Scope } from "../lib/names.ts";
import type { ScheduledActionPlan } from "../settings/scheduled-actions.ts";
import type { ClusterSettings } from "../settings/schema.ts";
import type { SlotPlan } from "../settings/slots.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import type { Budget } from "./budget.ts";
import type { HostBundle } from "./host-bundle.ts";
import type { Network } from "./network.ts";
import { Slot } from "./cluster-slot.ts";

/** What every slot needs of its surroundings. */
export interface SlotContext {
  readonly scope: Scope;
  readonly settings: ClusterSettings;
  readonly network: Pick<Network, "subnetIds" | "publicAddresses" | "hostedZoneId" | "domain">;
  readonly securityGroups: ReadonlyMap<Role, pulumi.Input<string>>;
  readonly artifacts: Pick<ArtifactStore, "bucketName" | "bucketArn">;
  readonly bundle: Pick<HostBundle, "key" | "sha256">;
  readonly keyArn: pulumi.Input<string>;
  /** Minutes of the guard's silence after which hosts end their slots; undefined where no guard watches them. */
  readonly deadManMinutes: number | undefined;
}

export interface ClusterArgs extends SlotContext {
  readonly slots: readonly SlotPlan[];
  /** Scheduled starts and stops by the name of the slot. */
  readonly scheduledActions: ReadonlyMap<string, readonly ScheduledActionPlan[]>;
  /** The budget that watches what this cluster spends: without one, or a visible `unbudgeted`, none is built. */
  readonly budget: Budget;
}

/** The on-demand cluster: one slot per node, all at rest until somebody or a schedule starts them. */
export class Cluster extends pulumi.ComponentResource {
  readonly slots: readonly Slot[];
  /** DNS names of the slots by role. */
  readonly endpoints: Readonly<Partial<Record<ClusterRole, readonly string[]>>>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Cluster"), name, {}, opts);
    const { slots, scheduledActions, ...context } = args;
    this.slots = slots.map((plan) => {
      const actions = scheduledActions.get(plan.name) ?? [];
      return new Slot(plan.name, { plan, context, actions }, { parent: this });
    });
    this.endpoints = Object.fromEntries(
      [...new Set(slots.map((slot) => slot.role))].map((role) => [
        role,
        slots.flatMap((slot, index) => (slot.role === role ? [this.slots[index]?.dnsName ?? ""] : [])),
      ]),
    );
    this.registerOutputs({ endpoints: this.endpoints });
  }
}
