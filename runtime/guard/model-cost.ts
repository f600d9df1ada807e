import { CACHE_WRITE_SHARE } from "../../pricing/model-prices.ts";
import type { GuardConfig, ModelPrice } from "./config.ts";
import type { LedgerDraft, ModelCharges } from "./ledger-draft.ts";
import { charge, type NanoUsd } from "./money.ts";
import type { ModelUsage, Observations } from "./observations.ts";

/** Price of models that the configuration does not list. */
const ANY_MODEL = "*";

/**
 * Cost of model tokens by day. CloudWatch gives whole days, so asking twice adds nothing, and figures that come
 * late are made good. Where they cannot be read, or make no sense, the last known burn goes on.
 */
export function modelCharges(
  { usage, now }: Observations,
  { modelPrices }: GuardConfig,
  draft: LedgerDraft,
  notes: Set<string>,
): ModelCharges {
  const unreadable =
    "unreadable" in usage
      ? usage.unreadable
      : usage.some((use) => !isSound(use))
        ? "no token counts"
        : undefined;
  if (unreadable !== undefined || "unreadable" in usage) {
    notes.add(`Model tokens could not be read (${unreadable ?? ""}): counted at the last known burn.`);
    return { totals: new Map(), estimated: charge(draft.before?.modelPerHour ?? 0, now - draft.since) };
  }
  const prices = new Map(modelPrices.map((price) => [price.model, price]));
  const totals = new Map<string, NanoUsd>();
  for (const use of usage) {
    const { day, model } = use;
    const price = prices.get(model) ?? prices.get(ANY_MODEL);
    if (price === undefined) {
      notes.add(`Model ${model} has no price: state one, or one for "${ANY_MODEL}", in modelPrices.`);
      continue;
    }
    totals.set(day, (totals.get(day) ?? 0) + costOf(use, price));
  }
  return { totals, estimated: 0 };
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
