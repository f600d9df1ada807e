import { CACHE_WRITE_SHARE } from "../../pricing/model-prices.ts";
import type { GuardConfig, ModelPrice } from "./config.ts";
import type { LedgerDraft } from "./ledger-draft.ts";
import { recordOf, type Ledger, type ModelMeter } from "./ledger.ts";
import { charge, type NanoUsd } from "./money.ts";
import type { ModelUsage, Observations, UsageReading } from "./observations.ts";
import { DAY, dayOf, HOUR } from "./time.ts";

/** Price of models that the configuration does not list. */
const ANY_MODEL = "*";

/** Cost by day. */
type Totals = Readonly<Record<string, NanoUsd>>;
type CostReading =
  | { readonly region: string; readonly totals: Totals }
  | { readonly region: string; readonly unreadable: string };

/**
 * Cost of model tokens by region and day. CloudWatch gives whole days, so asking twice adds nothing, and figures
 * that come late are made good. Where a region's cannot be read, or make no sense, its last known burn goes on, and
 * that of the others is not touched.
 */
export function modelMeters(
  { usage, now }: Observations,
  config: Pick<GuardConfig, "modelPrices" | "intervalMs">,
  draft: Pick<LedgerDraft, "before" | "since">,
  notes: Set<string>,
): readonly ModelMeter[] {
  const prices = new Map(config.modelPrices.map((price) => [price.model, price]));
  const days = [dayOf(now - DAY), dayOf(now)];
  const readings = usage.map((reading) => costReading(reading, prices, notes));
  const known = new Map(knownMeters(draft.before, readings, days).map((one) => [one.region, one]));
  const meters = readings.map((reading) => {
    const { region } = reading;
    const before = known.get(region) ?? { region, totals: {}, perHour: 0, readAt: draft.since };
    known.delete(region);
    if ("totals" in reading) return counted(before, reading.totals, days, now, config.intervalMs);
    notes.add(`Model tokens of ${region} could not be read (${reading.unreadable}): last known burn.`);
    return estimated(before, days, charge(before.perHour, now - draft.since));
  });
  // A region that is watched no more has spent what it has.
  return [
    ...meters,
    ...[...known.values()].map((one) => ({ ...estimated(one, days, 0), perHour: 0, readAt: now })),
  ];
}

/** A gap so short that the minute's figures of CloudWatch make a burn of it that nobody has. */
const SHORT_GAP = 0.5;

function counted(
  before: ModelMeter,
  totals: Totals,
  days: readonly string[],
  now: number,
  intervalMs: number,
): ModelMeter {
  const { region, totals: known, perHour, readAt } = before;
  const next: Record<string, NanoUsd> = {};
  for (const day of days) next[day] = Math.max(known[day] ?? 0, totals[day] ?? 0);
  const today = days.at(-1) ?? "";
  const gained = (next[today] ?? 0) - (known[today] ?? 0);
  const gap = now - readAt;
  const isShort = gap < SHORT_GAP * intervalMs;
  const rate = Math.ceil((gained * HOUR) / (isShort ? intervalMs : gap));
  return {
    region,
    totals: next,
    perHour: isShort ? Math.max(rate, perHour) : rate,
    readAt: Math.max(now, readAt),
  };
}

/** The meter of a region whose counts are not to be had, with what it may have cost since added to today. */
function estimated(before: ModelMeter, days: readonly string[], amount: NanoUsd): ModelMeter {
  const today = days.at(-1);
  const totals = days.map((day) => [day, (before.totals[day] ?? 0) + (day === today ? amount : 0)] as const);
  return { ...before, totals: Object.fromEntries(totals) };
}

/**
 * What the ledger knows of each region. One written before regions were told apart holds sums over all: they are
 * given to the regions as these are read, and what is left of them, burn included, to one that could not be.
 */
function knownMeters(
  before: Ledger | undefined,
  readings: readonly CostReading[],
  days: readonly string[],
): readonly ModelMeter[] {
  if (before === undefined) return [];
  if (before.models !== undefined) return before.models;
  const rest = new Map(days.map((day) => [day, recordOf(before, day).model]));
  const sorted = readings.toSorted((a, b) => Number("unreadable" in a) - Number("unreadable" in b));
  const heir = sorted.find((reading) => "unreadable" in reading) ?? sorted[0];
  return sorted.map((reading): ModelMeter => {
    const totals = days.map((day) => {
      const left = rest.get(day) ?? 0;
      const share = "unreadable" in reading ? left : Math.min(reading.totals[day] ?? 0, left);
      rest.set(day, left - share);
      return [day, share] as const;
    });
    return {
      region: reading.region,
      totals: Object.fromEntries(totals),
      perHour: reading === heir ? before.modelPerHour : 0,
      readAt: before.meteredUntil,
    };
  });
}

function costReading(
  reading: UsageReading,
  prices: ReadonlyMap<string, ModelPrice>,
  notes: Set<string>,
): CostReading {
  const { region } = reading;
  if ("unreadable" in reading) return reading;
  if (!reading.usage.every(isSound)) return { region, unreadable: "no token counts" };
  const totals: Record<string, NanoUsd> = {};
  for (const use of reading.usage) {
    const { day, model } = use;
    const price = prices.get(model) ?? prices.get(ANY_MODEL);
    if (price === undefined) {
      notes.add(`Model ${model} has no price: state one, or one for "${ANY_MODEL}", in modelPrices.`);
      continue;
    }
    totals[day] = (totals[day] ?? 0) + costOf(use, price);
  }
  return { region, totals };
}

/** Ticks without a region's token counts before a person is asked. */
const MOST_BLIND_TICKS = 3;

/** What is asked of people where tokens have not been read for some ticks: their cost is a guess. */
export function blindModels(
  { models = [] }: Pick<Ledger, "models">,
  { intervalMs }: Pick<GuardConfig, "intervalMs">,
  now: number,
): readonly string[] {
  const blind = models.filter(({ readAt }) => now - readAt > MOST_BLIND_TICKS * intervalMs);
  if (blind.length === 0) return [];
  const names = blind.map(({ region }) => region).join(", ");
  return [
    `Model tokens of ${names} cannot be read and count at their last known burn: give the guard's role cloudwatch:ListMetrics and GetMetricData there, or take a region that nobody may use out of the watched ones.`,
  ];
}

function costOf(
  { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 }: ModelUsage,
  price: ModelPrice,
): NanoUsd {
  const { perInputToken, perOutputToken } = price;
  const { perCacheReadToken = perInputToken } = price;
  const { perCacheWriteToken = perInputToken * CACHE_WRITE_SHARE } = price;
  return Math.ceil(
    inputTokens * perInputToken +
      outputTokens * perOutputToken +
      cacheReadTokens * perCacheReadToken +
      cacheWriteTokens * perCacheWriteToken,
  );
}

function isSound({
  inputTokens,
  outputTokens,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
}: ModelUsage): boolean {
  return [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens].every(
    (count) => Number.isFinite(count) && count >= 0,
  );
}
