import { groupsOfPersistent } from "./allow-list.ts";
import { Attempts, inBatches } from "./attempts.ts";
import { isAlive } from "./billable.ts";
import { classifier, type Claim } from "./classify.ts";
import type { GuardConfig } from "./config.ts";
import { victimsOf, type Suspect } from "./decide.ts";
import { all, readGroups, readRegions } from "./observe.ts";
import type { ObservedGroup, ObservedInstance } from "./observations.ts";
import { LATCHED_PROCESSES, type Cloud, type GuardPorts } from "./ports.ts";
import { SECOND } from "./time.ts";

/** How a stop came out. It is repeated, whole, until it is verified: every step may be done twice. */
export interface Stopped {
  /** Ids whose termination was accepted. */
  readonly ids: readonly string[];
  /** What did not work, and what a person must look at. */
  readonly failures: readonly string[];
  /** True once two looks in a row saw nothing to stop, all groups are closed and the models are denied. */
  readonly verified: boolean;
}

type ActPorts = Pick<GuardPorts, "cloud" | "clock">;

/** Looks in a row that must see nothing (FM-06), the pause between two, and how many there are at most. */
export const EMPTY_LOOKS = 2;
export const LOOK_PAUSE_MS = 10 * SECOND;
export const MOST_LOOKS = 8;

export interface StopOptions {
  /** What is known to run: stopped before anything is looked at, and again where a region cannot be read. */
  readonly known?: readonly Suspect[];
  /** The home region as the tick read it: it tells of persistent hosts should the next look fail. */
  readonly seen?: readonly ObservedInstance[] | undefined;
  /** The groups as the tick read them, should the next look fail. Default: all that the stack should have. */
  readonly groups?: readonly Pick<ObservedGroup, "name">[] | undefined;
  /** Regions that could never be read and never held anything known: they keep no stop from being verified. */
  readonly neverRead?: ReadonlySet<string>;
  /** When what is left is left to the next tick, which comes before the run is killed. Default: never. */
  readonly deadline?: number;
}

/**
 * Stops everything that may be stopped. The latch is in the ledger before this is called, so that a run that dies on
 * the way is taken up by the next one (FM-03). A step that fails does not keep the others from being done, and the
 * steps that a hanging region could hold up come last.
 */
export async function stopAll(
  ports: ActPorts,
  config: GuardConfig,
  options: StopOptions = {},
): Promise<Stopped> {
  const { cloud, clock } = ports;
  const { known = [], seen, groups, neverRead = new Set(), deadline = Number.POSITIVE_INFINITY } = options;
  const attempt = new Attempts(() => clock.now() >= deadline);
  await closeGroups(cloud, config, attempt, { seen, groups });
  // One batch a region, and no more time for it: what fails here the sweep finds again, if it is still there.
  const [denied, first] = await Promise.all([
    denyModels(cloud, config, attempt),
    terminateAll(cloud, known, new Attempts(() => true)),
  ]);
  const cancelled = await Promise.all(
    config.regions.map((region) =>
      cancelRequests(cloud, region, neverRead.has(region) ? new Attempts(attempt.isLate) : attempt),
    ),
  );
  const readable = config.regions.every(
    (region, index) => cancelled[index] === true || neverRead.has(region),
  );
  const swept = await sweep(ports, config, { known, neverRead }, attempt);
  const closed = await attempt.run("verify the groups", async () => {
    const groups = await readGroups(cloud, config);
    const guarded = await groupsOfPersistentHosts(cloud, config, seen);
    return groups.every((group) => isClosed(group, guarded));
  });
  return {
    ids: [...new Set([...first, ...swept.ids])],
    failures: attempt.failures,
    verified: swept.empty && readable && denied && closed === true,
  };
}

/** True where a group can start nothing and wants nothing. */
export function isClosed(group: ObservedGroup, guarded: ReadonlySet<string> = new Set()): boolean {
  const latched = LATCHED_PROCESSES.every((process) => group.suspended.includes(process));
  return latched && (group.desired === 0 || guarded.has(group.name));
}

