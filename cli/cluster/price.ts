import type { SlotPlan } from "../../infra/settings/slots.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { charge, type NanoUsd } from "../../runtime/guard/money.ts";
import type { Market, ObservedInstance, SpotQuote } from "../../runtime/guard/observations.ts";
import { SpotPrices, type OnDemandPrices } from "../../runtime/guard/prices.ts";
import { HOUR } from "../../runtime/guard/time.ts";

/** What a launch will cost, before it. */
export interface LaunchPrice {
  /** Each slot at the dearest of its types and zones now, with address and volumes. */
  readonly perHour: NanoUsd;
  /** The most it can come to: on demand, at the dearest type. What is admitted is this. */
  readonly ceilingPerHour: NanoUsd;
  /** `perHour` over the whole length. */
  readonly total: NanoUsd;
  readonly ceilingTotal: NanoUsd;
  readonly bySlot: ReadonlyMap<string, NanoUsd>;
  /** Prices that were replaced or assumed. */
  readonly notes: readonly string[];
}

/** What pricing needs to know of the environment. */
export type PricedConfig = Pick<GuardConfig, "homeRegion" | "slots" | "extrasPerHour">;

/** A quote vouches for its price at the time of the answer; one from before is of no use to whoever decides now. */
const OLDEST_QUOTE_MS = HOUR;

/** Prices of running and wanted hosts by the live spot market, else by the catalogue; never below what is known. */
export class ClusterPrices {
  readonly #config: PricedConfig;
  readonly #spot: SpotPrices;

  constructor(config: PricedConfig, quotes: readonly SpotQuote[], onDemand: OnDemandPrices, now: number) {
    this.#config = config;
    this.#spot = new SpotPrices(quotes, onDemand, now - OLDEST_QUOTE_MS);
  }

  /** What a host costs an hour now. */
  ofHost({
    region,
    zone,
    type,
    market,
  }: Pick<ObservedInstance, "region" | "zone" | "type" | "market">): NanoUsd {
    return this.#spot.rateOf({ region, zone, type, market }).perHour + this.#config.extrasPerHour;
  }

  /** What the slots cost over a length, wherever and as whatever type AWS launches them. */
  ofLaunch(slots: readonly SlotPlan[], market: Market, milliseconds: number): LaunchPrice {
    const notes = new Notes();
    const bySlot = new Map(slots.map((slot) => [slot.name, this.#ofSlot(slot, market, notes)]));
    const perHour = sum(bySlot.values());
    const ceilingPerHour = sum(
      this.#config.slots.filter(({ name }) => bySlot.has(name)).map((slot) => slot.ceilingPerHour),
    );
    return {
      perHour,
      ceilingPerHour,
      total: charge(perHour, milliseconds),
      ceilingTotal: charge(ceilingPerHour, milliseconds),
      bySlot,
      notes: notes.lines(),
    };
  }

  #ofSlot({ instanceTypes, zones }: SlotPlan, market: Market, notes: Notes): NanoUsd {
    const region = this.#config.homeRegion;
    const rates = instanceTypes.flatMap((type) =>
      zones.map((zone) => ({ zone, ...this.#spot.rateOf({ region, zone, type, market }) })),
    );
    const dearest = Math.max(0, ...rates.map(({ perHour }) => perHour));
    for (const { note, zone } of rates) if (note !== undefined) notes.add(note, zone);
    return dearest + this.#config.extrasPerHour;
  }
}

/** Notes that say the same of several zones are one line. */
class Notes {
  readonly #zones = new Map<string, Set<string>>();

  add(note: string, zone: string): void {
    const about = note.replace(` in ${zone}:`, ` in ${ZONES}:`);
    this.#zones.set(about, (this.#zones.get(about) ?? new Set()).add(zone));
  }

  lines(): readonly string[] {
    return [...this.#zones]
      .map(([about, zones]) => about.replace(ZONES, [...zones].sort().join(", ")))
      .sort();
  }
}

const ZONES = "\u0000";

function sum(amounts: Iterable<NanoUsd>): NanoUsd {
  return [...amounts].reduce((total, amount) => total + amount, 0);
}
