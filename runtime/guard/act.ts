import { isAlive } from "./billable.ts";
import { classifier, type Claim } from "./classify.ts";
import type { GuardConfig } from "./config.ts";
import { victimsOf, type Suspect } from "./decide.ts";
import { all, messageOf, readGroups, readRegions } from "./observe.ts";
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

/** Ids of one call. EC2 takes 1,000, and advises batches. */
const BATCH = 100;

/**
 * Stops everything that may be stopped. Of a region that cannot be read it stops what is `known` there. The latch is in the ledger before this is called, so that a run that
 * dies on the way is taken up by the next one (FM-03). A step that fails does not keep the others from being done.
 */
export async function stopAll(
  ports: ActPorts,
  config: GuardConfig,
  known: readonly Suspect[] = [],
): Promise<Stopped> {
  const attempt = new Attempts();
  await closeGroups(ports.cloud, config, attempt);
  for (const region of config.regions)
    await attempt.run(`cancel spot requests in ${region}`, () => cancelRequests(ports.cloud, region));
  const swept = await sweep(ports, config, known, attempt);
  const denied = await denyModels(ports.cloud, config, attempt);
  const closed = await attempt.run("verify the groups", async () => {
    const [groups, guarded] = await Promise.all([
      readGroups(ports.cloud, config),
      groupsOfPersistentHosts(ports.cloud, config),
    ]);
    return groups.every((group) => isClosed(group, guarded));
  });
  return { ids: swept.ids, failures: attempt.failures, verified: swept.empty && denied && closed === true };
}

/** True where a group can start nothing and wants nothing. */
export function isClosed(group: ObservedGroup, guarded: ReadonlySet<string> = new Set()): boolean {
  const latched = LATCHED_PROCESSES.every((process) => group.suspended.includes(process));
  return latched && (group.desired === 0 || guarded.has(group.name));
}

/** Collects what goes wrong instead of ending at the first. */
class Attempts {
  readonly failures: string[] = [];

  async run<Result>(what: string, step: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await step();
    } catch (error) {
      this.failures.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  }
}

/** First no new launches, then none wanted: the other way round a group would replace what it loses. */
async function closeGroups(cloud: Cloud, config: GuardConfig, attempt: Attempts): Promise<void> {
  const groups = (await attempt.run("read the groups", () => readGroups(cloud, config))) ?? [];
  for (const { name, suspended } of groups) {
    const missing = LATCHED_PROCESSES.filter((process) => !suspended.includes(process));
    if (missing.length > 0) await attempt.run(`suspend ${name}`, () => cloud.suspend(name, missing));
  }
  const wanted = groups.filter(({ desired }) => desired > 0);
  if (wanted.length === 0) return;
  const guarded = await attempt.run("look for persistent hosts", () =>
    groupsOfPersistentHosts(cloud, config),
  );
  for (const { name } of wanted) {
    if (guarded?.has(name) === true) attempt.failures.push(`${name} holds a persistent host: left as it is`);
    else await attempt.run(`set ${name} to 0`, () => cloud.setDesired(name, 0));
  }
}

/** Groups that hold a host of the allow-list, by whatever mistake: setting them to 0 would stop it (FM-08). */
async function groupsOfPersistentHosts(cloud: Cloud, config: GuardConfig): Promise<ReadonlySet<string>> {
  const classify = classifier(config);
  const instances = await all((next) => cloud.instances(config.homeRegion, next));
  return new Set(
    instances.flatMap((instance) =>
      instance.group !== undefined && isAlive(instance.state) && classify(instance).kind === "persistent"
        ? [instance.group]
        : [],
    ),
  );
}

async function cancelRequests(cloud: Cloud, region: string): Promise<void> {
  const requests = await all((next) => cloud.spotRequests(region, next));
  if (requests.length > 0)
    await cloud.cancelSpotRequests(
      region,
      requests.map(({ id }) => id),
    );
}

type Suspected = ObservedInstance & { readonly claim: Claim };

/** Terminates whatever is there, again and again, until it was seen twice that nothing is. */
async function sweep(
  { cloud, clock }: ActPorts,
  config: GuardConfig,
  known: readonly Suspect[],
  attempt: Attempts,
): Promise<{ readonly ids: readonly string[]; readonly empty: boolean }> {
  const classify = classifier(config);
  const ids = new Set<string>();
  let empty = 0;
  for (let looks = 0; looks < MOST_LOOKS && empty < EMPTY_LOOKS; looks += 1) {
    if (looks > 0) await clock.sleep(LOOK_PAUSE_MS);
    const readings = await readRegions(cloud, config);
    const running = readings
      .flatMap((reading) => ("instances" in reading ? reading.instances : []))
      .filter(({ state }) => isAlive(state))
      .map((instance): Suspected => ({ ...instance, claim: classify(instance) }));
    const { victims } = victimsOf({ running, config });
    const allRead = readings.every((reading) => "instances" in reading);
    empty = victims.length === 0 && allRead ? empty + 1 : 0;
    for (const reading of readings) {
      const { region } = reading;
      const suspects = "instances" in reading ? victims : known;
      const here = suspects.filter((victim) => victim.region === region).map(({ id }) => id);
      for (const id of await terminate(cloud, region, here, attempt)) ids.add(id);
    }
  }
  if (empty < EMPTY_LOOKS) attempt.failures.push("something still runs, or a region cannot be read");
  return { ids: [...ids], empty: empty >= EMPTY_LOOKS };
}

/** In batches; a batch that is refused goes id by id, since one bad id fails them all (FM-04). */
async function terminate(
  cloud: Cloud,
  region: string,
  ids: readonly string[],
  attempt: Attempts,
): Promise<readonly string[]> {
  const done: string[] = [];
  for (let start = 0; start < ids.length; start += BATCH) {
    const batch = ids.slice(start, start + BATCH);
    try {
      await cloud.terminate(region, batch);
      done.push(...batch);
    } catch {
      for (const id of batch) {
        const ok = await attempt.run(`terminate ${id}`, async () => {
          await cloud.terminate(region, [id]);
          return true;
        });
        if (ok === true) done.push(id);
      }
    }
  }
  return done;
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

/** Sets the groups of some slots to 0 and terminates what they hold: the end of a lease. */
export async function stopSlots(
  cloud: Cloud,
  config: GuardConfig,
  slots: readonly string[],
  hosts: readonly { readonly id: string; readonly region: string }[],
): Promise<readonly string[]> {
  const attempt = new Attempts();
  for (const { name, group } of config.slots)
    if (slots.includes(name)) await attempt.run(`set ${group} to 0`, () => cloud.setDesired(group, 0));
  for (const region of new Set(hosts.map((host) => host.region)))
    await terminate(
      cloud,
      region,
      hosts.filter((host) => host.region === region).map(({ id }) => id),
      attempt,
    );
  return attempt.failures;
}
