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
  const waitedFor = new Set([homeRegion, ...regionsRead]);
  for (const { region } of meters.values()) waitedFor.add(region);
  return new Set(
    readings.flatMap((reading) =>
      "instances" in reading || waitedFor.has(reading.region) ? [] : [reading.region],
    ),
  );
}

/** Regions that were read at least once, with those of this look. */
export function regionsReadWith(
  readings: readonly RegionReading[],
  { regionsRead = [] }: Pick<Ledger, "regionsRead">,
): readonly string[] {
  const now = readings.flatMap((reading) => ("instances" in reading ? [reading.region] : []));
  return [...new Set([...regionsRead, ...now])].sort();
}

/** What people are asked about such regions; nothing where there are none. */
export function neverReadQuestion(regions: ReadonlySet<string>): readonly string[] {
  if (regions.size === 0) return [];
  return [
    `Never could be read, so nothing there is counted or stopped: ${[...regions].join(", ")}. Let the guard's role describe instances there, or take them off the watched regions.`,
  ];
}
