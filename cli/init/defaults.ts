import { DEFAULT_REGION, REGION_ZONE_PREFIXES, type Region } from "../../model/regions.ts";
import type { SizeName } from "../../model/sizes.ts";

/** What `ground init` proposes for a size. Money is US dollars at us-west-2 prices of 2026. */
interface SizeDefaults {
  readonly orchestratorType: string;
  readonly orchestratorDiskGib: number;
  readonly hoursPerDay: number;
  /** Allowance for the model API, USD per day. */
  readonly modelApiUsdPerDay: number;
  /** Orchestrator on demand for 24 hours, disks, addresses, keys, alarms and logs, USD per day. */
  readonly persistentUsdPerDay: number;
  /** All slots on demand, USD per hour. */
  readonly clusterOnDemandUsdPerHour: number;
}

/** Figures: on-demand prices of the types in `model/sizes.ts` and of the orchestrator, EC2 price list. */
export const SIZE_DEFAULTS: Readonly<Record<SizeName, SizeDefaults>> = {
  small: {
    orchestratorType: "c7a.large",
    orchestratorDiskGib: 50,
    hoursPerDay: 4,
    modelApiUsdPerDay: 8,
    persistentUsdPerDay: 5,
    clusterOnDemandUsdPerHour: 0.28,
  },
  medium: {
    orchestratorType: "c7a.xlarge",
    orchestratorDiskGib: 100,
    hoursPerDay: 6,
    modelApiUsdPerDay: 25,
    persistentUsdPerDay: 8,
    clusterOnDemandUsdPerHour: 1.69,
  },
  large: {
    orchestratorType: "c7a.2xlarge",
    orchestratorDiskGib: 100,
    hoursPerDay: 8,
    modelApiUsdPerDay: 65,
    persistentUsdPerDay: 12,
    clusterOnDemandUsdPerHour: 4.09,
  },
};

/** Dearest spot price of these types as a share of the on-demand price, zones of us-west-2 without usw2-az1. */
const SPOT_SHARE = 0.7;

/** São Paulo, the dearest region, asks up to this many times the price of us-west-2. */
const OTHER_REGION_FACTOR = 1.6;

/** Room above the sum for what grows unseen, such as stored artifacts and logs. */
const WORST_CASE_MARGIN = 1.05;

interface Amounts {
  readonly size: SizeName;
  readonly region: Region;
  readonly hoursPerDay: number;
  readonly modelApiUsdPerDay: number;
}

/** A daily budget that the size fits into, USD, in steps of 5. A proposal: `ground plan` computes the real price. */
export function proposedBudget({ size, region, hoursPerDay, modelApiUsdPerDay }: Amounts): number {
  const { persistentUsdPerDay, clusterOnDemandUsdPerHour } = SIZE_DEFAULTS[size];
  const hosts = persistentUsdPerDay + hoursPerDay * clusterOnDemandUsdPerHour * SPOT_SHARE;
  return upToFive(modelApiUsdPerDay + hosts * regionFactor(region));
}

/** A ceiling for the day on which everything runs for 24 hours at on-demand prices, USD, in steps of 5. */
export function proposedWorstCase({ size, region, modelApiUsdPerDay }: Amounts): number {
  const { persistentUsdPerDay, clusterOnDemandUsdPerHour } = SIZE_DEFAULTS[size];
  const hosts = persistentUsdPerDay + 24 * clusterOnDemandUsdPerHour;
  return upToFive((modelApiUsdPerDay + hosts * regionFactor(region)) * WORST_CASE_MARGIN);
}

function regionFactor(region: Region): number {
  return region === DEFAULT_REGION ? 1 : OTHER_REGION_FACTOR;
}

function upToFive(usd: number): number {
  return Math.ceil(usd / 5) * 5;
}

/** Zones to propose: in us-west-2 without usw2-az1, where storage nodes cost half as much again on spot. */
export function proposedZones(region: Region): readonly string[] {
  const numbers = region === DEFAULT_REGION ? [2, 3, 4] : [1, 2, 3];
  return numbers.map((number) => `${REGION_ZONE_PREFIXES[region]}-az${String(number)}`);
}
