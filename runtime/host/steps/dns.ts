import type { HostConfig } from "../config.ts";
import type { Host } from "../host.ts";
import { refuseIfSuperseded } from "../report.ts";
import type { Identity } from "./metadata.ts";

/** Seconds. A slot's host may be replaced at any minute; resolvers in the VPC should notice soon. */
export const RECORD_TTL_SECONDS = 10;

/**
 * Points the slot's name at this host. Looks once more whether a later launch has claimed the slot: two
 * hosts overlap for moments while one is replaced, and the older one must not take the name back.
 * Route 53 has no conditional write, so a launch that claims the slot between look and write could
 * lose its name; it registers after its own disks, seconds later, and so has the last word.
 *
 * @returns the registered name.
 */
export async function registerAddress(host: Host, config: HostConfig, identity: Identity): Promise<string> {
  await refuseIfSuperseded(host, config, identity);
  const name = `${config.slot}.${config.domain}`;
  await host.upsertAddress({
    zoneId: config.zoneId,
    name,
    address: identity.privateIp,
    ttlSeconds: RECORD_TTL_SECONDS,
  });
  return name;
}
