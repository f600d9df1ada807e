import { Decimal } from "decimal.js";
import { HOUR } from "./time.ts";

/**
 * Nano-dollars, whole numbers: a double holds them exactly up to nine million dollars, and adding them up
 * never rounds. What is rounded is rounded up, so that a ledger is never below the bill.
 */
export type NanoUsd = number;

export const NANO_PER_USD = 1_000_000_000;

/** Decimal dollars as nano-dollars, rounded up. */
export function nanoUsd(usd: Decimal.Value): NanoUsd {
  return new Decimal(usd).times(NANO_PER_USD).toDecimalPlaces(0, Decimal.ROUND_CEIL).toNumber();
}

export function usdOf(amount: NanoUsd): Decimal {
  return new Decimal(amount).div(NANO_PER_USD);
}

const NANO_PER_CENT = NANO_PER_USD / 100;

/** `$13.72`; two places, half up. */
export function dollars(amount: NanoUsd): string {
  const cents = Math.round(Math.abs(amount) / NANO_PER_CENT);
  const rest = String(cents % 100).padStart(2, "0");
  return `${amount < 0 && cents > 0 ? "-" : ""}$${String(Math.floor(cents / 100))}.${rest}`;
}

/** A bound, rounded up to the cent: what is said to be the most must never be below what it bounds. */
export function dollarsAtMost(amount: NanoUsd): string {
  return dollars(Math.ceil(amount / NANO_PER_CENT) * NANO_PER_CENT);
}

/** What a rate an hour comes to over some milliseconds, rounded up. Nothing for time that is not above zero. */
export function charge(perHour: NanoUsd, milliseconds: number): NanoUsd {
  if (!(milliseconds > 0)) return 0;
  // Whole hours apart, so that few products are above 2^53, where they would round.
  const hours = Math.floor(milliseconds / HOUR);
  const product = perHour * (milliseconds - hours * HOUR);
  if (Number.isSafeInteger(product)) return perHour * hours + Math.ceil(product / HOUR);
  // Big integers are exact, and some forty times slower.
  const exact = BigInt(perHour) * BigInt(Math.ceil(milliseconds));
  const hour = BigInt(HOUR);
  return Number((exact + hour - 1n) / hour);
}
