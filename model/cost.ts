/** How a price was come by. `allowance` is an amount set aside, such as the model API's. */
export const COST_BASES = ["spot", "on-demand", "fixed", "allowance"] as const;
export type CostBasis = (typeof COST_BASES)[number];

/** One priced item of one resource, at the schedule. Amounts are US dollars before tax. */
export interface CostLine {
  readonly urn: string;
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly basis: CostBasis;
  readonly usdPerDay: number;
  /** The same item when every slot runs all day at the dearest on-demand price. */
  readonly worstCaseUsdPerDay: number;
}

/** How long something may burn before it is stopped, and what that comes to, US dollars. */
export interface Exposure {
  readonly minutes: number;
  readonly usd: number;
}

/** The most that may be lost on what runs although it should not, at the dearest on-demand prices. */
export interface GreatestLoss {
  /** Everything that can be stopped, running, an hour. */
  readonly usdPerHour: number;
  /** Until a guard of the plan has stopped it, and until hosts stop themselves where the guard is gone; null without one. */
  readonly guard: { readonly healthy: Exposure; readonly gone: Exposure } | null;
}

/**
 * What a plan costs. The figures are exact decimals written as numbers; only displays round them.
 * `usdPerHour` is the rate while everything runs (planned basis), `usdPerDay` the dearest day of the
 * schedule, `usdPerMonth` an average month (730 h) of it.
 */
export interface CostSummary {
  readonly pricesAsOf: string;
  readonly region: string;
  readonly usdPerHour: number;
  readonly usdPerDay: number;
  /** The same day with every slot in its cheapest and in its dearest zone. */
  readonly usdPerDayRange: { readonly cheapestZone: number; readonly dearestZone: number };
  /** The planned basis with every slot up for 24 hours. */
  readonly allDayUsdPerDay: number;
  readonly usdPerMonth: number;
  readonly worstCaseUsdPerDay: number;
  readonly budgetUsdPerDay: number | null;
  readonly worstCaseCeilingUsdPerDay: number | null;
  /** Cluster instances alone at on-demand prices, every slot up. */
  readonly clusterOnDemandUsdPerHour: number;
  /** Null where the plan has nothing that can be stopped. */
  readonly greatestLoss: GreatestLoss | null;
  readonly lines: readonly CostLine[];
  /** Sentences about prices that were replaced or assumed, each once. */
  readonly notes: readonly string[];
}
