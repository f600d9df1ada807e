import { all, messageOf } from "../../runtime/guard/observe.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { clockTime, SECOND } from "../../runtime/guard/time.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { slotConfig, type ClusterStack } from "./environment.ts";
import type { ClusterView } from "./look.ts";
import type { ClusterPorts } from "./ports.ts";
import type { SlotView } from "./slot-state.ts";
import type { StartProgress, StartRequest } from "./start.ts";
import { windDown } from "./wind-down.ts";

/** How often a slot that goes back to 0 is raised, and how long AWS has to show what was asked for. */
const RAISE_ROUNDS = 4;
const RAISE_PAUSE_MS = 2 * SECOND;

/**
 * Sets every group to one host, then looks whether they all still are: the end of an earlier lease of the same slots
 * may have come in between. On a failure or an interruption everything is given back.
 *
 * @returns the slots that were at rest: those that a later failure may take down again
 */
export async function raise(
  ports: ClusterPorts,
  stack: ClusterStack,
  before: ClusterView,
  lease: Lease,
  { signal }: StartRequest,
  progress: StartProgress,
): Promise<readonly string[]> {
  const raised = new Set<string>();
  let problem: string | undefined;
  for (let round = 0; round <= RAISE_ROUNDS && problem === undefined; round += 1) {
    if (round > 1) await ports.clock.sleep(RAISE_PAUSE_MS);
    try {
      const low = await slotsAtZero(ports, stack, before);
      // Somebody's stop, or the guard's, may have come in between: then these slots have no lease.
      if (round > 0 && !(await holds(ports, lease.id)))
        problem = "its lease was ended meanwhile, by `ground cluster stop` or by the guard";
      else if (low.length === 0 && round > 0) return [...raised];
      else if (round === RAISE_ROUNDS)
        problem = `somebody sets ${low.map(({ slot }) => slot).join(", ")} back to 0 again and again`;
      else problem = await raiseEach(ports, stack, low, raised, signal);
    } catch (error) {
      problem = messageOf(error);
    }
  }
  const { text } = await giveBack(ports, stack, before, lease, [...raised], progress);
  throw new GroundError(`The start failed, and ${text}: ${problem ?? "unknown"}.`, EXIT.resourceFailed);
}

/** @returns what went wrong, if anything did */
async function raiseEach(
  ports: ClusterPorts,
  stack: ClusterStack,
  low: readonly SlotView[],
  raised: Set<string>,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const { slot, host } of low) {
    if (signal.aborted) return "interrupted";
    const { group } = slotConfig(stack, slot);
    const isFirst = !raised.has(slot);
    raised.add(slot);
    try {
      // What an earlier start may have left; a group with a host would replace it.
      if (host === undefined && isFirst) await ports.setOnDemandShare(group, 0);
      await ports.cloud.setDesired(group, 1);
    } catch (error) {
      return `${slot}: ${messageOf(error)}`;
    }
  }
  return undefined;
}

async function slotsAtZero(
  { cloud }: ClusterPorts,
  stack: ClusterStack,
  { slots }: ClusterView,
): Promise<readonly SlotView[]> {
  const names = slots.map(({ slot }) => slotConfig(stack, slot).group);
  const groups = await all((next) => cloud.groups(names, next));
  const up = new Set(groups.flatMap(({ name, desired }) => (desired > 0 ? [name] : [])));
  return slots.filter(({ slot }) => !up.has(slotConfig(stack, slot).group));
}

async function holds({ table }: Pick<ClusterPorts, "table">, id: string): Promise<boolean> {
  return (await table.requests()).leases.some((lease) => lease.id === id && lease.state === "active");
}

interface GivenBack {
  readonly isComplete: boolean;
  /** The end of a sentence, for people: what is left, and who ends it. */
  readonly text: string;
}

/** Takes down what this start raised, except what others hold by a lease of their own. */
export async function giveBack(
  ports: ClusterPorts,
  stack: ClusterStack,
  before: ClusterView,
  lease: Lease,
  raised: readonly string[],
  progress: StartProgress,
): Promise<GivenBack> {
  progress.said("giving everything back");
  let rest: readonly string[];
  try {
    const { remaining, failures } = await windDown(ports, stack, {
      end: ({ id }) => id === lease.id,
      // In its hours only the start of a schedule tells its slots from those that this one raised.
      keeps: ({ since }) => since >= before.now,
      slots: raised,
      // What was up before, by a schedule or by hand, is named by the lease too, and must not be ended with it.
      mark: [...before.groups.values()].every(({ desired }) => desired === 0),
    });
    rest = [...failures, ...remaining.map((slot) => `${slot} still has a host`)];
  } catch (error) {
    rest = [messageOf(error)];
  }
  if (rest.length === 0) return { isComplete: true, text: "everything was given back" };
  return {
    isComplete: false,
    text: `not everything could be given back (${rest.join("; ")}): the lease ${lease.id} holds until ${clockTime(lease.expiresAt)}, then the guard ends it; sooner by \`ground cluster stop\``,
  };
}
