import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import { isTrue, listOf, tableOf, textOf, valueAt } from "../model/inputs.ts";
import type { PriceBook } from "./price-book.ts";
import { SUBNET, type ResourceIndex } from "./resource-index.ts";

/** What hosts are launched with, read alike from groups, instances, launch templates and launch configurations. */

/** Subnets behind an input, as far as the plan holds them. */
export interface Placement {
  /** Zone ids; empty where not every subnet names one, so that all zones count. */
  readonly zones: readonly string[];
  /** True where one of the subnets gives addresses of itself. */
  readonly mapsPublicAddress: boolean;
}

export function placementOf(resource: ResourceRecord, property: string, index: ResourceIndex): Placement {
  const subnets = index.behind(resource, property, SUBNET);
  const zones = subnets.map(({ inputs }) => textOf(inputs["availabilityZoneId"]));
  const known = zones.filter((zone) => zone !== undefined);
  return {
    zones: known.length === zones.length ? [...new Set(known)].sort() : [],
    mapsPublicAddress: subnets.some(({ inputs }) => isTrue(inputs["mapPublicIpOnLaunch"])),
  };
}

/** True where hosts get a public address: stated, or not stated and given by a subnet. A value not yet known counts as true. */
export function hasPublicAddress(
  stated: unknown,
  placement: Placement,
  owner: string,
  book: PriceBook,
): boolean {
  if (isUnknown(stated)) {
    book.note("Public IPv4 address not known yet, counted as given", owner);
    return true;
  }
  return stated === undefined || stated === null ? placement.mapsPublicAddress : isTrue(stated);
}

/** `associatePublicIpAddress` of a launch template's first interface that states it. */
export function templateAddress(template: ResourceRecord | undefined): unknown {
  const interfaces = template?.inputs["networkInterfaces"];
  if (isUnknown(interfaces)) return interfaces;
  return listOf(interfaces)
    .map((entry) => tableOf(entry)["associatePublicIpAddress"])
    .find((stated) => stated !== undefined);
}

/** True where the market options ask for spot; an unknown value is on demand, the dearer of the two. */
export function asksForSpot(marketOptions: unknown): boolean {
  return valueAt(marketOptions, "marketType") === "spot";
}

/** Fields of a placement that put a host on hardware of its own, and the value of an ordinary host. */
const PLACEMENTS = ["tenancy", "hostId", "hostResourceGroupArn"] as const;

/**
 * Hosts on hardware of their own cost more by the hour, and a fee for each region in which there is one: the
 * catalogue has neither. A placement that is not known may be such a one.
 */
export function refuseTenancy(placement: unknown, owner: string, book: PriceBook): void {
  for (const field of PLACEMENTS) {
    const stated = valueAt(placement, field);
    if (stated === undefined || stated === null || stated === "" || stated === "default") continue;
    const what = isUnknown(stated) ? "is not known before AWS is asked" : "asks for dedicated hardware";
    book.problem(`The ${field} of ${owner} ${what}, which has no price: use the default tenancy.`);
    return;
  }
}

/** EC2 metrics by the minute are charged as this many custom metrics. Source: Amazon CloudWatch pricing. */
const DETAILED_METRICS = 7;

/** Not in the sum: cents a day for each host, and AWS charges only for metrics that were sent. Named, so that nobody is surprised. */
export function noteMonitoring(stated: unknown, owner: string, book: PriceBook): void {
  if (!isTrue(stated) && !isUnknown(stated)) return;
  const usd = book.service(book.region, "cloudwatch-metric-month").times(DETAILED_METRICS);
  book.note(
    `Not priced: detailed monitoring, at most ${usd.toFixed(2)} USD a month for each instance`,
    owner,
  );
}

/** The types, where all are known; else the dearest type of the region, with a note (FM-48). */
export function knownTypes(
  stated: readonly unknown[],
  owner: string,
  region: string,
  book: PriceBook,
): readonly string[] {
  const types = stated.map(textOf).filter((type) => type !== undefined);
  if (types.length > 0 && types.length === stated.length) return [...new Set(types)];
  const dearest = book.dearestType(region);
  if (dearest === undefined) return [];
  book.note(
    `Instance type not known yet, counted as ${dearest}, the dearest with a price in ${region}`,
    owner,
  );
  return [dearest];
}
