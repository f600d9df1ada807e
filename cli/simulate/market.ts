import type { Catalogue } from "../../pricing/catalogue.ts";
import type { Random } from "./random.ts";
import { HOME_REGION, trueUsdPerHour, ZONES } from "./setting.ts";

export interface PriceChange {
  readonly at: number;
  readonly usdPerHour: number;
}

interface OpenPool extends Pool {
  readonly steps: PriceChange[];
}

/** A type in a zone, with its prices so far. */
export interface Pool {
  readonly type: string;
  readonly zone: string;
  readonly steps: readonly PriceChange[];
}

/** Spot prices by type and zone, as steps over time. They never exceed the on-demand price, as AWS promises. */
export class Market {
  /** By type. A key of type and zone would be built anew at every look-up. */
  readonly #pools = new Map<string, readonly OpenPool[]>();
  readonly #catalogue: Catalogue;
  readonly #random: Random;
  #pinned: number | undefined;

  constructor(catalogue: Catalogue, random: Random, types: readonly string[], at: number) {
    this.#catalogue = catalogue;
    this.#random = random;
    for (const type of types)
      this.#pools.set(
        type,
        ZONES.map((zone) => ({ type, zone, steps: [{ at, usdPerHour: this.#draw(type, 0.35, 0.6) }] })),
      );
  }

  /** All pools find new prices: a usual share of on demand, or the one they are pinned to. */
  move(at: number): void {
    const share = this.#pinned;
    for (const pools of this.#pools.values())
      for (const { type, steps } of pools) {
        const usdPerHour = share === undefined ? this.#draw(type, 0.3, 0.65) : this.#draw(type, share, share);
        steps.push({ at, usdPerHour });
      }
  }

  /** Holds all pools at a share of on demand; without one lets them go. */
  pin(at: number, share: number | undefined): void {
    this.#pinned = share;
    this.move(at);
  }

  /** Steps of a pool, oldest first; a pool nobody uses costs the on-demand price. */
  stepsOf(type: string, zone: string): readonly PriceChange[] {
    const pool = this.#pools.get(type)?.find((one) => one.zone === zone);
    return pool?.steps ?? [{ at: 0, usdPerHour: trueUsdPerHour(this.#catalogue, HOME_REGION, type) }];
  }

  poolsOf(type: string): readonly Pool[] {
    return this.#pools.get(type) ?? [];
  }

  priceAt(type: string, zone: string, at: number): number {
    return this.stepsOf(type, zone).findLast((step) => step.at <= at)?.usdPerHour ?? 0;
  }

  #draw(type: string, least: number, most: number): number {
    const share = least + (most - least) * this.#random.next();
    const usd = trueUsdPerHour(this.#catalogue, HOME_REGION, type) * share;
    return Math.round(usd * 10_000) / 10_000;
  }
}
