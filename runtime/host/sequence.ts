import { CONFIG_FILE, type HostConfig } from "./config.ts";
import { arm, type Program } from "./dead-man-units.ts";
import type { Host } from "./host.ts";
import { publish, SupersededError } from "./report.ts";
import { prepareDataDisk, type DataDisk } from "./steps/disks.ts";
import { registerAddress } from "./steps/dns.ts";
import { ensureIncarnation } from "./steps/incarnation.ts";
import { METADATA_URL, readIdentity, type Identity } from "./steps/metadata.ts";

/** Steps in their order; status parameters name them. */
export const BOOT_STEPS = [
  "dead-man",
  "metadata",
  "claim-slot",
  "data-disk",
  "incarnation",
  "dns",
  "ready",
] as const;
export type BootStep = (typeof BOOT_STEPS)[number];

/** How a boot ended. `reported` tells the caller whether the failure still has to be made known. */
export type BootOutcome =
  | { readonly state: "ready" }
  | {
      readonly state: "failed";
      readonly step: BootStep;
      readonly reason: string;
      readonly reported: boolean;
    };

/**
 * Brings a host from its first program to `ready`, saying so in its status parameter; the first step
 * that fails ends it. The switch that ends a host without a guard comes first: a host whose boot fails costs the
 * same. The name is registered only when the disk is there, and `ready` is written last:
 * whoever waits for it may connect.
 */
export async function boot(
  host: Host,
  config: HostConfig,
  metadataUrl: string = METADATA_URL,
  program: Program = { node: process.execPath, bundle: process.argv[1] ?? "", config: CONFIG_FILE },
): Promise<BootOutcome> {
  let step: BootStep = "dead-man";
  let identity: Identity | undefined;
  const enter = (next: BootStep): void => {
    step = next;
    host.log(`${config.slot}: ${next}`);
  };
  try {
    if (config.deadMan !== undefined) {
      enter("dead-man");
      await arm(host, program);
    }
    enter("metadata");
    identity = await readIdentity(host, metadataUrl);
    enter("claim-slot");
    await publish(host, config, identity, { state: "booting", step });
    enter("data-disk");
    const disk = await prepareDataDisk(host);
    enter("incarnation");
    const { incarnation } = await ensureIncarnation(host, identity.instanceId);
    enter("dns");
    await registerAddress(host, config, identity);
    enter("ready");
    await publish(host, config, identity, { state: "ready", step, incarnation, data: describeDisk(disk) });
    return { state: "ready" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    host.log(`${config.slot}: ${step} failed: ${reason}`);
    // The status belongs to the later launch; that this host gave way is no news to anyone.
    if (error instanceof SupersededError) return { state: "failed", step, reason, reported: true };
    return { state: "failed", step, reason, reported: await report(host, config, identity, step, reason) };
  }
}

async function report(
  host: Host,
  config: HostConfig,
  identity: Identity | undefined,
  step: BootStep,
  reason: string,
): Promise<boolean> {
  try {
    await publish(host, config, identity, { state: "failed", step, reason });
    return true;
  } catch (error) {
    host.log(
      `${config.slot}: the status could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
    return error instanceof SupersededError;
  }
}

function describeDisk({ kind, devices, formatted }: DataDisk): string {
  if (kind === "root-volume") return "root volume";
  const what = kind === "striped" ? `RAID 0 over ${devices.join(", ")}` : devices.join(", ");
  return `${what}, ${formatted ? "formatted by this boot" : "kept"}`;
}
