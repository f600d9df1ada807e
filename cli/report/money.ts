import { Decimal } from "decimal.js";

/**
 * Money and shares as people read them. Sums stay exact (`Decimal`); rounding, half up to cents and bounds
 * up, happens here and nowhere else.
 */

const CENT = new Decimal("0.01");
const HALF_CENT = new Decimal("0.005");

/** Exact sum. USD. */
export function sum(amounts: Iterable<Decimal.Value>): Decimal {
  let total = new Decimal(0);
  for (const amount of amounts) total = total.plus(amount);
  return total;
}

/** Two decimals, half up, thousands apart: `1,234.50`; negative amounts lose their sign. */
function cents(amount: Decimal): string {
  const [whole = "0", fraction = "00"] = amount.abs().toFixed(2, Decimal.ROUND_HALF_UP).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${fraction}`;
}

/**
 * US dollars: `$4.09`. What is above zero but rounds to nothing is `<$0.01`, since `$0.00` would
 * claim that it is free.
 */
export function usd(amount: Decimal.Value): string {
  const exact = new Decimal(amount);
  if (exact.isZero()) return "$0.00";
  if (exact.abs().lt(HALF_CENT)) return exact.isNegative() ? `>-$${CENT.toFixed(2)}` : `<$${CENT.toFixed(2)}`;
  return `${exact.isNegative() ? "-" : ""}$${cents(exact)}`;
}

/** A bound, rounded up to the cent: what is said to be the most must never be below what it bounds. */
export function usdAtMost(amount: Decimal.Value): string {
  return usd(new Decimal(amount).toDecimalPlaces(2, Decimal.ROUND_CEIL));
}

/** A difference with its sign: `+$1.20`, `-$3.00`; none is `±$0.00`. */
export function signedUsd(amount: Decimal.Value): string {
  const exact = new Decimal(amount);
  if (exact.isZero()) return "±$0.00";
  const sign = exact.isNegative() ? "-" : "+";
  return exact.abs().lt(HALF_CENT) ? `${sign}<$${CENT.toFixed(2)}` : `${sign}$${cents(exact)}`;
}

/** A rate: `$4.09/h`. */
export function usdPerHour(amount: Decimal.Value): string {
  return `${usd(amount)}/h`;
}

/**
 * A share in whole per cent: `83 %`. What is only near 0 or 100 says so (`<1 %`, `>100 %`): a figure
 * just over the budget must not look like one that keeps it.
 */
export function percentOf(amount: Decimal.Value, whole: Decimal.Value): string {
  const exact = new Decimal(amount).div(whole).times(100);
  const rounded = exact.toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  if (rounded.eq(100) && !exact.eq(100)) return exact.gt(100) ? ">100 %" : "<100 %";
  if (rounded.isZero() && exact.gt(0)) return "<1 %";
  return `${rounded.toFixed(0)} %`;
}

/** A share between 0 and 1, for bars; what is over the whole fills the bar. */
export function share(amount: Decimal.Value, whole: Decimal.Value): number {
  if (new Decimal(whole).lte(0)) return 0;
  return Decimal.min(1, Decimal.max(0, new Decimal(amount).div(whole))).toNumber();
}

/** A quantity without noise: at most four decimals, no trailing zeros, thousands apart. */
export function quantity(value: Decimal.Value): string {
  const exact = new Decimal(value);
  const rounded = exact.toDecimalPlaces(4, Decimal.ROUND_HALF_UP);
  if (rounded.isZero() && !exact.isZero()) return exact.toSignificantDigits(2).toString();
  const [whole = "0", fraction] = rounded.toFixed().split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
