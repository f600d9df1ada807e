import { z } from "zod";
import type { HostConfig } from "./config.ts";
import { judge, type Judgement, type Moment, type Watch } from "./dead-man.ts";
import { RUN_DIRECTORY } from "./dead-man-units.ts";
import { mustRun, type Host } from "./host.ts";
import { parseStatus, renderStatus } from "./report.ts";
import { within } from "./within.ts";

/** Lost with every restart, as it lies in memory. */
export const WATCH_FILE = `${RUN_DIRECTORY}/dead-man.json`;
/** Time since boot on the kernel's boot-time clock (proc(5)): it goes on while the machine is suspended, and nobody can set it. */
export const UPTIME_FILE = "/proc/uptime";
export const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";
/** Written by cloud-init. */
export const INSTANCE_ID_FILE = "/var/lib/cloud/data/instance-id";

/** The step that a slot's status names once the switch has ended it. */
export const DEAD_MAN_STEP = "dead-man";

/** The two calls of AWS that the switch makes. Either may never answer. */
export interface DeadManCalls {
  /** The guard's heartbeat as text; undefined where there is none yet. */
  heartbeat(signal: AbortSignal): Promise<string | undefined>;
  /** Sets the desired capacity of the slot's own group to 0. */
  endSlot(signal: AbortSignal): Promise<void>;
}

/** Milliseconds that a look waits: all of it together is over before systemd ends the look (`LOOK_LIMIT_SECONDS`). */
export interface LookLimits {
  readonly read: number;
  readonly end: number;
  /** For each way of shutting down. */
  readonly shutDown: number;
}

export const LOOK_LIMITS: LookLimits = { read: 12_000, end: 12_000, shutDown: 5_000 };

/** Ways to end the machine, each harder than the one before; the first that is accepted is enough. */
export const SHUTDOWNS: readonly (readonly [command: string, ...args: string[]])[] = [
  // Without waiting for services: one that does not stop would be paid for half an hour (poweroff.target, JobTimeoutSec).
  ["systemctl", "poweroff", "--force"],
  ["systemctl", "poweroff", "--force", "--force"],
  ["sh", "-c", "echo o >/proc/sysrq-trigger"],
];

type LookHost = Pick<
  Host,
  "run" | "readText" | "writeText" | "makeDirectory" | "getParameter" | "putParameter" | "now" | "log"
>;

type LookConfig = Pick<HostConfig, "slot" | "statusParameter"> & {
  readonly deadMan: NonNullable<HostConfig["deadMan"]>;
};

/**
 * One look at the heartbeat. Where the guard has been silent for too long the host sets its own slot to 0, or the
 * group would replace it, and shuts down, whether that call went through or not.
 *
 * @throws Error where the kernel does not tell the time since boot, or no way of shutting down was accepted.
 */
export async function look(
  host: LookHost,
  calls: DeadManCalls,
  config: LookConfig,
  limits: LookLimits = LOOK_LIMITS,
): Promise<Judgement> {
  // Before the question: an answer that takes long makes the heartbeat older, never younger.
  const moment = await presentOf(host);
  const before = await watchOf(host);
  const value = await heartbeatOf(host, calls, limits);
  const limit = config.deadMan.limitSeconds * 1000;
  const seen = judge(before, value, moment, limit);
  // A change that is not kept would be news again at every look, for ever: it was not seen.
  const judgement = (await keep(host, seen.watch)) ? seen : judge(before, undefined, moment, limit);
  if (judgement.verdict === "silent") await end(host, calls, config, judgement.age, limits);
  return judgement;
}

async function presentOf(host: LookHost): Promise<Moment> {
  const [uptime = "", bootId = ""] = await Promise.all([
    host.readText(UPTIME_FILE),
    host.readText(BOOT_ID_FILE),
  ]);
  const seconds = /^\d+(\.\d+)?(?=\s|$)/.exec(uptime)?.[0];
  if (seconds === undefined) throw new Error(`${UPTIME_FILE} does not say how long this host has been up`);
  return { bootId: bootId.trim(), uptime: Math.round(Number(seconds) * 1000) };
}

const watchSchema = z.object({
  bootId: z.string(),
  value: z.string().nullable(),
  changedAt: z.number().nonnegative(),
});

/** A watch that cannot be read is none, whatever the reason: the switch must not fail for its memory. */
async function watchOf(host: LookHost): Promise<Watch | undefined> {
  try {
    const text = await host.readText(WATCH_FILE);
    return text === undefined ? undefined : watchSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    host.log(`could not read ${WATCH_FILE}: ${messageOf(error)}`);
    return undefined;
  }
}

/** A heartbeat that cannot be read is none. */
async function heartbeatOf(
  host: LookHost,
  calls: DeadManCalls,
  limits: LookLimits,
): Promise<string | undefined> {
  try {
    const value = await within(limits.read, (signal) => calls.heartbeat(signal));
    if (value === undefined) host.log("the guard has no heartbeat yet");
    return value;
  } catch (error) {
    host.log(`the guard's heartbeat cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

function keep(host: LookHost, watch: Watch): Promise<boolean> {
  return attempt(host, `write ${WATCH_FILE}`, async () => {
    await host.makeDirectory(RUN_DIRECTORY);
    await host.writeText(WATCH_FILE, `${JSON.stringify(watch)}\n`);
  });
}

async function end(
  host: LookHost,
  calls: DeadManCalls,
  config: LookConfig,
  age: number,
  limits: LookLimits,
): Promise<void> {
  const reason = `no sign of life of the money guard for ${String(Math.floor(age / 60_000))} minutes: the slot is set to 0 and the host shut down`;
  host.log(`${config.slot}: ${reason}`);
  await Promise.all([
    attempt(host, "set the slot to 0", () => within(limits.end, (signal) => calls.endSlot(signal))),
    attempt(host, "write the status", () => within(limits.end, () => report(host, config, reason))),
  ]);
  for (const [command, ...args] of SHUTDOWNS) {
    const accepted = await attempt(host, "shut down", () =>
      within(limits.shutDown, () => mustRun(host, command, args)),
    );
    if (accepted) return;
  }
  throw new Error("this host cannot be shut down; it is tried again at the next look");
}

/** Marks the status that stands as failed, unless it is of another instance, which the slot then belongs to. */
async function report(host: LookHost, { statusParameter }: LookConfig, reason: string): Promise<void> {
  const standing = parseStatus(await host.getParameter(statusParameter));
  const own = (await host.readText(INSTANCE_ID_FILE))?.trim() ?? null;
  const owner = standing?.instanceId ?? null;
  if (owner !== null && own !== null && owner !== own) return;
  const status = {
    launchedAt: null,
    incarnation: null,
    data: null,
    ...standing,
    state: "failed",
    step: DEAD_MAN_STEP,
    reason,
    instanceId: own ?? owner,
    at: host.now().toISOString(),
  } as const;
  await host.putParameter(statusParameter, renderStatus(status));
}

/** @returns false where it failed, which is logged. */
async function attempt(host: LookHost, what: string, step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    host.log(`could not ${what}: ${messageOf(error)}`);
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
