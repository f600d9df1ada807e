import { isPrice } from "../../pricing/catalogue-data.ts";

/**
 * Reading of AWS's answers about prices. Whatever is not a sound price of exactly what was asked for is refused
 * with a reason; nothing is repaired or guessed.
 */

/** A price, or why there is none. */
export type Reading = { readonly usdPerHour: number } | { readonly refused: string };

/** What the Price List is asked for, and must have answered about. */
export const WANTED = {
  operatingSystem: "Linux",
  tenancy: "Shared",
  preInstalledSw: "NA",
  capacitystatus: "Used",
} as const;

/**
 * On-demand price of a type from the entries of `GetProducts`, each a JSON text. Entries about other products are
 * passed over: some servers ignore filters. Where entries differ, the dearest counts.
 */
export function readPriceList(entries: readonly string[], region: string, type: string): Reading {
  const prices: number[] = [];
  for (const entry of entries) {
    const parsed = parse(entry);
    if (parsed === undefined) return { refused: "an entry of the Price List is not JSON" };
    const attributes = tableAt(parsed, "product", "attributes");
    const wanted = { ...WANTED, instanceType: type, regionCode: region };
    if (Object.entries(wanted).some(([name, value]) => attributes[name] !== value)) continue;
    const dimensions = Object.values(tableAt(parsed, "terms", "OnDemand")).flatMap((term) =>
      Object.values(tableAt(term, "priceDimensions")),
    );
    if (dimensions.length === 0) return { refused: "the Price List has no on-demand term" };
    for (const dimension of dimensions) {
      const { unit, pricePerUnit } = tableAt(dimension);
      const usd = tableAt(pricePerUnit)["USD"];
      if (unit !== "Hrs") return { refused: `the Price List counts in ${String(unit)}, not in Hrs` };
      const price = readPrice(usd);
      if (price === undefined)
        return {
          refused: `the Price List names ${usd === undefined ? "nothing" : JSON.stringify(usd)} as its price`,
        };
      prices.push(price);
    }
  }
  return prices.length === 0
    ? { refused: "the Price List has no such product" }
    : { usdPerHour: Math.max(...prices) };
}

/** One entry of `DescribeSpotPriceHistory`, as far as it is needed. */
export interface SpotEntry {
  readonly type: string | undefined;
  readonly zoneId: string | undefined;
  readonly zoneName: string | undefined;
  readonly price: string | undefined;
  readonly at: Date | undefined;
}

/** Below this part of the on-demand price nothing AWS sells is found; emulators answer 0.00001. */
const LEAST_OF_ON_DEMAND = 0.01;

/** The newest spot price of an entry list that is about one type and zone. */
export function readSpotPrice(entries: readonly SpotEntry[], usdOnDemand: number | undefined): Reading {
  const time = (entry: SpotEntry): number => entry.at?.getTime() ?? 0;
  const newest = entries.reduce<SpotEntry | undefined>(
    (found, entry) => (found === undefined || time(entry) > time(found) ? entry : found),
    undefined,
  );
  if (newest === undefined) return { refused: "there is no spot price" };
  const price = readPrice(newest.price);
  if (price === undefined)
    return {
      refused: `its spot price is ${newest.price === undefined ? "missing" : JSON.stringify(newest.price)}`,
    };
  if (usdOnDemand !== undefined && price < usdOnDemand * LEAST_OF_ON_DEMAND) {
    return {
      refused: `its spot price ${String(price)} is below 1 % of the on-demand price ${String(usdOnDemand)}`,
    };
  }
  return { usdPerHour: price };
}

function readPrice(value: unknown): number | undefined {
  const price = typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  return isPrice(price) ? price : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tableAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let found = value;
  for (const key of path) found = (found as Record<string, unknown> | null | undefined)?.[key];
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}
