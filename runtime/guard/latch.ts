import { isClosed, stopAll, type StopOptions } from "./act.ts";
import { groupsOfPersistent } from "./allow-list.ts";
import { Attempts } from "./attempts.ts";
import type { GuardConfig } from "./config.ts";
import type { Latch } from "./ledger.ts";
import { neverRead } from "./never-read.ts";
import type { Running } from "./meter.ts";
import type { Lease, ObservedInstance } from "./observations.ts";
import { tell } from "./people.ts";
import type { GuardPorts } from "./ports.ts";
import { relaunchedMessage, stoppedMessage } from "./report.ts";
import type { Work } from "./work.ts";

/** How often something may come back under one latch before the guard no longer calls itself well. */
const MOST_RELAUNCHES = 1;

/**
 * Stops everything, or sees to it that all stays stopped.
 *
 * @returns true where nothing that had to be stopped may still run
 */
export async function latchDown(ports: GuardPorts, config: GuardConfig, work: Work): Promise<boolean> {
  const { decision, requests, writer } = work;
  const { latch } = writer;
  if (latch === null) throw new RangeError("a stop without a latch");
  const options = stopOptions(config, work);
  if (await isQuiet(ports, config, latch, work, options)) return true;
  const relaunched = latch.phase === "stopped" && decision.victims.length > 0;
  const relaunches = (latch.relaunches ?? 0) + (relaunched ? 1 : 0);
  let { reported } = latch;
  // Whoever closed the latch did not live to tell people: they hear of it before anything can kill this run, too.
  if (decision.verdict === "hold" && !reported && latch.phase === "stopping") {
    const failures = ["the run before this one did not come to its end"];
    if (await tell(ports, writer, [stoppedMessage(latch, decision, failures, config)]))
      reported = await writer.amend({ latch: { ...latch, reported: true } });
  }
  const stopped = await stopAll(ports, config, options);
  const forgotten = await forgetLeases(ports, requests.leases);
  const { ids } = stopped;
  const verified = stopped.verified && forgotten.length === 0;
  const failures = [...stopped.failures, ...forgotten];
  // A group at 0 may have let its host go before the sweep came to it.
  const gone = verified ? decision.victims.map(({ id }) => id) : [];
  const all = [...new Set([...latch.stopped, ...ids, ...gone])];
  const next: Latch = {
    ...latch,
    phase: verified ? "stopped" : "stopping",
    stopped: all,
    slots: { ...latch.slots, ...slotsOf(all, decision.victims) },
    ...(relaunches === 0 ? {} : { relaunches }),
  };
  // What is so comes first. People are told once, when it is done or when it first did not get done.
  await writer.amend({ latch: { ...next, reported }, heldGroups: [] });
  if (!reported && (await tell(ports, writer, [stoppedMessage(next, decision, failures, config)])))
    await writer.amend({ latch: { ...next, reported: true } });
  if (!relaunched) return verified;
  if (relaunches <= MOST_RELAUNCHES + 1)
    await tell(ports, writer, [relaunchedMessage(relaunchedInstances(work), config)]);
  return verified && relaunches <= MOST_RELAUNCHES;
}

/** Noted at the stop: a day later nothing knows any more which slot an instance was. */
function slotsOf(
  ids: readonly string[],
  instances: readonly Pick<Running, "id" | "claim">[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    instances.flatMap(({ id, claim: { slot } }) =>
      slot === undefined || !ids.includes(id) ? [] : [[id, slot]],
    ),
  );
}

/** @returns what did not work: it keeps no message of the stop from people, and is tried again. */
async function forgetLeases(
  { store }: Pick<GuardPorts, "store">,
  leases: readonly Lease[],
): Promise<readonly string[]> {
  const attempt = new Attempts();
  for (const { id } of leases) await attempt.run(`forget lease ${id}`, () => store.removeLease(id));
  return attempt.failures;
}

function stopOptions(
  config: GuardConfig,
  { decision, seen, metered, deadline }: Work,
): Required<StopOptions> {
  const { regions } = seen.observations;
  return {
    known: decision.victims,
    seen: homeInstances(config, seen),
    groups: seen.groups,
    neverRead: neverRead(regions, metered.ledger, config),
    deadline,
  };
}

/** The home region as the tick read it; undefined where it could not. */
export function homeInstances(
  { homeRegion }: Pick<GuardConfig, "homeRegion">,
  { observations }: Work["seen"],
): readonly ObservedInstance[] | undefined {
  const home = observations.regions.find(({ region }) => region === homeRegion);
  return home !== undefined && "instances" in home ? home.instances : undefined;
}

/** True where the latch holds and there is nothing left to do: a tick while latched changes nothing in AWS. */
async function isQuiet(
  { cloud }: Pick<GuardPorts, "cloud">,
  config: GuardConfig,
  latch: Latch,
  { decision, seen }: Work,
  options: Required<StopOptions>,
): Promise<boolean> {
  if (latch.phase !== "stopped" || !latch.reported || decision.victims.length > 0) return false;
  const guarded = groupsOfPersistent(options.seen ?? [], config);
  if (!seen.groups.every((group) => isClosed(group, guarded))) return false;
  const isRead = seen.observations.regions.every(
    (reading) => "instances" in reading || options.neverRead.has(reading.region),
  );
  if (!isRead) return false;
  return config.agentsRole === undefined || cloud.modelsDenied(config.agentsRole);
}

/** What came back, as EC2 describes it: its tags tell what launches it. */
function relaunchedInstances({ decision, seen }: Work): readonly ObservedInstance[] {
  const ids = new Set(decision.victims.map(({ id }) => id));
  return seen.observations.regions
    .flatMap((reading) => ("instances" in reading ? reading.instances : []))
    .filter(({ id }) => ids.has(id));
}
