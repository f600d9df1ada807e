import type { Role } from "./roles.ts";

/** One permitted connection: `from` may open `port` on `to`. */
export interface Flow {
  readonly from: Role;
  readonly to: Role;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly purpose: string;
}

/**
 * Ports the ClaudeFS roles listen on. NFS (2049) and SMB (445) are the protocols' registered ports;
 * the 94xx ports are this project's defaults for the product's own services.
 */
export const PORTS = {
  data: 9400,
  peer: 9401,
  control: 9402,
  conduit: 9403,
  metrics: 9404,
  nfs: 2049,
  smb: 445,
} as const;

function tcp(from: Role, to: Role, port: keyof typeof PORTS, purpose: string): Flow {
  return { from, to, protocol: "tcp", port: PORTS[port], purpose };
}

/** Every connection between hosts; what is not listed is closed. No role listens on port 22. */
export const FLOWS: readonly Flow[] = [
  tcp("storage", "storage", "data", "replicated writes"),
  tcp("storage", "storage", "peer", "membership and consensus"),
  tcp("fuse-client", "storage", "data", "FUSE mount"),
  tcp("nfs-smb-client", "storage", "nfs", "NFS mount"),
  tcp("nfs-smb-client", "storage", "smb", "SMB mount"),
  tcp("conduit", "storage", "data", "read for cross-site replication"),
  tcp("storage", "conduit", "conduit", "journal to the other site"),
  tcp("jepsen", "storage", "data", "workload under test"),
  tcp("jepsen", "storage", "control", "fault injection"),
  tcp("jepsen", "fuse-client", "control", "fault injection"),
  tcp("jepsen", "nfs-smb-client", "control", "fault injection"),
  tcp("jepsen", "conduit", "control", "partition between sites"),
  tcp("orchestrator", "storage", "control", "deployment and health checks"),
  tcp("orchestrator", "storage", "metrics", "metrics"),
  tcp("orchestrator", "fuse-client", "control", "test harness"),
  tcp("orchestrator", "nfs-smb-client", "control", "protocol tests"),
  tcp("orchestrator", "conduit", "control", "replication tests"),
  tcp("orchestrator", "jepsen", "control", "Jepsen runs"),
];
