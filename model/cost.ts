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
  readonly lines: readonly CostLine[];
  /** Sentences about prices that were replaced or assumed, each once. */
  readonly notes: readonly string[];
}
