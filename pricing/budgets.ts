import { Decimal } from "decimal.js";
import { numberOf, type Table } from "../model/inputs.ts";
import type { ResourceRecord } from "../model/resource.ts";

/** The component whose registered outputs carry budget, ceiling and model API allowance, US dollars a day. */
export const BUDGET_COMPONENT = "proving-ground:infra:Budget";

/** A budget of AWS Budgets, of whichever program. */
export const AWS_BUDGET = "aws:budgets/budget:Budget";

/** Days of an average month, 365 / 12 to one place: 30.4. */
const DAYS_PER_MONTH = new Decimal(365).div(12).toDecimalPlaces(1);

/**
 * US dollars a day that a plan may spend: what our component states; in a program without the component, the
 * limit of its daily or monthly cost budget. Of several the tightest binds. A budget of a part of the bill binds
 * only where none is of the whole: a team's share says little of the others'.
 *
 * @returns null where nothing states an amount.
 */
export function budgetUsdPerDay(resources: readonly ResourceRecord[]): number | null {
  const components = resources.filter(({ type }) => type === BUDGET_COMPONENT);
  // A component without an amount is a decision against a budget, which no other budget takes back.
  if (components.length > 0) return tightest(components.map(({ inputs }) => numberOf(inputs["usdPerDay"])));
  const budgets = resources.filter(({ type, inputs }) => type === AWS_BUDGET && !watchesOneService(inputs));
  const whole = budgets.filter(({ inputs }) => filtersOf(inputs) === NO_FILTERS);
  return tightest(whole.map(limitUsdPerDay)) ?? tightest(budgets.map(limitUsdPerDay));
}

/** US dollars a day that the dearest day may cost, as our component states it; null where none does. */
export function ceilingUsdPerDay(resources: readonly ResourceRecord[]): number | null {
  return tightest(
    resources
      .filter(({ type }) => type === BUDGET_COMPONENT)
      .map(({ inputs }) => numberOf(inputs["worstCaseUsdPerDay"])),
  );
}

/** True for a budget of one other service, such as the model API: it sees nothing of the hosts. */
export function watchesOneService(inputs: Table): boolean {
  const filters = filtersOf(inputs);
  return /"service"/i.test(filters) && !filters.includes("Amazon Elastic Compute Cloud");
}

const NO_FILTERS = JSON.stringify([[], []]);

function filtersOf(inputs: Table): string {
  return JSON.stringify([inputs["filterExpression"] ?? [], inputs["costFilters"] ?? []]);
}

function limitUsdPerDay({ inputs }: ResourceRecord): number | undefined {
  const limit = numberOf(inputs["limitAmount"]);
  if (limit === undefined || inputs["budgetType"] !== "COST" || (inputs["limitUnit"] ?? "USD") !== "USD")
    return undefined;
  if (inputs["timeUnit"] === "DAILY") return limit;
  return inputs["timeUnit"] === "MONTHLY" ? new Decimal(limit).div(DAYS_PER_MONTH).toNumber() : undefined;
}

function tightest(amounts: readonly (number | undefined)[]): number | null {
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}
