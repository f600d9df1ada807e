import { z } from "zod";
import type { Host } from "../host.ts";
import { DATA_DIRECTORY } from "./disks.ts";

export const INCARNATION_FILE = `${DATA_DIRECTORY}/incarnation.json`;

const incarnationSchema = z.object({
  /** Instance id and a random UUID: different for every empty disk, even of the same instance. */
  incarnation: z.string().min(1),
  instanceId: z.string().min(1),
  /** ISO 8601, UTC. */
  at: z.string(),
});

export type Incarnation = Readonly<z.output<typeof incarnationSchema>>;

/**
 * The identity under which the product may join with the data on this disk. It lives on the data disk
 * itself: while the data is there it stays, and once the data is gone it is gone as well, so that a
 * replaced node never rejoins as the old one. A file that is unreadable or of another instance (copied
 * with an image) counts as absent.
 */
export async function ensureIncarnation(host: Host, instanceId: string): Promise<Incarnation> {
  const existing = read(await host.readText(INCARNATION_FILE));
  if (existing?.instanceId === instanceId) return existing;
  const incarnation: Incarnation = {
    incarnation: `${instanceId}.${host.randomUuid()}`,
    instanceId,
    at: host.now().toISOString(),
  };
  if (existing !== undefined)
    host.log(`the data directory came from ${existing.instanceId}: it becomes a new incarnation`);
  await host.writeText(INCARNATION_FILE, `${JSON.stringify(incarnation)}\n`);
  return incarnation;
}

function read(text: string | undefined): Incarnation | undefined {
  if (text === undefined) return undefined;
  try {
    return incarnationSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