/**
 * First no new launches, then none wanted: the other way round a group would replace what it loses. All groups at
 * once: where Auto Scaling hangs, this costs one time limit and not one for each, and hosts are ended all the same.
 */
async function closeGroups(
  cloud: Cloud,
  config: GuardConfig,
  attempt: Attempts,
  { seen, groups: known }: Pick<StopOptions, "seen" | "groups">,
): Promise<void> {
  const read = await attempt.run("read the groups", () => readGroups(cloud, config));
  const groups = read ?? takenForOpen(known ?? config.slots.map(({ group }) => ({ name: group })));
  await Promise.all(
    groups.map(async ({ name, suspended }) => {
      const missing = LATCHED_PROCESSES.filter((process) => !suspended.includes(process));
      if (missing.length > 0) await attempt.run(`suspend ${name}`, () => cloud.suspend(name, missing));
    }),
  );
  const wanted = groups.filter(({ desired }) => desired > 0).map(({ name }) => name);
  await emptyGroups(cloud, config, wanted, attempt, seen);
}

/** Groups that cannot be read: to close twice what is closed harms nothing, and one left open launches again. */
function takenForOpen(groups: readonly Pick<ObservedGroup, "name">[]): readonly ObservedGroup[] {
  return groups.map(({ name }) => ({ name, desired: 1, suspended: [] }));
}

/**
 * Sets groups to 0, but none that holds a persistent host (FM-08). Where nobody can tell which do, none is: the
 * caller terminates hosts by id.
 */
async function emptyGroups(
  cloud: Cloud,
  config: GuardConfig,
  names: readonly string[],
  attempt: Attempts,
  seen: readonly ObservedInstance[] | undefined,
): Promise<void> {
  if (names.length === 0) return;
  const guarded = await attempt.run("look for persistent hosts, without which no group is set to 0", () =>
    groupsOfPersistentHosts(cloud, config, seen),
  );
  if (guarded === undefined) return;
  await Promise.all(
    names.map(async (name) => {
      if (guarded.has(name)) attempt.fail(`${name} holds a persistent host: left as it is`);
      else await attempt.run(`set ${name} to 0`, () => cloud.setDesired(name, 0));
    }),
  );
}

/**
 * Looks once more, since the tick's own look may be minutes old.
 *
 * @param seen counts where the look fails
 * @throws what AWS answers, where nothing was seen before
 */
export async function groupsOfPersistentHosts(
  cloud: Pick<Cloud, "instances">,
  config: GuardConfig,
  seen?: readonly ObservedInstance[],
): Promise<ReadonlySet<string>> {
  try {
    return groupsOfPersistent(await all((next) => cloud.instances(config.homeRegion, next)), config);
  } catch (error) {
    if (seen === undefined) throw error;
    return groupsOfPersistent(seen, config);
  }
}

/** @returns true where nothing is left that would launch again. */
async function cancelRequests(cloud: Cloud, region: string, attempt: Attempts): Promise<boolean> {
  const requests = await attempt.run(`read the spot requests of ${region}`, () =>
    all((next) => cloud.spotRequests(region, next)),
  );
  if (requests === undefined) return false;
  const ids = requests.map(({ id }) => id);
  const done = await inBatches(ids, "cancel", attempt, (some) => cloud.cancelSpotRequests(region, some));
  return done.length === ids.length;
}

type Suspected = ObservedInstance & { readonly claim: Claim };

