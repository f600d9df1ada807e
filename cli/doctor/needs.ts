import { slotsOf } from "../../infra/settings/slots.ts";
import type { Settings } from "../../infra/settings/schema.ts";
import type { Market } from "../../pricing/price-book.ts";
import { quotaFamilyOf, type QuotaFamilyName } from "./quota-families.ts";

/** vCPUs by instance type, as EC2 tells them; undefined for a type it does not have. */
export type VcpuCatalogue = (instanceType: string) => number | undefined;

/** vCPUs a stack takes of one quota with every host running. */
export interface QuotaNeed {
  readonly family: QuotaFamilyName;
  readonly market: Market;
  /** vCPUs without which some host cannot start. */
  readonly required: number;
  /** vCPUs with every spot host replaced by an on-demand one; for spot the same as `required`. */
  readonly fallback: number;
  /** What adds up to `required`, for people: "5 × i4i.2xlarge = 40". */
  readonly parts: readonly string[];
}

/** What a stack needs of its account before anything is made. */
export interface Needs {
  readonly quotas: readonly QuotaNeed[];
  /** Every instance type that may be launched, with the zone ids in which it may, sorted. */
  readonly types: readonly { readonly type: string; readonly zones: readonly string[] }[];
  /** Types that EC2 has not, or whose quota is not known: they are in no figure above. */
  readonly uncounted: readonly string[];
}

/** A host that may be of one of several types. */
export interface HostNeed {
  readonly market: Market;
  readonly types: readonly string[];
  readonly zones: readonly string[];
}

/** Every host of a stack as its settings have it: the orchestrator on demand, each slot on spot. */
export function hostsOf(settings: Settings): HostNeed[] {
  return [
    // The orchestrator lives in the first zone of the network.
    { market: "on-demand", types: [settings.orchestrator.instanceType], zones: settings.zones.slice(0, 1) },
    ...slotsOf(settings).map(({ instanceTypes, zones }): HostNeed => ({
      market: "spot",
      types: instanceTypes,
      zones,
    })),
  ];
}

/**
 * Needs of hosts that all run at once. A host of several types counts against the quota of each family among them,
 * with the largest type of that family: any of them may be launched.
 */
export function needsOf(hosts: readonly HostNeed[], vcpus: VcpuCatalogue): Needs {
  const sums = new Map<string, Sum>();
  const uncounted = new Set<string>();
  for (const host of hosts) {
    for (const [family, { type, vcpu }] of largestByFamily(host.types, vcpus, uncounted)) {
      add(sums, family, host.market, "required", type, vcpu);
      if (host.market === "spot") add(sums, family, "on-demand", "fallback", type, vcpu);
    }
  }
  return {
    quotas: [...sums.values()].map(({ family, market, required, fallback, counts }) => ({
      family,
      market,
      required,
      fallback: required + fallback,
      parts: [...counts].map(
        ([type, { count, vcpu }]) => `${String(count)} × ${type} = ${String(count * vcpu)}`,
      ),
    })),
    types: placesOf(hosts),
    uncounted: [...uncounted].sort(),
  };
}

interface Sum {
  readonly family: QuotaFamilyName;
  readonly market: Market;
  required: number;
  fallback: number;
  readonly counts: Map<string, { count: number; vcpu: number }>;
}

function add(
  sums: Map<string, Sum>,
  family: QuotaFamilyName,
  market: Market,
  kind: "required" | "fallback",
  type: string,
  vcpu: number,
): void {
  const key = `${market} ${family}`;
  const sum: Sum = sums.get(key) ?? { family, market, required: 0, fallback: 0, counts: new Map() };
  sums.set(key, sum);
  sum[kind] += vcpu;
  if (kind === "fallback") return;
  const counted = sum.counts.get(type) ?? { count: 0, vcpu };
  counted.count += 1;
  sum.counts.set(type, counted);
}

function largestByFamily(
  types: readonly string[],
  vcpus: VcpuCatalogue,
  uncounted: Set<string>,
): ReadonlyMap<QuotaFamilyName, { type: string; vcpu: number }> {
  const largest = new Map<QuotaFamilyName, { type: string; vcpu: number }>();
  for (const type of types) {
    const family = quotaFamilyOf(type);
    const vcpu = vcpus(type);
    if (family === undefined || vcpu === undefined) uncounted.add(type);
    else if (vcpu > (largest.get(family)?.vcpu ?? 0)) largest.set(family, { type, vcpu });
  }
  return largest;
}

function placesOf(hosts: readonly HostNeed[]): Needs["types"] {
  const places = new Map<string, Set<string>>();
  for (const { types, zones } of hosts)
    for (const type of types) {
      const known = places.get(type) ?? new Set();
      for (const zone of zones) known.add(zone);
      places.set(type, known);
    }
  return [...places]
    .map(([type, zones]) => ({ type, zones: [...zones].sort() }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}
