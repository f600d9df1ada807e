import { leaseOf } from "../../runtime/guard/commitments.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { clockTime, DAY } from "../../runtime/guard/time.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";

/** The longest that a lease may still run: what nobody has looked at for a week is forgotten. */
export const LONGEST_LEASE_MS = 7 * DAY;

/** A slot that goes on, since another lease holds it: somebody's, or a schedule's. */
export interface KeptSlot {
  readonly slot: string;
  readonly lease: Lease;
}

/** What a stop ends and what it leaves. */
export interface StopPlan {
  /** People's leases that it ends. */
  readonly end: readonly Lease[];
  /** Slots that go to 0. */
  readonly stop: readonly string[];
  readonly keep: readonly KeptSlot[];
}

/**
 * Ends leases and every slot that no other active lease holds: leases are counted, so that one person's stop does not
 * end another's day, nor a schedule's.
 *
 * @param slots all slots of the stack, or those that are to stop
 * @param scheduled what schedules hold and the stop is to leave
 */
export function stopPlan(
  slots: readonly string[],
  leases: readonly Lease[],
  end: (lease: Lease) => boolean,
  scheduled: readonly Lease[] = [],
): StopPlan {
  const ended = leases.filter(end);
  const others = [...leases.filter((lease) => !end(lease)), ...scheduled];
  const keep = slots.flatMap((slot): KeptSlot[] => {
    const lease = leaseOf(others, slot);
    return lease === undefined ? [] : [{ slot, lease }];
  });
  const kept = new Set(keep.map(({ slot }) => slot));
  return { end: ended, stop: slots.filter((slot) => !kept.has(slot)), keep };
}

/**
 * The lease that a command is about: the one named, else the caller's only active one.
 *
 * @throws GroundError (exit code 2) where that is none or several, naming them all.
 */
export function chosenLease(leases: readonly Lease[], id: string | undefined, owner: string): Lease {
  const [found, ...others] = leases.filter((lease) =>
    id === undefined ? lease.owner === owner && lease.state === "active" : lease.id === id,
  );
  if (found !== undefined && others.length === 0) return found;
  const what =
    id !== undefined
      ? `There is no lease ${id}.`
      : found === undefined
        ? `You (${owner}) have no active lease.`
        : `You (${owner}) have several active leases: say which by --lease ID.`;
  const listed = leases.map((lease) => `\n  · ${leaseLine(lease)}`).join("");
  throw new GroundError(
    `${what}${listed === "" ? " There is none at all: ground cluster start makes one." : ` There are:${listed}`}`,
    EXIT.badConfiguration,
  );
}

/** A lease in one line. */
export function leaseLine({ id, owner, slots, expiresAt, state }: Lease): string {
  const end = state === "ending" ? "is being ended" : `until ${clockTime(expiresAt)}`;
  return `${id}: ${owner}, ${String(slots.length)} ${slots.length === 1 ? "slot" : "slots"}, ${end}`;
}

/**
 * Who calls, as AWS names them: the user, or the session of a role (for SSO and OIDC that is the person or the run).
 * Source: IAM User Guide, "IAM identifiers"; STS API Reference, GetCallerIdentity.
 */
export function ownerOf(arn: string): string {
  return arn.split("/").at(-1)?.replace(/^.*:/, "") ?? arn;
}

/** An id for people's eyes and unlike any other: when, and whose word it was. */
export function leaseId(owner: string, now: number, random: string): string {
  const stamp = new Date(now).toISOString().slice(0, 16).replaceAll(/[-:]/g, "").replace("T", "-");
  const who = owner
    .replace(/@.*$/, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .slice(0, 24);
  return `${stamp}-${who}-${random}`;
}
