import { startsToHold } from "./admission.ts";
import { isStoppable, type Claim } from "./classify.ts";
import { leaseOf } from "./commitments.ts";
import type { GuardConfig } from "./config.ts";
import type { Ledger } from "./ledger.ts";
import type { Running } from "./meter.ts";
import { blindModels } from "./model-cost.ts";
import { dollars } from "./money.ts";
import type { Lease, ObservedGroup, Requests, ScheduledRun } from "./observations.ts";
import { sumsOf, type Sums } from "./sums.ts";
import { dayOf } from "./time.ts";

export interface DecideInput {
  readonly ledger: Ledger;
  readonly running: readonly Running[];
  readonly groups: readonly ObservedGroup[];
  /** Undefined where they could not be read: then none is held back, and none given back. */
  readonly scheduled: readonly ScheduledRun[] | undefined;
  readonly requests: Requests;
  readonly config: GuardConfig;
  readonly now: number;
}

/**
 * `stop`: latch and stop now. `hold`: latched already; finish, and keep it so. `rearm`: give back what the latch
 * took. `warn`: people are told; else as `ok`.
 */
export type Verdict = "ok" | "warn" | "stop" | "hold" | "rearm";

export interface Decision {
  readonly verdict: Verdict;
  readonly sums: Sums;
  /** Why, in a sentence with the sums. */
  readonly reason: string;
  /** Ids to terminate when the verdict is `stop` or `hold`. */
  readonly victims: readonly Running[];
  /** Leases whose time is over, or that are still being ended. */
  readonly endLeases: readonly Lease[];
  readonly warnLeases: readonly Lease[];
  /** Groups whose scheduled start does not fit, beyond those held already; and those to be given back. */
  readonly holdGroups: readonly string[];
  readonly releaseGroups: readonly string[];
  /** Of the groups that are held or given back, when the hours end that they are held for. */
  readonly heldUntil: Readonly<Record<string, number>>;
  /** Questions for people: what the guard will not do by itself. */
  readonly ask: readonly string[];
}

/** What is to be done, from everything that is known. Pure: the same input gives the same decision. */
export function decide(input: DecideInput): Decision {
  const { ledger, config, requests, now } = input;
  const sums = sumsOf(input);
  const { victims, ask: askOfInstances } = victimsOf(input);
  const ask = [...askOfInstances, ...unreadableRequests(requests), ...blindModels(ledger, config, now)];
  const none = { endLeases: [], warnLeases: [], holdGroups: [], releaseGroups: [], heldUntil: {} };
  const base = { sums, victims, ask, ...none };

  if (ledger.latch !== null) {
    const fits = sums.spent + sums.reserved < sums.line;
    const wanted = ledger.latch.phase === "rearming" || mayRearm(ledger.latch.day, input);
    if (wanted && fits)
      return { ...base, verdict: "rearm", reason: `re-armed ${rearmedBy(input)}; ${shown(sums)}` };
    const asked = wanted ? [`Re-arming would cross the line at once: ${shown(sums)}.`] : [];
    return { ...base, verdict: "hold", reason: ledger.latch.reason, ask: [...ask, ...asked] };
  }
  if (sums.left < 0 && sums.burnPerHour > 0)
    return { ...base, verdict: "stop", reason: `the line would be crossed: ${shown(sums)}` };

  const { running, groups, scheduled } = input;
  const { leases } = requests;
  const { heldGroups, heldUntil = {} } = ledger;
  const held =
    scheduled === undefined
      ? new Map(heldGroups.map((group) => [group, heldUntil[group] ?? Number.POSITIVE_INFINITY]))
      : startsToHold({ running, groups, scheduled, leases, heldGroups, config, ledger, now });
  const releaseGroups = heldGroups.filter((group) => !held.has(group));
  // What cannot be given back now is still not held for the hours that have begun.
  const ends = [...releaseGroups.map((group) => [group, heldUntil[group] ?? now] as const), ...held];
  return {
    sums,
    victims,
    verdict: isWarning(sums, config) && ledger.warnedDay !== dayOf(now) ? "warn" : "ok",
    reason: shown(sums),
    ask: [...ask, ...unstoppable(sums)],
    endLeases: leases.filter(({ expiresAt, state }) => state === "ending" || expiresAt <= now),
    warnLeases: leases.filter((lease) => isEndingSoon(lease, input)),
    holdGroups: [...held.keys()].filter((group) => !heldGroups.includes(group)),
    releaseGroups,
    // JSON has no infinity: where no end is known, none is kept.
    heldUntil: Object.fromEntries(ends.filter(([, until]) => Number.isFinite(until))),
  };
}

/**
 * What may be stopped. Persistent hosts never are (FM-08). Where more is found than the stack can have, only what
 * its own groups hold is stopped, and a person is asked about the rest (FM-09).
 */
