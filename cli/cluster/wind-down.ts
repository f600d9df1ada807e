import { isAlive } from "../../runtime/guard/billable.ts";
import { all, messageOf } from "../../runtime/guard/observe.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { slotConfig, type ClusterStack } from "./environment.ts";
import { hostsByGroup } from "./look.ts";
import type { ClusterPorts, LeaseTable } from "./ports.ts";

/** How a stop of slots came out. */
export interface WoundDown {
  /** Ids of hosts that were seen to be gone, or going without further cost. */
  readonly gone: readonly string[];
  /** Slots that still have a host when the time limit passed. */
  readonly remaining: readonly string[];
  /** What AWS refused. */
  readonly failures: readonly string[];
}

export interface WindDown {
  /** Leases that end with it. */
  readonly leases: readonly Lease[];
  readonly slots: readonly string[];
  /**
   * Whether the leases are marked as ending first: then the guard goes on with whatever is left undone here, and with
   * every slot that they name.
   */
  readonly mark: boolean;
  readonly limitMs?: number;
  /** Told after each look: slots that still have a host. */
  readonly onLook?: (remaining: readonly string[]) => void;
  readonly signal?: AbortSignal;
}

/** The write holds only while the end is what was read: of a lease that somebody extends meanwhile the new end is read. */
async function markEnding(table: LeaseTable, { id, expiresAt }: Lease): Promise<void> {
  let read: number | undefined = expiresAt;
  while (read !== undefined && !(await table.endLease(id, read)))
    read = (await table.requests()).leases.find((lease) => lease.id === id)?.expiresAt;
}

export const WIND_DOWN_LIMIT_MS = 10 * MINUTE;
export const POLL_MS = 10 * SECOND;

/**
 * Ends leases and takes slots to 0, then waits until their hosts are gone. The word to the guard comes first: if this
 * program dies on the way, the guard's next tick does the rest. Groups that are gone are no failure (FM-45). Only
 * once a slot is empty its group is set back to spot, and only then the lease is forgotten: nothing runs without one.
 */
export async function windDown(
  ports: ClusterPorts,
  stack: ClusterStack,
  { leases, slots, mark, limitMs = WIND_DOWN_LIMIT_MS, onLook, signal }: WindDown,
): Promise<WoundDown> {
  const { clock, cloud, table } = ports;
  const failures: string[] = [];
  const attempt = async (what: string, step: () => Promise<unknown>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      failures.push(`${what}: ${messageOf(error)}`);
    }
  };
  if (mark)
    for (const lease of leases) await attempt(`end lease ${lease.id}`, () => markEnding(table, lease));

  const groupOf = new Map(slots.map((slot) => [slot, slotConfig(stack, slot).group]));
  const names = [...groupOf.values()];
  const groups = names.length === 0 ? [] : await all((next) => cloud.groups(names, next));
  for (const { name, desired } of groups)
    if (desired > 0) await attempt(`set ${name} to 0`, () => cloud.setDesired(name, 0));

  const seen = new Set<string>();
  const deadline = clock.now() + limitMs;
  let remaining: readonly string[] = [];
  for (;;) {
    const hosts = await hostsByGroup(ports, stack, names);
    const present = [...hosts].flatMap(([, own]) => own.filter(({ state }) => isAlive(state)));
    for (const { id } of present) seen.add(id);
    const held = new Set(present.map(({ group }) => group));
    remaining = slots.filter((slot) => held.has(groupOf.get(slot)));
    onLook?.(remaining);
    if (remaining.length === 0 || clock.now() >= deadline || signal?.aborted === true) break;
    // A group whose desired capacity was refused would keep its host for ever.
    if (failures.some((failure) => failure.startsWith("set "))) break;
    await clock.sleep(POLL_MS);
  }

  for (const { name } of groups)
    if (!remaining.some((slot) => groupOf.get(slot) === name))
      await attempt(`set ${name} back to spot`, () => ports.setOnDemandShare(name, 0));
  if (remaining.length === 0 && failures.length === 0)
    for (const { id } of leases) await attempt(`forget lease ${id}`, () => table.removeLease(id));
  return { gone: [...seen], remaining, failures };
}