/** Terminates whatever is there, again and again, until it was seen twice that nothing is. */
async function sweep(
  { cloud, clock }: ActPorts,
  config: GuardConfig,
  { known, neverRead }: Required<Pick<StopOptions, "known" | "neverRead">>,
  attempt: Attempts,
): Promise<{ readonly ids: readonly string[]; readonly empty: boolean }> {
  const classify = classifier(config);
  const ids = new Set<string>();
  let empty = 0;
  for (let looks = 0; looks < MOST_LOOKS && empty < EMPTY_LOOKS; looks += 1) {
    if (looks > 0) {
      if (attempt.isLate()) break;
      await clock.sleep(LOOK_PAUSE_MS);
    }
    const readings = await readRegions(cloud, config);
    const running = readings
      .flatMap((reading) => ("instances" in reading ? reading.instances : []))
      .filter(({ state }) => isAlive(state))
      .map((instance): Suspected => ({ ...instance, claim: classify(instance) }));
    const { victims } = victimsOf({ running, config });
    const blind = new Set(readings.flatMap((reading) => ("instances" in reading ? [] : [reading.region])));
    const allRead = [...blind].every((region) => neverRead.has(region));
    empty = victims.length === 0 && allRead ? empty + 1 : 0;
    const suspects = [...victims, ...known.filter(({ region }) => blind.has(region))];
    for (const id of await terminateAll(cloud, suspects, attempt)) ids.add(id);
  }
  if (empty < EMPTY_LOOKS) attempt.fail("something still runs, or a region cannot be read");
  return { ids: [...ids], empty: empty >= EMPTY_LOOKS };
}

/** All regions at once: one that hangs holds up no other. */
async function terminateAll(
  cloud: Cloud,
  hosts: readonly { readonly id: string; readonly region: string }[],
  attempt: Attempts,
): Promise<readonly string[]> {
  const regions = [...new Set(hosts.map(({ region }) => region))];
  const done = await Promise.all(
    regions.map((region) =>
      inBatches(
        hosts.filter((host) => host.region === region).map(({ id }) => id),
        "terminate",
        attempt,
        (ids) => cloud.terminate(region, ids),
      ),
    ),
  );
  return done.flat();
}

async function denyModels(
  cloud: Cloud,
  { agentsRole: role }: GuardConfig,
  attempt: Attempts,
): Promise<boolean> {
  if (role === undefined) return true;
  const denied = await attempt.run(`deny models to ${role}`, async () => {
    if (!(await cloud.modelsDenied(role))) await cloud.denyModels(role);
    return cloud.modelsDenied(role);
  });
  return denied === true;
}

/** Gives back what the latch took, and nothing more: groups stay at 0 until somebody starts them. */
export async function rearm(
  { cloud }: Pick<ActPorts, "cloud">,
  config: GuardConfig,
): Promise<{ readonly verified: boolean; readonly failures: readonly string[] }> {
  const attempt = new Attempts();
  const groups = (await attempt.run("read the groups", () => readGroups(cloud, config))) ?? [];
  for (const { name, suspended } of groups) {
    const held = LATCHED_PROCESSES.filter((process) => suspended.includes(process));
    if (held.length > 0) await attempt.run(`resume ${name}`, () => cloud.resume(name, held));
  }
  const { agentsRole: role } = config;
  if (role !== undefined)
    await attempt.run(`allow models to ${role}`, async () => {
      if (await cloud.modelsDenied(role)) await cloud.allowModels(role);
    });
  return { verified: attempt.failures.length === 0, failures: attempt.failures };
}

/**
 * Sets the groups of some slots to 0 and terminates what they hold: the end of a lease. A group that holds a
 * persistent host is left as it is, which is a failure: a person must free the host (FM-08).
 *
 * @param seen the home region as the tick read it, should the next look fail
 */
export async function stopSlots(
  cloud: Cloud,
  config: GuardConfig,
  slots: readonly string[],
  hosts: readonly { readonly id: string; readonly region: string }[],
  seen?: readonly ObservedInstance[],
): Promise<readonly string[]> {
  const attempt = new Attempts();
  const groups = config.slots.filter(({ name }) => slots.includes(name)).map(({ group }) => group);
  await emptyGroups(cloud, config, groups, attempt, seen);
  await terminateAll(cloud, hosts, attempt);
  return attempt.failures;
}
