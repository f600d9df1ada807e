import { billable } from "./billable.ts";
import { classifier, isCounted, type Claim, type Classifier } from "./classify.ts";
import { slotsByGroup, type GuardConfig } from "./config.ts";
import { LedgerDraft } from "./ledger-draft.ts";
import type { DayRecord, InstanceMeter, Ledger, OpenMeter } from "./ledger.ts";
import { charge, type NanoUsd } from "./money.ts";
import { modelMeters } from "./model-cost.ts";
import type { Observations, ObservedInstance, ScalingActivity, StateChange } from "./observations.ts";
import { SpotPrices, type OnDemandPrices, type Priced } from "./prices.ts";
import { DAY, MINUTE, splitByDay, startOfDay } from "./time.ts";

/** An instance that costs now. */
export interface Running {
  readonly id: string;
  readonly region: string;
  readonly type: string;
  readonly claim: Claim;
  readonly perHour: NanoUsd;
  readonly ceilingPerHour: NanoUsd;
}

export interface Metered {
  /** The next ledger; its version is still the one that was read. */
  readonly ledger: Ledger;
  readonly running: readonly Running[];
  /** Days that the ledger no longer holds, to be kept elsewhere. */
  readonly finished: readonly DayRecord[];
  /** Sentences about prices and readings that were replaced, each once. */
  readonly notes: readonly string[];
  /** Instances whose events must come again: EC2 does not describe them yet. */
  readonly deferred: ReadonlySet<string>;
}

/** How long after its last event an instance may be missing from descriptions (eventual consistency). */
const VISIBLE_AFTER_MS = 2 * MINUTE;

/** How long closed meters are kept, so that a late event counts nothing again. */
const KEPT_CLOSED_MS = 4 * DAY;

/** How many of them at most. One takes about 14 bytes of the ledger's 400 KB, an open one 20. */
const MOST_CLOSED = 10_000;

/** Everything about one instance before its charge is known. */
interface Subject {
  readonly id: string;
  readonly before: InstanceMeter | undefined;
  readonly seen: ObservedInstance | undefined;
  readonly events: readonly StateChange[];
}

/**
 * Adds to the ledger what was spent since it was last written. Every second of every instance is charged once:
 * each meter moves on to where its last interval ended and never back, whatever clocks and events say. What
 * cannot be seen counts at the last known burn (FM-12).
 */
export function meter(
  before: Ledger | undefined,
  observations: Observations,
  config: GuardConfig,
  onDemand: OnDemandPrices,
): Metered {
  const { now } = observations;
  const draft = new LedgerDraft(before, now);
  const notes = new Set<string>();
  const read = new Set<string>();
  for (const reading of observations.regions) {
    if ("instances" in reading) read.add(reading.region);
    else
      notes.add(
        `${reading.region} could not be read (${reading.unreadable}): counted at the last known burn.`,
      );
  }
  const spot = new SpotPrices(observations.quotes, onDemand, now - config.intervalMs);
  const describe = describer(classifier(config), config, onDemand, spot, observations.activities, notes);
  const knownSince = startOfDay(draft.since) - (before === undefined ? 0 : DAY);

  const running: Running[] = [];
  const deferred = new Set<string>();
  const looked = new Set<string>();
  for (const subject of subjectsOf(before, observations)) {
    const { id, seen, events } = subject;
    if (isTooYoung(subject, now)) {
      deferred.add(id);
      continue;
    }
    looked.add(id);
    // Field by field, here and below: a spread costs some ten times as much, and this runs for every instance.
    const region = seen?.region ?? subject.before?.region ?? events[0]?.region ?? config.homeRegion;
    const regionRead = read.has(region);
    const sighting = { before: subject.before, seen, events, knownSince, now, regionRead };
    const { intervals, chargedUntil, open } = billable(sighting);
    if (!open) draft.meters.set(id, { id, region, chargedUntil, open });
    if (!open && intervals.length === 0) continue;
    const { zone, type, market, claim, perHour, ceilingPerHour } = describe(subject, region);
    if (open) {
      const next = { id, region, zone, type, market, claim, perHour, ceilingPerHour, chargedUntil, open };
      draft.meters.set(id, next);
      running.push(next);
    }
    if (!isCounted(claim, config)) continue;
    for (const interval of intervals)
      for (const { from, to } of splitByDay(interval))
        draft.addCompute(from, charge(perHour, to - from), claim);
  }
  draft.forgetBefore(now - KEPT_CLOSED_MS);
  draft.forgetBeyond(MOST_CLOSED, ({ id, region }) => !looked.has(id) && read.has(region));
  draft.addFixed(config.fixedPerDay);
  draft.addModels(modelMeters(observations, config, draft, notes));
  const { ledger, finished } = draft.finish();
  return { ledger, finished, running, notes: [...notes], deferred };
}

