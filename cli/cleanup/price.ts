import { Decimal } from "decimal.js";
import { HOURS_PER_MONTH } from "../../pricing/assumptions.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { PriceBook } from "../../pricing/price-book.ts";
import { volumeItems } from "../../pricing/volumes.ts";

export interface Disk {
  readonly type: string;
  readonly gib: number;
  readonly iops: number;
  readonly mibps: number;
}

/** Types whose figures the catalogue has; the estimate counts the others as the dearest, which is no price to show here. */
const PRICED_TYPES = ["gp3", "gp2", "io1"];

/** US dollars a month; undefined for a type without a price of its own. */
export function diskUsdPerMonth(region: string, { type, ...disk }: Disk): number | undefined {
  if (!PRICED_TYPES.includes(type)) return undefined;
  const book = new PriceBook(loadCatalogue(), [region]);
  const items = volumeItems("", region, { title: "volume", type, ...disk }, 1, book);
  return items.reduce((sum, { usdPerMonth }) => sum.plus(usdPerMonth), new Decimal(0)).toNumber();
}

/** An address costs the same whether it is used or not, US dollars a month. */
export function addressUsdPerMonth(region: string): number {
  return loadCatalogue().service(region, "public-ipv4-hour").usd.times(HOURS_PER_MONTH).toNumber();
}
