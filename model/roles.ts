/** The kinds of host a proving ground is made of. Everything else (settings, ports, prices, tests) derives from these lists. */

/** Roles of hosts that live as long as the stack. */
export const PERSISTENT_ROLES = ["orchestrator"] as const;

/** Roles of hosts in the on-demand cluster; each host occupies one named slot. */
export const CLUSTER_ROLES = ["storage", "fuse-client", "nfs-smb-client", "conduit", "jepsen"] as const;

export const ROLES = [...PERSISTENT_ROLES, ...CLUSTER_ROLES] as const;

export type PersistentRole = (typeof PERSISTENT_ROLES)[number];
export type ClusterRole = (typeof CLUSTER_ROLES)[number];
export type Role = (typeof ROLES)[number];

/** What a role is for, as reports and descriptions show it. */
export const ROLE_TITLES: Readonly<Record<Role, string>> = {
  orchestrator: "orchestrator",
  storage: "storage node",
  "fuse-client": "FUSE client and test harness",
  "nfs-smb-client": "NFS/SMB client",
  conduit: "cloud conduit between sites",
  jepsen: "Jepsen controller",
};

/**
 * The key of a role in the settings (camelCase, as Pulumi configuration writes keys).
 * The role itself is spelled for host names and tags.
 */
export const ROLE_SETTINGS_KEYS = {
  storage: "storage",
  "fuse-client": "fuseClient",
  "nfs-smb-client": "nfsSmbClient",
  conduit: "conduit",
  jepsen: "jepsen",
} as const satisfies Record<ClusterRole, string>;

export type ClusterRoleKey = (typeof ROLE_SETTINGS_KEYS)[ClusterRole];

/** Name of a slot for life: role and 1-based ordinal, for example `storage-3`. */
export function slotName(role: ClusterRole, ordinal: number): string {
  return `${role}-${String(ordinal)}`;
}