const NO_EVENTS: readonly StateChange[] = [];

/** All instances that are still open, seen, or told of; closed meters of others rest. */
function subjectsOf(before: Ledger | undefined, observations: Observations): Iterable<Subject> {
  const events = new Map<string, StateChange[]>();
  // An event older than the closed meters was counted, and forgotten, long ago; unless nobody metered since.
  const forgotten = Math.min(observations.now - KEPT_CLOSED_MS, before?.meteredUntil ?? 0);
  for (const event of observations.events) {
    if (event.at < forgotten) continue;
    const list = events.get(event.instanceId);
    if (list === undefined) events.set(event.instanceId, [event]);
    else list.push(event);
  }
  const subjects = new Map<string, Subject>();
  for (const [id, known] of before?.meters ?? [])
    if (known.open || events.has(id))
      subjects.set(id, { id, before: known, seen: undefined, events: events.get(id) ?? NO_EVENTS });
  for (const reading of observations.regions) {
    if (!("instances" in reading)) continue;
    for (const seen of reading.instances)
      subjects.set(seen.id, {
        id: seen.id,
        before: before?.meters.get(seen.id),
        seen,
        events: events.get(seen.id) ?? NO_EVENTS,
      });
  }
  for (const [id, list] of events)
    if (!subjects.has(id)) subjects.set(id, { id, before: undefined, seen: undefined, events: list });
  return subjects.values();
}

/** Never described, and told of only just now: its type will be known at the next tick. */
function isTooYoung({ before, seen, events }: Subject, now: number): boolean {
  return before === undefined && seen === undefined && events.some(({ at }) => at > now - VISIBLE_AFTER_MS);
}

type Described = Omit<OpenMeter, "id" | "region" | "chargedUntil" | "open">;

/** Says whose an instance is and what it costs: as described, else as known before, else by its group, else as unknown. */
function describer(
  classify: Classifier,
  config: GuardConfig,
  onDemand: OnDemandPrices,
  spot: SpotPrices,
  activities: readonly ScalingActivity[],
  notes: Set<string>,
): (subject: Subject, region: string) => Described {
  const groups = new Map(activities.map(({ instanceId, group }) => [instanceId, group]));
  const slots = slotsByGroup(config);

  const rated = (what: Priced, claim: Claim): Described => {
    const { zone, type, market } = what;
    const rate = spot.rateOf(what);
    if (rate.note !== undefined) notes.add(rate.note);
    if (claim.kind === "persistent") {
      const planned = config.persistent.findLast(({ role }) => role === claim.role);
      const perHour = Math.max(rate.perHour, planned?.perHour ?? 0);
      return { zone, type, market, claim, perHour, ceilingPerHour: perHour };
    }
    const perHour = rate.perHour + config.extrasPerHour;
    const most = onDemand.of(what.region, type).perHour + config.extrasPerHour;
    return { zone, type, market, claim, perHour, ceilingPerHour: Math.max(perHour, most) };
  };

  return ({ id, before, seen }, region) => {
    if (seen !== undefined) return rated(seen, classify(seen));
    if (before?.open === true) return rated(before, before.claim);
    const group = groups.get(id);
    const claim = classify({ id, tags: {}, ...(group === undefined ? {} : { group }) });
    const where = { region, zone: "unknown", type: "", market: "on-demand" } as const;
    const slot = group === undefined ? undefined : slots.get(group);
    if (slot === undefined) return rated(where, claim);
    notes.add(`${id} of ${slot.group} was never described: counted as the dearest type of its slot.`);
    return { ...where, claim, perHour: slot.ceilingPerHour, ceilingPerHour: slot.ceilingPerHour };
  };
}
