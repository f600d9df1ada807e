import { z } from "zod";
import type { HostConfig } from "./config.ts";
import type { Host } from "./host.ts";
import { redact } from "./redact.ts";
import type { Identity } from "./steps/metadata.ts";

/** Values of a standard parameter hold at most 4 KB (AWS Systems Manager, "Parameter tiers"). */
export const MAX_STATUS_BYTES = 4096;

const statusSchema = z.object({
  state: z.enum(["booting", "ready", "failed"]),
  /** Step that runs, was last or failed. */
  step: z.string(),
  /** Why it failed; null while it has not. */
  reason: z.string().nullable(),
  instanceId: z.string().nullable(),
  /** When EC2 launched the instance, ISO 8601, UTC: tells which of two hosts owns the slot. */
  launchedAt: z.string().nullable(),
  incarnation: z.string().nullable(),
  /** What carries the data directory, for people. */
  data: z.string().nullable(),
  at: z.string(),
});

/** What a slot's status parameter holds. */
export type SlotStatus = Readonly<z.output<typeof statusSchema>>;

/** A later launch owns the slot: this host must leave its status and its name alone. */
export class SupersededError extends Error {
  override readonly name = "SupersededError";
}

/** Reads a status; undefined for text that is none, as if nobody had written it. */
export function parseStatus(text: string | undefined): SlotStatus | undefined {
  if (text === undefined) return undefined;
  try {
    return statusSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * @throws SupersededError where the status names an instance launched later. Launch times have whole
 * seconds; between two of the same second the ids decide, so that exactly one host gives way. A status
 * without a launch time is of an instance launched before it was written: only a host launched after
 * that is sure to be the later one.
 */
export async function refuseIfSuperseded(host: Host, config: HostConfig, identity: Identity): Promise<void> {
  const status = parseStatus(await host.getParameter(config.statusParameter));
  if (status === undefined || status.instanceId === null) return;
  if (status.instanceId === identity.instanceId) return;
  const difference = Date.parse(status.launchedAt ?? status.at) - Date.parse(identity.launchedAt);
  const isLater =
    status.launchedAt === null
      ? !(difference < 0)
      : difference > 0 || (difference === 0 && status.instanceId > identity.instanceId);
  if (isLater) {
    const since =
      status.launchedAt === null ? `by its status of ${status.at}` : `launched ${status.launchedAt}`;
    throw new SupersededError(
      `slot ${config.slot} belongs to ${status.instanceId}, ${since}; this host is ${identity.instanceId}, launched ${identity.launchedAt}`,
    );
  }
}

/**
 * Text of a status parameter: secrets taken out, the reason shortened from its end until it fits, and
 * double braces parted, which Parameter Store takes for a reference to another parameter.
 */
export function renderStatus(status: SlotStatus): string {
  const clean = status.reason === null ? null : redact(status.reason).replaceAll(/\{(?=\{)/g, "{ ");
  const whole = JSON.stringify({ ...status, reason: clean });
  if (clean === null || Buffer.byteLength(whole) <= MAX_STATUS_BYTES) return whole;
  const characters = Array.from(clean).slice(0, MAX_STATUS_BYTES);
  let fits = 0;
  let tooLong = characters.length;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (Buffer.byteLength(shortened(status, characters, middle)) <= MAX_STATUS_BYTES) fits = middle;
    else tooLong = middle;
  }
  return shortened(status, characters, fits);
}

function shortened(status: SlotStatus, characters: readonly string[], length: number): string {
  return JSON.stringify({ ...status, reason: `${characters.slice(0, length).join("")} …` });
}

/** Writes the slot's status unless a later launch owns it. Without an identity there is no telling, and the reason matters more. */
export async function publish(
  host: Host,
  config: HostConfig,
  identity: Identity | undefined,
  status: Pick<SlotStatus, "state" | "step"> & Partial<SlotStatus>,
): Promise<void> {
  if (identity !== undefined) await refuseIfSuperseded(host, config, identity);
  const complete: SlotStatus = {
    reason: null,
    incarnation: null,
    data: null,
    ...status,
    instanceId: identity?.instanceId ?? null,
    launchedAt: identity?.launchedAt ?? null,
    at: host.now().toISOString(),
  };
  await host.putParameter(config.statusParameter, renderStatus(complete));
}
