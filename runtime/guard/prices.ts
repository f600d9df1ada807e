import { REFERENCE_REGION, type Catalogue } from "../../pricing/catalogue.ts";
import { NANO_PER_USD, nanoUsd, type NanoUsd } from "./money.ts";
import type { Market, SpotQuote } from "./observations.ts";

/** A price and, where it is not simply the instance's own, why. */
export interface Rate {
  readonly perHour: NanoUsd;
  readonly note?: string;
}

/** What was asked to be priced. */
export interface Priced {
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly market: Market;
}

/** AWS states discounts of up to 90 %. A quote below this share of the on-demand price is a broken feed. */
const LEAST_SPOT_SHARE = 0.05;

/** On-demand prices as the guard counts them; answers are kept. */
export class OnDemandPrices {
  readonly #catalogue: Catalogue;
  /** By region, then type: a joined key would be built anew for every instance of every tick. */
  readonly #known = new Map<string, Map<string, Rate>>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /**
   * The on-demand price. A type without one counts at the dearest known price of its size, in its region or the
   * reference region, whichever is dearer, and says so (FM-11).
   */
  of(region: string, type: string): Rate {
    const kept = this.#known.get(region)?.get(type);
    if (kept !== undefined) return kept;
    const rate = this.#look(region, type);
    const inRegion = this.#known.get(region) ?? new Map<string, Rate>();
    this.#known.set(region, inRegion.set(type, rate));
    return rate;
  }

  #look(region: string, type: string): Rate {
    const catalogue = this.#catalogue;
    if (catalogue.isPriced(region, type))
      return { perHour: nanoUsd(catalogue.onDemand(region, type).usdPerHour) };
    const size = /\.(.+)$/.exec(type)?.[1];
    const candidates = [...new Set([region, REFERENCE_REGION])]
      .filter((where) => catalogue.pricedTypes(where).length > 0)
      .map((where) => ({ where, ...catalogue.dearest(where, size) }));
    const [first, ...rest] = candidates;
    if (first === undefined) throw new RangeError(`The catalogue has no prices of ${REFERENCE_REGION}.`);
    const dearest = rest.reduce(
      (dear, other) => (other.price.usdPerHour.gt(dear.price.usdPerHour) ? other : dear),
      first,
    );
    return {
      perHour: nanoUsd(dearest.price.usdPerHour),
      note: `${type === "" ? "an instance of unknown type" : type} in ${region} has no known price: counted as ${dearest.type} in ${dearest.where}, $${dearest.price.usdPerHour.toString()}/h.`,
    };
  }
}

/** All quotes of a type in a zone, and what they come to once somebody asked. */
interface QuotedPool extends Pick<SpotQuote, "region" | "zone"> {
  readonly quotes: SpotQuote[];
  rate?: Rate;
}

/** Spot prices of one tick, by pool. */
export class SpotPrices {
  readonly #onDemand: OnDemandPrices;
  readonly #byType = new Map<string, QuotedPool[]>();
  readonly #oldest: number;

  /** @param oldest quotes that vouch for no later time are old, and count as missing. */
  constructor(quotes: readonly SpotQuote[], onDemand: OnDemandPrices, oldest: number) {
    this.#onDemand = onDemand;
    this.#oldest = oldest;
    for (const quote of quotes) {
      const pool = this.#poolOf(quote);
      if (pool !== undefined) pool.quotes.push(quote);
      else {
        const { region, zone, type } = quote;
        this.#byType.set(type, [...(this.#byType.get(type) ?? []), { region, zone, quotes: [quote] }]);
      }
    }
  }

  /**
   * What the instance costs an hour: the dearest price in effect since the last tick. A price that is missing,
   * zero, below zero, not a number, implausibly low or old gives the on-demand price: the meter never falls for it.
   */
  rateOf(what: Priced): Rate {
    const { region, zone, type, market } = what;
    const onDemand = this.#onDemand.of(region, type);
    if (market === "on-demand") return onDemand;
    const pool = this.#poolOf(what);
    if (pool === undefined) return instead(onDemand, `no spot price of ${type} in ${zone}`);
    pool.rate ??= this.#dearest(what, pool.quotes, onDemand);
    return pool.rate;
  }

  #poolOf({ region, zone, type }: Omit<Priced, "market">): QuotedPool | undefined {
    return this.#byType.get(type)?.find((pool) => pool.zone === zone && pool.region === region);
  }

  #dearest({ zone, type }: Priced, quotes: readonly SpotQuote[], onDemand: Rate): Rate {
    let dearest = 0;
    for (const quote of quotes) {
      const usd = readUsd(quote.usdPerHour);
      if (usd === undefined) return instead(onDemand, `unusable spot price of ${type} in ${zone}`);
      if (quote.asOf < this.#oldest) return instead(onDemand, `old spot price of ${type} in ${zone}`);
      dearest = Math.max(dearest, usd);
    }
    if (dearest < onDemand.perHour * LEAST_SPOT_SHARE)
      return instead(onDemand, `implausibly low spot price of ${type} in ${zone}`);
    return { perHour: dearest };
  }
}

function instead(onDemand: Rate, why: string): Rate {
  return { perHour: onDemand.perHour, note: `${why}: its on-demand price counts.` };
}

const PLAIN_NUMBER = /^\d+(\.\d+)?$/;

/** Up to nine places are exact: what the product loses, rounding up gives back. */
function readUsd(text: string): NanoUsd | undefined {
  if (!PLAIN_NUMBER.test(text)) return undefined;
  const amount = Math.ceil(Number(text) * NANO_PER_USD);
  return amount > 0 && Number.isSafeInteger(amount) ? amount : undefined;
}