export function victimsOf<Instance extends Suspect>({
  running,
  config,
}: {
  readonly running: readonly Instance[];
  readonly config: Pick<GuardConfig, "environment" | "slots" | "persistent">;
}): { readonly victims: readonly Instance[]; readonly ask: readonly string[] } {
  const ask: string[] = [];
  const all = running.filter(({ claim }) => isStoppable(claim));
  const own = all.filter(({ claim }) => claim.kind === "slot");
  const tooMany = all.length > config.slots.length && all.length > own.length;
  if (tooMany)
    ask.push(
      `${String(all.length)} instances carry the tags of ${config.environment}, which has ${String(config.slots.length)} slots: ${list(all.filter(({ claim }) => claim.kind !== "slot"))} are left alone; stop them by hand if they are not wanted.`,
    );
  const strays = running.filter(({ claim: { kind } }) => kind === "stray" || kind === "unknown");
  if (strays.length > 0)
    ask.push(`Counted, but not the guard's to stop: ${list(strays)}. Tag them, or stop them by hand.`);
  const impostors = running.filter(({ claim }) => isUnlisted(claim, config));
  if (impostors.length > 0)
    ask.push(
      `Taken for persistent hosts by profile or tag alone, and so never stopped: ${list(impostors)}. Stop them by hand, or deploy the stack if one of its hosts was replaced.`,
    );
  return { victims: tooMany ? own : all, ask };
}

/** Passes for a persistent host whose ids are known, without being one of them. */
function isUnlisted({ kind, by, role }: Claim, { persistent }: Pick<GuardConfig, "persistent">): boolean {
  if (kind !== "persistent" || by === "id") return false;
  const named = persistent.filter((host) => host.role === role);
  return (named.length > 0 ? named : persistent).some(({ instanceIds }) => instanceIds.length > 0);
}

/** What is asked of an instance before it is stopped. */
export type Suspect = Pick<Running, "id" | "region" | "type" | "claim">;

const MOST_LISTED = 10;

function list(instances: readonly Suspect[]): string {
  const shownIds = instances
    .slice(0, MOST_LISTED)
    .map(({ id, type, region }) => `${id} (${type === "" ? "unknown type" : type}, ${region})`);
  const more = instances.length - shownIds.length;
  return `${shownIds.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
}

/** The next UTC day, by a margin that the guard's clock may be ahead; or a person's word after the latch. */
function mayRearm(latchedOn: string, { config, requests, ledger, now }: DecideInput): boolean {
  const { rearm } = requests;
  if (rearm !== undefined && ledger.latch !== null && rearm.at >= ledger.latch.since) return true;
  return config.rearm === "next-day" && dayOf(now - config.clockSkewMs) > latchedOn;
}

function rearmedBy({ requests, now }: DecideInput): string {
  return requests.rearm === undefined ? `for the new day ${dayOf(now)}` : `by ${requests.rearm.by}`;
}

function isWarning({ spent, line }: Sums, { warnPercent }: GuardConfig): boolean {
  return spent * 100 >= line * warnPercent;
}

function isEndingSoon(lease: Lease, { config, ledger, now }: DecideInput): boolean {
  if (lease.state !== "active" || lease.expiresAt <= now) return false;
  return lease.expiresAt - now <= config.leaseWarningMs && !ledger.warnedLeases.includes(leaseKey(lease));
}

/** A lease that is extended is another one to warn of. */
export function leaseKey({ id, expiresAt }: Lease): string {
  return `${id} ${String(expiresAt)}`;
}

/** Slots of a lease that no other active lease keeps up, somebody's or a schedule's. */
export function slotsToEnd(lease: Lease, leases: readonly Lease[]): readonly string[] {
  const others = leases.filter(({ id }) => id !== lease.id);
  return lease.slots.filter((slot) => leaseOf(others, slot) === undefined);
}

function unreadableRequests({ unreadable = [] }: Requests): readonly string[] {
  if (unreadable.length === 0) return [];
  return [
    `Of the guard's table, these items of the partition "request" cannot be read and are passed over: ${unreadable.join(", ")}. Delete them, and ask again with ground cluster or ground guard.`,
  ];
}

function unstoppable(sums: Sums): readonly string[] {
  if (sums.left >= 0) return [];
  return [`The line will be crossed by what the guard may not stop: ${shown(sums)}.`];
}

function shown(sums: Sums): string {
  const minutes = String(Math.round(sums.horizonMs / 6_000) / 10);
  return `${dollars(sums.spent)} spent + ${dollars(sums.reserved)} that cannot be stopped until 24:00 UTC + ${dollars(sums.atRisk)} (${dollars(sums.burnPerHour)}/h for ${minutes} min) = ${dollars(sums.projected)} of ${dollars(sums.line)}`;
}
