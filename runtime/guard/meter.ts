import { billable } from "./billable.ts";
import { classifier, isCounted, type Claim, type Classifier } from "./classify.ts";
import type { GuardConfig } from "./config.ts";
import { describer } from "./describer.ts";
import { LedgerDraft } from "./ledger-draft.ts";
import type { ClosedMeter, DayRecord, Ledger, Nature } from "./ledger.ts";
import { charge, type NanoUsd } from "./money.ts";
import { modelMeters } from "./model-cost.ts";
import type { Observations } from "./observations.ts";
import { SpotPrices, type OnDemandPrices } from "./prices.ts";
import { isNameless, isOnlyEnd, isTooYoung, KEPT_CLOSED_MS, subjectsOf, type Subject } from "./subject.ts";
import { DAY, splitByDay, startOfDay } from "./time.ts";

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
  /** What only people can tell, or see to. */
  readonly ask: readonly string[];
  /** Instances whose events must come again: EC2 does not describe them yet, or their region cannot be read. */
  readonly deferred: ReadonlySet<string>;
}

/** How many closed meters are kept at most. One takes about 14 bytes of the ledger's 400 KB, an open one 20. */
const MOST_CLOSED = 10_000;

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
  const classify = classifier(config);
  const describe = describer(classify, config, onDemand, spot, observations.activities, notes);
  const knownSince = startOfDay(draft.since) - (before === undefined ? 0 : DAY);
  const watched = new Set([config.homeRegion, ...config.regions]);
  /** Nobody looks into a region that is watched no more, and nothing would ever end there. */
  const isSettled = (region: string): boolean => read.has(region) || !watched.has(region);

  const running: Running[] = [];
  const deferred = new Set<string>();
  const looked = new Set<string>();
  const guessed: string[] = [];
  const left = new Map<string, string[]>();
  for (const subject of subjectsOf(before, observations)) {
    const { id, seen, events } = subject;
    // Field by field, here and below: a spread costs some ten times as much, and this runs for every instance.
    const region = seen?.region ?? subject.before?.region ?? events[0]?.region ?? config.homeRegion;
    const regionRead = isSettled(region);
    if (isTooYoung(subject, now) || (!regionRead && isNameless(subject, classify))) {
      deferred.add(id);
      continue;
    }
    looked.add(id);
    const { intervals, chargedUntil, open } = billable({
      before: subject.before,
      seen,
      events,
      knownSince,
      now,
      lookedAt: draft.since,
      intervalMs: config.intervalMs,
      regionRead,
    });
    if (!open) draft.meters.set(id, closedMeter(subject, region, chargedUntil, classify));
    if (!watched.has(region) && subject.before?.open === true)
      left.set(region, [...(left.get(region) ?? []), id]);
    if (!open && intervals.length === 0) continue;
    const { zone, type, market, claim, perHour, ceilingPerHour } = describe(subject, region);
    if (open) {
      const next = { id, region, zone, type, market, claim, perHour, ceilingPerHour, chargedUntil, open };
      draft.meters.set(id, next);
      running.push(next);
    }
    if (!isCounted(claim, config)) continue;
    if (claim.kind === "unknown" && isOnlyEnd(subject)) guessed.push(id);
    for (const interval of intervals)
      for (const { from, to } of splitByDay(interval))
        draft.addCompute(from, charge(perHour, to - from), claim);
  }
  const rests = ({ id, region }: ClosedMeter): boolean => !looked.has(id) && isSettled(region);
  draft.forgetBefore(now - KEPT_CLOSED_MS, rests);
  draft.forgetBeyond(MOST_CLOSED, rests);
  draft.addFixed(config.fixedPerDay);
  draft.addModels(modelMeters(observations, config, draft, notes));
  const { ledger, finished } = draft.finish();
  return { ledger, finished, running, notes: [...notes], ask: questions(guessed, left), deferred };
}

function closedMeter(
  { id, before, seen, events }: Subject,
  region: string,
  chargedUntil: number,
  classify: Classifier,
): ClosedMeter {
  const closed = { id, region, chargedUntil, open: false } as const;
  const states = seen === undefined ? events.map(({ state }) => state) : [seen.state];
  const isGone = states.length === 0 || states.some((one) => one === "shutting-down" || one === "terminated");
  if (isGone) return closed;
  if (seen !== undefined) return { ...closed, nature: natureOf(seen, classify(seen)) };
  const nature = before?.open === true ? natureOf(before, before.claim) : before?.nature;
  return nature === undefined || nature.type === "" ? closed : { ...closed, nature };
}

function natureOf({ zone, type, market }: Omit<Nature, "claim">, claim: Claim): Nature {
  return { zone, type, market, claim };
}

/** Ids that a question names at most. */
const MOST_NAMED = 10;

function questions(
  guessed: readonly string[],
  left: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const named = (ids: readonly string[]): string =>
    `${ids.slice(0, MOST_NAMED).join(", ")}${ids.length > MOST_NAMED ? ` and ${String(ids.length - MOST_NAMED)} more` : ""}`;
  const ask = [...left].map(
    ([region, ids]) =>
      `${region} is watched no more, and ${named(ids)} ran there when it was last read: no longer counted from now on. End what runs there, or watch the region again.`,
  );
  if (guessed.length > 0)
    ask.push(
      `Only the end of ${named(guessed)} was told, of what the guard does not know (any more): counted as the dearest slot since the last look. CloudTrail tells what it was.`,
    );
  return ask;
}
