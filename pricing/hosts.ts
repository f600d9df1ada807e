import { Decimal } from "decimal.js";
import type { RunningHours } from "./money.ts";
import { hourly, type PricedItem } from "./money.ts";
import type { Market, PriceBook } from "./price-book.ts";
import { volumeItems, type Volume } from "./volumes.ts";

/** One or more equal EC2 instances, whichever resource asks for them. */
export interface HostPlan {
  readonly urn: string;
  readonly region: string;
  /** Instances that run at once at most. */
  readonly count: number;
  /** How many of them run on demand even where `market` is spot. */
  readonly onDemandCount: number;
  readonly market: Market;
  /** Types that may be launched; never empty. */
  readonly types: readonly string[];
  /** Zone ids that may be used; empty where the plan does not tell. */
  readonly zones: readonly string[];
  readonly volumes: readonly Volume[];
  readonly publicAddress: boolean;
  readonly hours: RunningHours;
  /** Instances of groups are the cluster; single instances are not. */
  readonly inCluster: boolean;
}

/** Lines of a host: instance hours, volumes and public addresses while it runs. None where a price is missing. */
export function hostItems(host: HostPlan, book: PriceBook): readonly PricedItem[] {
  const { urn, ...kind } = host;
  // Slots of one role are all alike: exact arithmetic is done once for each kind.
  const items = book.remember(`items ${JSON.stringify(kind)}`, () => priceHost(host, book));
  return items.map((item) => ({ ...item, urn }));
}

function priceHost(host: HostPlan, book: PriceBook): readonly PricedItem[] {
  const { urn, region, count, hours } = host;
  if (count === 0) return [];
  const onDemandCount = host.market === "on-demand" ? count : Math.min(host.onDemandCount, count);
  const items: PricedItem[] = [];
  for (const [market, instances] of [
    ["on-demand", onDemandCount],
    ["spot", count - onDemandCount],
  ] as const) {
    const prices = instances === 0 ? undefined : book.host(region, market, host.types, host.zones);
    if (prices === undefined) continue;
    const { planned, cheapestZone, onDemand } = prices;
    items.push(
      hourly(
        {
          urn,
          item: `${market === "spot" ? "spot" : "on-demand"} instance (${host.types.join(", ")})`,
          quantity: hours.dearestDay.times(instances),
          unit: "hour",
          basis: planned.basis,
        },
        {
          planned: planned.usdPerHour.times(instances),
          cheapest: cheapestZone.times(instances),
          worst: Decimal.max(onDemand, planned.usdPerHour).times(instances),
          clusterOnDemand: host.inCluster ? onDemand.times(instances) : new Decimal(0),
        },
        hours,
      ),
    );
  }
  for (const volume of host.volumes) items.push(...volumeItems(urn, region, volume, count, book, hours));
  if (host.publicAddress) {
    const planned = book.service(region, "public-ipv4-hour").times(count);
    const head = {
      urn,
      item: "public IPv4 address",
      quantity: hours.dearestDay.times(count),
      unit: "hour",
      basis: "fixed",
    } as const;
    items.push(hourly(head, { planned }, hours));
  }
  return items;
}
