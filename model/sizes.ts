import type { ClusterRoleKey } from "./roles.ts";

/** One role's part of a cluster size. Types are in order of preference; all of them may be launched. */
export interface RoleSize {
  readonly count: number;
  readonly instanceTypes: readonly string[];
}

export type ClusterSize = Readonly<Record<ClusterRoleKey, RoleSize>>;

export const SIZE_NAMES = ["small", "medium", "large"] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

function role(count: number, ...instanceTypes: string[]): RoleSize {
  return { count, instanceTypes };
}

/**
 * Cluster presets. `large` is the ClaudeFS cluster: 5 storage nodes, 2 clients, conduit and Jepsen
 * controller. `medium` keeps a quorum of three with every role; `small` is one storage node and the
 * test harness, for a developer's day.
 */
export const SIZES: Readonly<Record<SizeName, ClusterSize>> = {
  small: {
    storage: role(1, "i4i.large"),
    fuseClient: role(1, "c7a.large"),
    nfsSmbClient: role(0, "c7a.large"),
    conduit: role(0, "t3.medium"),
    jepsen: role(0, "c7a.large"),
  },
  medium: {
    storage: role(3, "i4i.xlarge"),
    fuseClient: role(1, "c7a.xlarge"),
    nfsSmbClient: role(1, "c7a.xlarge"),
    conduit: role(1, "t3.medium"),
    jepsen: role(1, "c7a.xlarge"),
  },
  large: {
    storage: role(5, "i4i.2xlarge"),
    fuseClient: role(1, "c7a.xlarge"),
    nfsSmbClient: role(1, "c7a.xlarge"),
    conduit: role(1, "t3.medium"),
    jepsen: role(1, "c7a.xlarge"),
  },
};
