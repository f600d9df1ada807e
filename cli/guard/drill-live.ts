import { admit, knownRunning } from "../../runtime/guard/admission.ts";
import { rearm, stopAll } from "../../runtime/guard/act.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { all, readGroups } from "../../runtime/guard/observe.ts";
import type { Lease, ObservedInstance } from "../../runtime/guard/observations.ts";
import type { Cloud } from "../../runtime/guard/ports.ts";
import { MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { shownDuration } from "../cluster/duration.ts";
import { withAdmissionLock } from "../cluster/admit.ts";
import { leaseId } from "../cluster/leases.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { skipped, step, type DrillStep } from "./drill.ts";
import type { DrillPorts } from "./drill-ports.ts";
import type { GuardedStack } from "./stack.ts";

/** The lease outlives the drill by a little, so that the guard ends what a drill that died has left. */
const LEASE_MS = 30 * MINUTE;
const LAUNCH_LIMIT_MS = 10 * MINUTE;
const END_LIMIT_MS = 5 * MINUTE;
const POLL_MS = 5 * SECOND;

/**
 * Starts one slot that is at rest, stops it by the guard's own code, and takes the time until its host is gone.
 * Other slots, and hosts that no group holds, are out of its sight. The slot is on a lease, and whatever happens it
 * is put back: desired 0, nothing suspended, no lease.
 *
 * @throws GroundError: 2 for a slot that is unknown or in use; 5 where the guard is latched or the money does not do;
 *   9 where others start something for too long.
 */
export async function liveDrill(
  ports: DrillPorts,
  { config }: GuardedStack,
  slot: string,
  owner: string,
  random: string,
): Promise<readonly DrillStep[]> {
  const { clock, table } = ports;
  const narrow = narrowTo(config, slot);
  const lease: Lease = {
    id: `drill-${leaseId(owner, clock.now(), random)}`,
    owner,
    slots: [slot],
    expiresAt: clock.now() + LEASE_MS,
    state: "active",
  };
  await withAdmissionLock(ports, lease.id, async (locked) => {
    await refuseUnlessFree(ports, config, lease);
    if (!(await locked.add(lease)))
      throw new GroundError(`The lease ${lease.id} exists already: try again.`, EXIT.resourceFailed);
  });
  const { group } = narrow.slot;
  const cloud = seeingOnly(ports.cloud, group);
  const steps: DrillStep[] = [];
  try {
    let host: ObservedInstance | undefined;
    steps.push(
      await step(ports, "live.start", `start ${slot}`, async () => {
        await cloud.setDesired(group, 1);
        host = await until(ports, LAUNCH_LIMIT_MS, async () =>
          (await hostsOf(cloud, config)).find(({ state }) => state === "running"),
        );
        return host === undefined
          ? { found: "", problems: [`no host within ${shownDuration(LAUNCH_LIMIT_MS)}`] }
          : { found: `${host.id}, ${host.type} in ${host.zone}` };
      }),
    );
    if (host === undefined) return steps;
    steps.push(
      await step(ports, "live.stop", `stop ${slot}`, async () => {
        const { failures, verified } = await stopAll({ cloud, clock }, narrow.config);
        return { found: "verified by two empty looks", problems: verified ? [] : failures };
      }),
      await step(ports, "live.gone", "host gone", async () => {
        const gone = await until(ports, END_LIMIT_MS, async () =>
          (await hostsOf(cloud, config)).every(({ state }) => state === "terminated") ? true : undefined,
        );
        const problems = gone === true ? [] : [`still there after ${shownDuration(END_LIMIT_MS)}`];
        return { found: "terminated", problems };
      }),
    );
    return steps;
  } finally {
    steps.push(
      await step(ports, "live.restore", `put ${slot} back`, async () => {
        await cloud.setDesired(group, 0);
        const { failures } = await rearm({ cloud }, narrow.config);
        await table.removeLease(lease.id);
        return { found: "desired 0, nothing suspended, no lease", problems: failures };
      }),
    );
  }
}

async function refuseUnlessFree(ports: DrillPorts, config: GuardConfig, lease: Lease): Promise<void> {
  const { table, cloud, clock } = ports;
  const [ledger, { leases }, groups, scheduled] = await Promise.all([
    table.read(),
    table.requests(),
    readGroups(cloud, config),
    all((next) => cloud.scheduledRuns(next)),
  ]);
  const [slot = ""] = lease.slots;
  const group = config.slots.find(({ name }) => name === slot)?.group;
  const wanted = groups.find(({ name }) => name === group);
  const inUse =
    wanted === undefined || wanted.desired > 0 || leases.some(({ slots }) => slots.includes(slot));
  if (inUse)
    throw new GroundError(
      `${slot} cannot be sacrificed: it is in use, or its group does not exist. Choose one at rest, of: ${config.slots.map(({ name }) => name).join(", ")}.`,
      EXIT.badConfiguration,
    );
  const { admitted, reason } = admit(
    { slots: [slot], until: lease.expiresAt },
    {
      config,
      ledger,
      now: clock.now(),
      running: knownRunning(ledger),
      groups,
      leases,
      scheduled,
      heldGroups: ledger?.heldGroups ?? [],
    },
  );
  if (!admitted) throw new GroundError(`The live drill is refused: ${reason}.`, EXIT.policyViolation);
}

/** The line of a live drill that a failed dry one has kept from beginning. */
export function notBegun(ports: DrillPorts, slot: string): DrillStep {
  return skipped(ports, "live.start", `start ${slot}`, "not started: a step above is not well");
}

/** @throws GroundError (exit code 2) for a slot that the stack has not */
export function requireSlot({ slots }: GuardConfig, name: string): GuardConfig["slots"][number] {
  const slot = slots.find((one) => one.name === name);
  if (slot !== undefined) return slot;
  const there =
    slots.length === 0 ? "the stack has none" : `there are ${slots.map((one) => one.name).join(", ")}`;
  throw new GroundError(`There is no slot ${name}; ${there}.`, EXIT.badConfiguration);
}

/** The guard's configuration as if this slot were all there is. */
function narrowTo(config: GuardConfig, name: string) {
  const slot = requireSlot(config, name);
  return { slot, config: { ...config, slots: [slot], regions: [config.homeRegion] } };
}

/** The cloud with one group's hosts in it, and no spot requests of others; the agents' models are left as they are. */
function seeingOnly(cloud: Cloud, group: string): Cloud {
  return {
    ...cloud,
    async instances(region, next) {
      const page = await cloud.instances(region, next);
      return { ...page, items: page.items.filter((instance) => instance.group === group) };
    },
    spotRequests: () => Promise.resolve({ items: [] }),
    modelsDenied: () => Promise.resolve(true),
    denyModels: () => Promise.resolve(),
    allowModels: () => Promise.resolve(),
  };
}

async function hostsOf(cloud: Cloud, { homeRegion }: GuardConfig): Promise<readonly ObservedInstance[]> {
  return all((next) => cloud.instances(homeRegion, next));
}

async function until<Result>(
  { clock }: DrillPorts,
  limit: number,
  look: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const end = clock.now() + limit;
  for (;;) {
    const found = await look();
    if (found !== undefined || clock.now() >= end) return found;
    await clock.sleep(POLL_MS);
  }
}
