import { Decimal } from "decimal.js";
import { distance } from "fastest-levenshtein";
import shipped from "./catalogue.json" with { type: "json" };
import {
  checkCatalogue,
  type CatalogueData,
  type Figure,
  type ServiceItem,
  type SourceData,
} from "./catalogue-data.ts";
import { UnpricedError } from "./errors.ts";

/** The region whose service prices stand in where a region has none of its own: the one every figure is published for. */
export const REFERENCE_REGION = "us-east-1";

export interface Source extends SourceData {
  readonly id: string;
}

/** A price with all that a reader needs to judge it. */
export interface Figured {
  readonly source: Source;
  /** When the figure was read: a day, or only the year. */
  readonly asOf: string;
  /** Sentences about a figure that was replaced or assumed; none for a figure read as it is. */
  readonly notes: readonly string[];
}

/** Price of an instance type, US dollars per hour. `basis` says how it was come by, whatever was asked for. */
export interface InstancePrice extends Figured {
  readonly usdPerHour: Decimal;
  readonly basis: "spot" | "on-demand";
}

/** Price of a service, US dollars per unit of the item. */
export interface ServicePrice extends Figured {
  readonly usd: Decimal;
}

/**
 * The catalogue shipped with the project, or `data` in its place.
 *
 * @throws CatalogueError where a price is zero, below zero or not a number, or has no source.
 */
export function loadCatalogue(data: unknown = shipped): Catalogue {
  return new Catalogue(checkCatalogue(data));
}

/** Typed look-up of prices: Linux, shared tenancy, US dollars before tax. Answers are kept, so repeated look-ups are cheap. */
export class Catalogue {
  readonly #data: CatalogueData;
  readonly #instancePrices = new Map<string, InstancePrice>();
  readonly #servicePrices = new Map<string, ServicePrice>();

  constructor(data: CatalogueData) {
    this.#data = data;
  }

