import type { ZoneId } from "../../model/regions.ts";
import { CLUSTER_ROLES, ROLE_SETTINGS_KEYS, slotName, type ClusterRole } from "../../model/roles.ts";
import { SIZES, type SizeName } from "../../model/sizes.ts";
import type { ClusterSettings, Settings } from "./schema.ts";

/** One slot of the cluster, as the settings ask for it. */
export interface SlotPlan {
  readonly role: ClusterRole;
  /** 1-based within the role. */
  readonly ordinal: number;
  /** Name for life, for example `storage-1`. */
  readonly name: string;
  /** Types that may be launched, best first, all of one CPU architecture. */
  readonly instanceTypes: readonly string[];
  readonly zones: readonly ZoneId[];
}

/** One role of a cluster: its size's values with the overrides applied. */
export interface RolePlan {
  readonly role: ClusterRole;
  readonly count: number;
  readonly instanceTypes: readonly string[];
  /** Undefined: all zones of the network. */
  readonly zones: readonly string[] | undefined;
}

/** Every role of a cluster in the order of the model, roles without slots included. */
export function rolesOf(cluster: Pick<ClusterSettings, "size" | "roles">): RolePlan[] {
  return CLUSTER_ROLES.map((role) => {
    const key = ROLE_SETTINGS_KEYS[role];
    const override = cluster.roles[key];
    const size = SIZES[cluster.size][key];
    return {
      role,
      count: override?.count ?? size.count,
      instanceTypes: override?.instanceTypes ?? size.instanceTypes,
      zones: override?.zones,
    };
  });
}

/** The slots of the cluster by role and ordinal; none without a cluster. */
export function slotsOf(settings: Settings): SlotPlan[] {
  if (settings.cluster === undefined) return [];
  return rolesOf(settings.cluster).flatMap(({ role, count, instanceTypes, zones }) =>
    Array.from({ length: count }, (_, index) => ({
      role,
      ordinal: index + 1,
      name: slotName(role, index + 1),
      instanceTypes,
      zones: zones === undefined ? settings.zones : settings.zones.filter((zone) => zones.includes(zone)),
    })),
  );
}

/** Of some slots those that a cluster of a size has; all of them for the cluster's own size, or without one. */
export function slotsOfSize<Slot extends Pick<SlotPlan, "role" | "ordinal">>(
  slots: readonly Slot[],
  size: SizeName | undefined,
  ownSize: SizeName,
): readonly Slot[] {
  if (size === undefined || size === ownSize) return slots;
  return slots.filter(({ role, ordinal }) => ordinal <= SIZES[size][ROLE_SETTINGS_KEYS[role]].count);
}
