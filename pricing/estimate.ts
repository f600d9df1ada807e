import { Decimal } from "decimal.js";
import type { CostSummary } from "../model/cost.ts";
import type { ResourceRecord } from "../model/resource.ts";
import { BUDGET_COMPONENT, budgetUsdPerDay, ceilingUsdPerDay } from "./budgets.ts";
import type { Catalogue } from "./catalogue.ts";
import { greatestLossOf } from "./greatest-loss.ts";
import { groupItems } from "./groups.ts";
import { numberOf } from "../model/inputs.ts";
import { instanceItems } from "./instances.ts";
import { costLine, daily, total, type PricedItem } from "./money.ts";
import { PriceBook } from "./price-book.ts";
import { GROUP, INSTANCE, ResourceIndex } from "./resource-index.ts";
import { budgetActionItems, SERVICE_PRICING } from "./services.ts";
import { isUnpriced } from "./unpriced.ts";

const BUDGET_ACTION = "aws:budgets/budgetAction:BudgetAction";

/**
 * What a plan costs, from its resources alone: the offline plan and the policies under the engine therefore come
 * to the same figures, and other people's programs are priced as well. Linear in the number of resources.
 *
 * - A slot (Auto Scaling group) is priced at the dearest type in the dearest zone it allows, as often as it may run.
 * - `cheapestZone` puts every slot into the zone where its dearest type costs least.
 * - The worst case runs everything for 24 hours, slots at the dearest on-demand price of their types.
 * - Values only AWS will know are judged at their dearest, or refused; never counted as 0.
 *
 * @throws UnpricedError with every price that is missing.
 */
export function estimate(resources: readonly ResourceRecord[], catalogue: Catalogue): CostSummary {
  const index = new ResourceIndex(resources);
  const book = new PriceBook(catalogue, index.providerRegions);
  const ordered = [...resources].sort((first, second) => compare(first.urn, second.urn));
  const items = [
    ...ordered.flatMap((resource) => itemsOf(resource, index, book)),
    ...budgetActionItems(
      ordered.filter(({ type }) => type === BUDGET_ACTION),
      book,
    ),
  ].sort((first, second) => compare(first.urn, second.urn) || compare(first.item, second.item));
  for (const { type, name } of ordered) {
    if (isUnpriced(type)) book.note(`Not priced, the sum is short of it: ${type}`, name);
  }
  noteTransfer(ordered, book);
  const { notes, pricesAsOf } = book.finish();
  return {
    pricesAsOf,
    region: book.region,
    usdPerHour: total(items, "usdPerHour"),
    usdPerDay: total(items, "usdPerDay"),
    usdPerDayRange: {
      cheapestZone: total(items, "cheapestUsdPerDay"),
      dearestZone: total(items, "usdPerDay"),
    },
    allDayUsdPerDay: total(items, "allDayUsdPerDay"),
    usdPerMonth: total(items, "usdPerMonth"),
    worstCaseUsdPerDay: total(items, "worstCaseUsdPerDay"),
    budgetUsdPerDay: budgetUsdPerDay(ordered),
    worstCaseCeilingUsdPerDay: ceilingUsdPerDay(ordered),
    clusterOnDemandUsdPerHour: total(items, "clusterOnDemandUsdPerHour"),
    greatestLoss: greatestLossOf(ordered, items),
    lines: items.map(costLine),
    notes,
  };
}

function itemsOf(resource: ResourceRecord, index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  switch (resource.type) {
    case GROUP:
      return groupItems(resource, index, book);
    case INSTANCE:
      return instanceItems(resource, index, book);
    case BUDGET_COMPONENT:
      return allowance(resource);
    default:
      return SERVICE_PRICING.get(resource.type)?.(resource, index, book) ?? [];
  }
}

/** The model API has no resource of its own: the amount set aside for it is part of every day. */
function allowance({ urn, inputs }: ResourceRecord): readonly PricedItem[] {
  const usd = numberOf(inputs["modelApiUsdPerDay"]);
  if (usd === undefined) return [];
  return [
    daily(
      { urn, item: "model API allowance", quantity: 1, unit: "day", basis: "allowance" },
      new Decimal(usd),
    ),
  ];
}

/** Traffic is in no plan. The prices are named, so that a reader with much of it can add it. */
function noteTransfer(resources: readonly ResourceRecord[], book: PriceBook): void {
  if (!resources.some(({ type }) => type === GROUP || type === INSTANCE)) return;
  const usd = (item: Parameters<PriceBook["service"]>[1]): string =>
    book.service(book.region, item).toString();
  book.note(
    `Not priced: data transfer (USD per GB: ${usd("transfer-internet-out-gb")} out to the internet, ` +
      `${usd("transfer-between-zones-gb")} each way between zones, ${usd("transfer-between-regions-gb")} between regions), and taxes.`,
  );
}

function compare(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}
