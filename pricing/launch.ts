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
