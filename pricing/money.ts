import { Decimal } from "decimal.js";
import type { CostBasis, CostLine } from "../model/cost.ts";
import { DECIMAL_PLACES, HOURS_PER_DAY, HOURS_PER_MONTH } from "./assumptions.ts";

/** What every priced item says of itself. */
export interface ItemHead {
  readonly urn: string;
  readonly item: string;
  readonly quantity: Decimal.Value;
  readonly unit: string;
  readonly basis: CostBasis;
}

/** One priced item with every figure the summary adds up, US dollars. */
export interface PricedItem extends ItemHead {
  /** While it runs, planned basis. */
  readonly usdPerHour: Decimal;
  /** The dearest day of the schedule. */
  readonly usdPerDay: Decimal;
  /** The same day in the cheapest zone. */
  readonly cheapestUsdPerDay: Decimal;
  /** Planned basis, 24 hours. */
  readonly allDayUsdPerDay: Decimal;
  readonly usdPerMonth: Decimal;
  readonly worstCaseUsdPerDay: Decimal;
  /** Its part of the cluster's instances at on-demand prices; 0 for everything else. */
  readonly clusterOnDemandUsdPerHour: Decimal;
}

/** Hours a day something runs: on the dearest day, and on average over the week. */
export interface RunningHours {
  readonly dearestDay: Decimal;
  readonly averageDay: Decimal;
}

export const ALWAYS: RunningHours = {
  dearestDay: new Decimal(HOURS_PER_DAY),
  averageDay: new Decimal(HOURS_PER_DAY),
};

const ZERO = new Decimal(0);

export interface HourlyRates {
  readonly planned: Decimal;
  /** Default: as planned. */
  readonly cheapest?: Decimal;
  /** Default: as planned. */
  readonly worst?: Decimal;
  readonly clusterOnDemand?: Decimal;
}

/** An item charged by the hour while something runs. In the worst case it runs all day. */
export function hourly(head: ItemHead, rates: HourlyRates, hours: RunningHours = ALWAYS): PricedItem {
  const { planned, cheapest = planned, worst = planned, clusterOnDemand = ZERO } = rates;
  return {
    ...head,
    usdPerHour: exact(planned),
    usdPerDay: exact(planned.times(hours.dearestDay)),
    cheapestUsdPerDay: exact(cheapest.times(hours.dearestDay)),
    allDayUsdPerDay: exact(planned.times(HOURS_PER_DAY)),
    usdPerMonth: exact(planned.times(hours.averageDay).times(HOURS_PER_MONTH).div(HOURS_PER_DAY)),
    worstCaseUsdPerDay: exact(worst.times(HOURS_PER_DAY)),
    clusterOnDemandUsdPerHour: exact(clusterOnDemand),
  };
}

/** An item charged by the month, in parts of a month while something exists. */
export function monthly(head: ItemHead, usdPerMonth: Decimal, hours: RunningHours = ALWAYS): PricedItem {
  const day = (running: Decimal.Value): Decimal => exact(usdPerMonth.times(running).div(HOURS_PER_MONTH));
  return {
    ...head,
    usdPerHour: exact(usdPerMonth.div(HOURS_PER_MONTH)),
    usdPerDay: day(hours.dearestDay),
    cheapestUsdPerDay: day(hours.dearestDay),
    allDayUsdPerDay: day(HOURS_PER_DAY),
    usdPerMonth: exact(usdPerMonth.times(hours.averageDay).div(HOURS_PER_DAY)),
    worstCaseUsdPerDay: day(HOURS_PER_DAY),
    clusterOnDemandUsdPerHour: ZERO,
  };
}

/** An item that costs the same every day. */
export function daily(head: ItemHead, usdPerDay: Decimal): PricedItem {
  const day = exact(usdPerDay);
  return {
    ...head,
    usdPerHour: exact(usdPerDay.div(HOURS_PER_DAY)),
    usdPerDay: day,
    cheapestUsdPerDay: day,
    allDayUsdPerDay: day,
    usdPerMonth: exact(usdPerDay.times(HOURS_PER_MONTH).div(HOURS_PER_DAY)),
    worstCaseUsdPerDay: day,
    clusterOnDemandUsdPerHour: ZERO,
  };
}

export function costLine(item: PricedItem): CostLine {
  return {
    urn: item.urn,
    item: item.item,
    quantity: exact(new Decimal(item.quantity)).toNumber(),
    unit: item.unit,
    basis: item.basis,
    usdPerDay: item.usdPerDay.toNumber(),
    worstCaseUsdPerDay: item.worstCaseUsdPerDay.toNumber(),
  };
}

type Amount = { [Key in keyof PricedItem]: PricedItem[Key] extends Decimal ? Key : never }[keyof PricedItem];

/** Sum of one figure over the items, exact: every item was cut to ten decimal places before, so a reader can add the lines up. */
export function total(items: readonly PricedItem[], figure: Exclude<Amount, "quantity">): number {
  return items.reduce((sum, item) => sum.plus(item[figure]), ZERO).toNumber();
}

/** Rounding of single items instead of totals keeps totals equal to the sum of the lines shown. */
function exact(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(DECIMAL_PLACES);
}
