import { z } from "zod";
import { TIME_TO_ACT_MS } from "../../model/guard.ts";
import { REGIONS, type Region } from "../../model/regions.ts";
import { list, retentionDays } from "./fields.ts";
import type { Broken } from "./rules.ts";
import type { BudgetSettings, GuardSettings, ModelApiSettings, ParsedSettings } from "./schema.ts";

const usdPerMillion = z
  .number()
  .positive("must be more than 0 US dollars")
  .max(10_000, "must be at most 10000 US dollars");

const modelPrice = z.strictObject({
  model: z
    .string()
    .min(1, "must not be empty")
    .max(256, "must be at most 256 characters")
    .describe(
      "Model id as CloudWatch names it, for example us.anthropic.claude-sonnet-4-6; * for all others.",
    ),
  usdPerMillionInputTokens: usdPerMillion.describe("Price of a million tokens read, US dollars."),
  usdPerMillionOutputTokens: usdPerMillion.describe("Price of a million tokens written, US dollars."),
});

/** The money guard: how often it looks, what it counts, when it lets go again. */
export const guardSchema = z.strictObject({
  enabled: z
    .boolean()
    .optional()
    .describe("Make the guard; default: exactly where the stack has a budget with usdPerDay."),
  intervalMinutes: z
    .int()
    .min(2, "must be at least 2 minutes")
    .max(60, "must be at most 60 minutes")
    .default(5)
    .describe("Minutes between two looks. What starts behind the guard's back burns that long."),
  warnPercent: z
    .int()
    .min(1, "must be at least 1 per cent")
    .max(99, "must be at most 99 per cent")
    .default(80)
    .describe("Per cent of the budget at which people are told, once a day."),
  rearm: z
    .enum(["next-day", "manual"])
    .default("next-day")
    .describe("When the stop is lifted: at the next UTC day, or only by `ground guard rearm`."),
  deadManMinutes: z
    .int()
    .min(6, "must be at least 6 minutes")
    .max(720, "must be at most 720 minutes")
    .default(30)
    .describe("Minutes without a sign of the guard after which hosts of the cluster stop themselves."),
  unknownInstances: z
    .enum(["count", "report"])
    .default("count")
    .describe("Instances that nothing ties to a stack: part of the sum, or only told; for shared accounts."),
  regions: list(z.enum(REGIONS as [Region, ...Region[]]), 1, REGIONS.length, "regions")
    .optional()
    .describe("Further regions whose instances count; default: those that every account has switched on."),
  leaseWarningMinutes: z
    .int()
    .min(1, "must be at least 1 minute")
    .max(1440, "must be at most 1440 minutes")
    .default(30)
    .describe("Minutes before its end at which a lease's owner is warned."),
  reservedConcurrency: z
    .boolean()
    .default(false)
    .describe("Reserve one concurrent execution of the account for the guard; new accounts refuse it."),
  logRetentionDays: retentionDays.default(30).describe("Days that the guard's log is kept."),
  modelPrices: z
    .array(modelPrice)
    .max(50, "must be at most 50 models")
    .default([])
    .describe("Prices of models on Amazon Bedrock; others count at the dearest price known."),
});

/** Two lost ticks in a row are no reason for hosts to give up. */
const TICKS_BEFORE_SILENCE = 3;

/** Rules of more than one field. */
export function* guardProblems({ guard, budget, region }: Partial<ParsedSettings>): Generator<Broken> {
  if (guard === undefined) return;
  const least = TICKS_BEFORE_SILENCE * guard.intervalMinutes;
  if (guard.deadManMinutes < least) {
    const message = `must be at least ${String(least)}, three times guard.intervalMinutes: a lost look is no silence`;
    yield ["guard.deadManMinutes", guard.deadManMinutes, message];
  }
  if (guard.enabled === true && budget !== undefined && !("usdPerDay" in budget))
    yield ["guard.enabled", true, "needs a budget with usdPerDay: without one there is no line to stop at"];
  for (const [index, other] of (guard.regions ?? []).entries())
    if (other === region)
      yield [
        `guard.regions[${String(index)}]`,
        other,
        "must not be the stack's own region, which is always watched",
      ];
  for (const [index, { model }] of guard.modelPrices.entries())
    if (guard.modelPrices.findIndex((other) => other.model === model) < index)
      yield [`guard.modelPrices[${String(index)}].model`, model, "must not be named twice"];
}

/** The budget that a guard of this stack keeps; undefined where the stack has no guard. */
export function guardedBudget({
  guard,
  budget,
}: {
  readonly guard: GuardSettings;
  readonly budget: BudgetSettings;
}): Extract<BudgetSettings, { usdPerDay: number }> | undefined {
  return "usdPerDay" in budget && guard.enabled !== false ? budget : undefined;
}

/** Why a stack has no guard, and what to do; undefined where it has one. */
export function whyUnguarded(settings: Parameters<typeof guardedBudget>[0]): string | undefined {
  if (guardedBudget(settings) !== undefined) return undefined;
  const budget = "usdPerDay" in settings.budget ? [] : ["give it a budget with usdPerDay"];
  const enabled = settings.guard.enabled === false ? ["`guard.enabled` is false: remove it"] : [];
  return [...budget, ...enabled].join("; ");
}

/** What the guard's component tells estimate and policies: how long something may burn, and what it looks at. */
export function guardFigures({
  guard,
  modelApi,
}: {
  readonly guard: GuardSettings;
  readonly modelApi?: ModelApiSettings | undefined;
}) {
  return {
    intervalMinutes: guard.intervalMinutes,
    timeToActMinutes: TIME_TO_ACT_MS / 60_000,
    deadManMinutes: guard.deadManMinutes,
    readsModelMetrics: modelApi !== undefined,
  };
}
