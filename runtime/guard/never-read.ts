import type { GuardConfig } from "./config.ts";
import type { Ledger } from "./ledger.ts";
import type { RegionReading } from "./observations.ts";

/**
 * Regions that cannot be read, never could be and never held anything known: an account may be shut out of a region
 * for good, and waiting for it no stop would ever be finished. One that was read once is waited for.
 */
export function neverRead(
  readings: readonly RegionReading[],
  { regionsRead = [], meters }: Pick<Ledger, "regionsRead" | "meters">,
  { homeRegion }: Pick<GuardConfig, "homeRegion">,
): ReadonlySet<string> {
  const never = new Set<string>();
  for (const reading of readings) if (!("instances" in reading)) never.add(reading.region);
  if (never.size === 0) return never;
  for (const region of [homeRegion, ...regionsRead]) never.delete(region);
  for (const { region } of meters.values()) never.delete(region);
  return never;
}

/** Regions that were read at least once, with those of this look. */
export function regionsReadWith(
  readings: readonly RegionReading[],
  { regionsRead = [] }: Pick<Ledger, "regionsRead">,
): readonly string[] {
  const added = readings.filter((reading) => "instances" in reading && !regionsRead.includes(reading.region));
  return added.length === 0 ? regionsRead : [...regionsRead, ...added.map(({ region }) => region)].sort();
}

/** What people are asked about such regions; nothing where there are none. */
export function neverReadQuestion(regions: ReadonlySet<string>): readonly string[] {
  if (regions.size === 0) return [];
  return [
    `Never could be read, so nothing there is counted or stopped: ${[...regions].join(", ")}. Let the guard's role describe instances there, or take them off the watched regions.`,
  ];
}
