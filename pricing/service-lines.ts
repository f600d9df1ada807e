import type { Decimal } from "decimal.js";
import type { ResourceRecord } from "../model/resource.ts";
import { daily, type ItemHead, type PricedItem } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import type { ResourceIndex } from "./resource-index.ts";

/** Lines of one resource that is no instance. */
export type Pricing = (
  resource: ResourceRecord,
  index: ResourceIndex,
  book: PriceBook,
) => readonly PricedItem[];

export function head(
  resource: ResourceRecord,
  item: string,
  quantity: Decimal.Value,
  unit: string,
): ItemHead {
  return { urn: resource.urn, item, quantity, unit, basis: "fixed" };
}

/** Something used so many units a day. */
export function perDay(
  resource: ResourceRecord,
  item: string,
  quantity: Decimal.Value,
  unit: string,
  usdPerUnit: Decimal,
): PricedItem {
  return daily(head(resource, item, quantity, unit), usdPerUnit.times(quantity));
}
