import { Decimal } from "decimal.js";
import { DEFAULT_REGION } from "../model/regions.ts";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import type { ServiceItem } from "./catalogue-data.ts";
import { oldestDay, type Catalogue, type Figured, type InstancePrice } from "./catalogue.ts";
import { UnpricedError } from "./errors.ts";
import { textOf } from "../model/inputs.ts";

export type Market = "spot" | "on-demand";

/** Prices of a host that may be any of some types in any of some zones, US dollars per hour. */
export interface HostPrices {
  /** The dearest type in the dearest zone, and how that figure was come by. */
  readonly planned: InstancePrice;
  /** The dearest type in the zone where the dearest type is cheapest. */
  readonly cheapestZone: Decimal;
  /** The dearest type on demand. */
  readonly onDemand: Decimal;
}

/** A catalogue in use by one estimate: it gathers notes, dates and missing prices on the way. */
export class PriceBook {
  readonly catalogue: Catalogue;
  /** Region of resources that name none. */
  readonly region: string;
  readonly #notes = new Map<string, Set<string>>();
  readonly #problems = new Set<string>();
  readonly #dates = new Set<string>();
  readonly #kept = new Map<string, unknown>();

  constructor(catalogue: Catalogue, providerRegions: readonly unknown[]) {
    this.catalogue = catalogue;
    const regions = [...new Set(providerRegions.map(textOf).filter((region) => region !== undefined))];
    this.region = regions[0] ?? DEFAULT_REGION;
    if (regions.length === 0) {
      this.note(`No AWS provider names its region: priced in ${this.region}.`);
    } else if (regions.length > 1) {
      this.note(
        `AWS providers name several regions (${regions.join(", ")}): what names none itself is priced in ${this.region}.`,
      );
    }
  }

  /** Region of one resource: its own `region` input, else the provider's. */
  regionOf(resource: ResourceRecord): string {
    const { region } = resource.inputs;
    if (isUnknown(region)) this.note(`Region not known yet, priced in ${this.region}`, resource.name);
    return textOf(region) ?? this.region;
  }

  /**
   * Adds a sentence about a price that was replaced or assumed. Each is shown once, with the names of the
   * resources it is about: a thousand slots with one thing in common are one sentence.
   */
  note(sentence: string, about?: string): void {
    const names = this.#notes.get(sentence) ?? new Set();
    if (about !== undefined) names.add(about);
    this.#notes.set(sentence, names);
  }

  /** Adds what makes the estimate impossible; all of it is thrown together by `finish`. */
  problem(sentence: string): void {
    this.#problems.add(sentence);
  }

  /** Price of a service in US dollars per unit. The 0 of a missing one never gets out: `finish` throws. */
  service(region: string, item: ServiceItem): Decimal {
    const price = this.#collect(() => this.catalogue.service(region, item));
    return price === undefined ? new Decimal(0) : this.#use(price).usd;
  }

  /**
   * Prices of a host. Without zones, every zone the catalogue knows for its types counts.
   * Undefined where a price is missing, which `finish` then throws.
   */
  host(
    region: string,
    market: Market,
    types: readonly string[],
    zones: readonly string[],
  ): HostPrices | undefined {
    const key = ["host", region, market, types.join(), zones.join()].join(" ");
    return this.remember(key, () => this.#priceHost(region, market, types, zones));
  }

  /** Answers are kept for the length of one estimate: thousands of slots share a few prices and schedules. */
  remember<Value>(key: string, compute: () => Value): Value {
    if (!this.#kept.has(key)) this.#kept.set(key, compute());
    return this.#kept.get(key) as Value;
  }

  /** The type that stands in for one that is not known: the dearest of the region. */
  dearestType(region: string): string | undefined {
    return this.#collect(() => this.catalogue.dearest(region).type);
  }

  /**
   * Notes in a stable order, and the day of the oldest figure used.
   *
   * @throws UnpricedError with every missing price.
   */
  finish(): { readonly notes: readonly string[]; readonly pricesAsOf: string } {
    if (this.#problems.size > 0) throw new UnpricedError([...this.#problems].sort());
    const notes = [...this.#notes].map(([sentence, names]) =>
      names.size === 0 ? sentence : `${sentence}: ${listed(names)}.`,
    );
    return {
      notes: notes.sort(),
      pricesAsOf: this.#dates.size === 0 ? this.catalogue.asOf : oldestDay(this.#dates),
    };
  }

  #priceHost(
    region: string,
    market: Market,
    types: readonly string[],
    zones: readonly string[],
  ): HostPrices | undefined {
    const onDemand = types.map((type) => this.#collect(() => this.catalogue.onDemand(region, type)));
    const priced = onDemand.filter((price) => price !== undefined);
    const [first, ...rest] = priced;
    if (first === undefined || priced.length < types.length) return undefined;
    const dearestOnDemand = rest.reduce(dearer, first);
    for (const price of priced) this.#use(price);
    if (market === "on-demand") {
      return {
        planned: dearestOnDemand,
        cheapestZone: dearestOnDemand.usdPerHour,
        onDemand: dearestOnDemand.usdPerHour,
      };
    }
    const known =
      zones.length > 0
        ? zones
        : [...new Set(types.flatMap((type) => this.catalogue.zones(region, type)))].sort();
    const places: readonly (string | undefined)[] = known.length > 0 ? known : [undefined];
    const inZone = (zone: string | undefined, end: "dearest" | "cheapest"): InstancePrice =>
      types.map((type) => this.#use(this.catalogue.spot(region, zone, type, end))).reduce(dearer);
    const planned = places.map((zone) => inZone(zone, "dearest")).reduce(dearer);
    const cheapestZone = Decimal.min(...places.map((zone) => inZone(zone, "cheapest").usdPerHour));
    return { planned, cheapestZone, onDemand: dearestOnDemand.usdPerHour };
  }

  #use<Price extends Figured>(price: Price): Price {
    this.#dates.add(price.asOf);
    for (const sentence of price.notes) this.note(sentence);
    return price;
  }

  #collect<Value>(look: () => Value): Value | undefined {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof UnpricedError)) throw error;
      for (const problem of error.problems) this.problem(problem);
      return undefined;
    }
  }
}

const NAMES_SHOWN = 5;

function listed(names: ReadonlySet<string>): string {
  const sorted = [...names].sort();
  const rest = sorted.length - NAMES_SHOWN;
  return `${sorted.slice(0, NAMES_SHOWN).join(", ")}${rest > 0 ? ` and ${String(rest)} more` : ""}`;
}

function dearer(first: InstancePrice, second: InstancePrice): InstancePrice {
  return second.usdPerHour.greaterThan(first.usdPerHour) ? second : first;
}
