import { Decimal } from "decimal.js";
import type { CostSummary } from "../model/cost.ts";
import type { ResourceRecord } from "../model/resource.ts";
import { loadCatalogue } from "../pricing/catalogue.ts";
import { estimate } from "../pricing/estimate.ts";

const known = new WeakMap<readonly ResourceRecord[], CostSummary>();

/** The estimate that `ground plan` prints, worked out once for all the cost rules of a run. */
export function costOf(resources: readonly ResourceRecord[]): CostSummary {
  const before = known.get(resources);
  if (before !== undefined) return before;
  const cost = estimate(resources, loadCatalogue());
  known.set(resources, cost);
  return cost;
}

/** US dollars to the cent, for messages. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

/** A bound, rounded up to the cent: a figure that breaks its limit must not be shown as one that keeps it. */
export function dollarsAtMost(amount: Decimal.Value): string {
  return `$${new Decimal(amount).toFixed(2, Decimal.ROUND_CEIL)}`;
}
