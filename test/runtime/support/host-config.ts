import type { HostConfig } from "../../../runtime/host/config.ts";

export const HOST_CONFIG: HostConfig = {
  environment: "dev",
  slot: "storage-1",
  role: "storage",
  region: "us-west-2",
  bucket: "proving-ground-dev-artifacts-0a1b2c3d",
  bundleKey: "hosts/boot.mjs",
  bundleSha256: "ab".repeat(32),
  zoneId: "Z0123456789ABCDEFGHIJ",
  domain: "dev.internal",
  statusParameter: "/proving-ground/dev/slots/storage-1/status",
};

/** The same slot where a guard watches it. */
export const GUARDED_CONFIG: HostConfig & Required<Pick<HostConfig, "deadMan">> = {
  ...HOST_CONFIG,
  deadMan: { table: "proving-ground-dev-guard", group: "proving-ground-dev-storage-1", limitSeconds: 1800 },
};