  /** Regions with at least one on-demand price. */
  regions(): readonly string[] {
    return Object.keys(this.#data.onDemand).sort();
  }

  /** Instance types of a region with an on-demand price; empty for a region without any. */
  pricedTypes(region: string): readonly string[] {
    return Object.keys(this.#data.onDemand[region] ?? {}).sort();
  }

  isPriced(region: string, type: string): boolean {
    return this.#onDemandFigure(region, type) !== undefined;
  }

  /** Zone ids of a region with a spot price of their own for the type. */
  zones(region: string, type: string): readonly string[] {
    return Object.keys(own(own(this.#data.spot, region), type) ?? {}).sort();
  }

  /** Day of the oldest figures, for plans that use none. A source that knows only its year is passed over. */
  get asOf(): string {
    return oldestDay(Object.values(this.#data.sources).map(({ read }) => read));
  }

  /**
   * On-demand price.
   *
   * @throws UnpricedError naming region and type, the nearest priced types, and the command that fetches the price.
   */
  onDemand(region: string, type: string): InstancePrice {
    return this.#remember(`${region} ${type}`, () => {
      const figure = this.#onDemandFigure(region, type);
      if (figure === undefined) throw new UnpricedError([this.#unpriced(region, type)]);
      const source = this.#source(figure[1]);
      const notes = source.assumed === undefined ? [] : [`${type} in ${region}: ${source.assumed}.`];
      return { usdPerHour: new Decimal(figure[0]), basis: "on-demand", source, asOf: source.read, notes };
    });
  }

  /**
   * Spot price in a zone. Without a zone: the dearest (or cheapest) zone known. Where only the region's range was
   * published, its `end` counts for any zone. A missing spot price gives the on-demand price, with
   * `basis: "on-demand"` and a note, since that is what spot never costs more than.
   *
   * @throws UnpricedError where the on-demand price is missing as well.
   */
  spot(
    region: string,
    zone: string | undefined,
    type: string,
    end: "dearest" | "cheapest" = "dearest",
  ): InstancePrice {
    return this.#remember(`${region} ${type} ${zone ?? "any"} ${end}`, () => {
      const figure = this.#spotFigure(region, zone, type, end);
      if (figure === undefined) {
        const place =
          zone === undefined || this.zones(region, type).length === 0 ? region : `${region} (${zone})`;
        const onDemand = this.onDemand(region, type);
        return {
          ...onDemand,
          notes: [`${type} in ${place}: no spot price, so its on-demand price counts.`, ...onDemand.notes],
        };
      }
      const source = this.#source(figure[1]);
      const notes = source.assumed === undefined ? [] : [`${type} on spot in ${region}: ${source.assumed}.`];
      return { usdPerHour: new Decimal(figure[0]), basis: "spot", source, asOf: source.read, notes };
    });
  }

  /**
   * The dearest type with a price in the region, optionally of one size (`2xlarge`): what stands in for a type
   * that is not known. A size nobody has gives the dearest of all.
   *
   * @throws UnpricedError for a region without prices.
   */
  dearest(region: string, size?: string): { readonly type: string; readonly price: InstancePrice } {
    const types = this.pricedTypes(region);
    const ofSize = size === undefined ? [] : types.filter((type) => type.endsWith(`.${size}`));
    const [first, ...rest] = ofSize.length > 0 ? ofSize : types;
    if (first === undefined) throw new UnpricedError([this.#unpriced(region, undefined)]);
    const usd = (type: string): number => this.#onDemandFigure(region, type)?.[0] ?? 0;
    const type = rest.reduce(
      (dearest, candidate) => (usd(candidate) > usd(dearest) ? candidate : dearest),
      first,
    );
    return { type, price: this.onDemand(region, type) };
  }

  /** Price of a service. A region without its own figure gets that of us-east-1, with a note. */
  service(region: string, item: ServiceItem): ServicePrice {
    const key = `${region} ${item}`;
    const kept = this.#servicePrices.get(key);
    if (kept !== undefined) return kept;
    const regional = own(own(this.#data.services, region), item);
    const figure = regional ?? own(own(this.#data.services, REFERENCE_REGION), item);
    if (figure === undefined)
      throw new UnpricedError([
        `No price of ${item} in ${region} or ${REFERENCE_REGION}: the catalogue is incomplete.`,
      ]);
    const source = this.#source(figure[1]);
    const reason =
      regional === undefined
        ? `the catalogue has none, so the ${REFERENCE_REGION} figures count`
        : source.assumed;
    const notes = reason === undefined ? [] : [`Prices of services in ${region}: ${reason}.`];
    const price = { usd: new Decimal(figure[0]), source, asOf: source.read, notes };
    this.#servicePrices.set(key, price);
    return price;
  }

  #onDemandFigure(region: string, type: string): Figure | undefined {
    return own(own(this.#data.onDemand, region), type);
  }

  #spotFigure(
    region: string,
    zone: string | undefined,
    type: string,
    end: "dearest" | "cheapest",
  ): Figure | undefined {
    const zones = own(own(this.#data.spot, region), type);
    if (zone !== undefined) {
      const figure = own(zones, zone);
      if (figure !== undefined) return figure;
    } else if (zones !== undefined) {
      const sorted = Object.values(zones).sort(([first], [second]) => first - second);
      const figure = end === "dearest" ? sorted.at(-1) : sorted[0];
      if (figure !== undefined) return figure;
    }
    const range = own(own(this.#data.spotRanges, region), type);
    return range === undefined ? undefined : [end === "dearest" ? range[1] : range[0], range[2]];
  }

  #source(id: string): Source {
    const source = this.#data.sources[id];
    if (source === undefined) throw new RangeError(`The catalogue has no source ${id}.`);
    return { id, ...source };
  }

  #remember(key: string, look: () => InstancePrice): InstancePrice {
    const kept = this.#instancePrices.get(key);
    if (kept !== undefined) return kept;
    const price = look();
    this.#instancePrices.set(key, price);
    return price;
  }

  #unpriced(region: string, type: string | undefined): string {
    const priced = this.pricedTypes(region);
    const what = `No on-demand price of ${type ?? "any instance type"} in ${region}.`;
    const near =
      priced.length === 0
        ? `Regions with prices: ${this.regions().join(", ")}.`
        : `Nearest priced types: ${nearest(type ?? "", priced).join(", ")}.`;
    return `${what} ${near} To fetch it: ground prices refresh --region ${region} --type ${type ?? "TYPE"}`;
  }
}

/** The oldest day among dates; years alone say too little. Without any day, the oldest date there is. */
export function oldestDay(dates: Iterable<string>): string {
  const all = [...dates].sort();
  return all.find((date) => date.length > 4) ?? all[0] ?? "unknown";
}

/** Types of the same family and size come first, then those spelled alike. */
function nearest(type: string, priced: readonly string[]): readonly string[] {
  const [family = "", size = ""] = type.split(".");
  const score = (candidate: string): number => {
    const [otherFamily = "", otherSize = ""] = candidate.split(".");
    return 2 * distance(family, otherFamily) + distance(size, otherSize);
  };
  return priced
    .map((candidate) => [score(candidate), candidate] as const)
    .sort(([first, a], [second, b]) => first - second || (a < b ? -1 : 1))
    .slice(0, 3)
    .map(([, candidate]) => candidate);
}

/** Look-up that never finds `constructor` and the like. */
function own<Value>(table: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}
