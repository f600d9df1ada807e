import { TAGS } from "../../model/tags.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { GUARD_DEFAULTS, type GuardConfig } from "../../runtime/guard/config.ts";
import { newDay, type Ledger } from "../../runtime/guard/ledger.ts";
import { nanoUsd, type NanoUsd } from "../../runtime/guard/money.ts";
import type { Observations, ObservedGroup, ObservedInstance } from "../../runtime/guard/observations.ts";
import { OnDemandPrices } from "../../runtime/guard/prices.ts";
import { dayOf, HOUR } from "../../runtime/guard/time.ts";

export const HOME = "us-west-2";
export const TOPIC = "arn:aws:sns:us-west-2:123456789012:proving-ground-dev-alarms";
export const BUDGET = "proving-ground-dev-day";
export const AGENTS = "proving-ground-dev-orchestrator";

/** 14 June 2027, midnight and noon. */
export const MIDNIGHT = Date.parse("2027-06-14T00:00:00Z");
export const NOON = MIDNIGHT + 12 * HOUR;

/** On demand, us-west-2, US dollars an hour; the tests' own figure, not the catalogue's. */
export const I4I_2XLARGE = nanoUsd("0.686");

export const CONFIG: GuardConfig = {
  ...GUARD_DEFAULTS,
  environment: "dev",
  account: "123456789012",
  homeRegion: HOME,
  regions: [HOME, "us-east-1"],
  linePerDay: nanoUsd(20),
  slots: ["storage-1", "storage-2", "jepsen-1"].map((name) => ({
    name,
    role: name.replace(/-\d+$/, ""),
    group: groupOf(name),
    profile: groupOf(name),
    ceilingPerHour: I4I_2XLARGE,
  })),
  persistent: [
    {
      name: "orchestrator",
      role: "orchestrator",
      profile: AGENTS,
      instanceIds: [],
      perHour: nanoUsd("0.2"),
    },
  ],
  fixedPerDay: 0,
  extrasPerHour: 0,
  vpcIds: ["vpc-stack"],
  modelPrices: [{ model: "*", perInputToken: 0, perOutputToken: 15_000 }],
  agentsRole: AGENTS,
  budgetTopicArn: TOPIC,
  budgetNames: [BUDGET],
};

/** The orchestrator from noon until midnight. */
export const RESERVED = 12 * nanoUsd("0.2");

export function groupOf(slot: string): string {
  return `proving-ground-dev-${slot}`;
}

export function prices(): OnDemandPrices {
  return new OnDemandPrices(loadCatalogue());
}

export function tagsOf(life: "persistent" | "on-demand", role = "storage"): Record<string, string> {
  return {
    [TAGS.project]: "proving-ground",
    [TAGS.environment]: "dev",
    [TAGS.owner]: "team",
    [TAGS.role]: role,
    [TAGS.life]: life,
  };
}

/** A storage host of a slot, on demand, running since noon. */
export function host(id: string, slot: string, change: Partial<ObservedInstance> = {}): ObservedInstance {
  return {
    id,
    region: HOME,
    zone: "usw2-az1",
    type: "i4i.2xlarge",
    market: "on-demand",
    state: "running",
    launchedAt: NOON,
    tags: tagsOf("on-demand"),
    group: groupOf(slot),
    profile: groupOf(slot),
    vpc: "vpc-stack",
    ...change,
  };
}

/** The same, launched outside any group and without a slot's profile. */
export function outsideGroups(instance: ObservedInstance): ObservedInstance {
  const { id, region, zone, type, market, state, launchedAt, tags, vpc } = instance;
  return { id, region, zone, type, market, state, launchedAt, tags, ...(vpc === undefined ? {} : { vpc }) };
}

/** The orchestrator, up since midnight. */
export function orchestrator(change: Partial<ObservedInstance> = {}): ObservedInstance {
  return {
    id: "i-orchestrator",
    region: HOME,
    zone: "usw2-az1",
    type: "c7a.xlarge",
    market: "on-demand",
    state: "running",
    launchedAt: MIDNIGHT,
    tags: tagsOf("persistent", "orchestrator"),
    profile: AGENTS,
    vpc: "vpc-stack",
    ...change,
  };
}

/** A look at both regions; nothing else to be seen. */
export function seeing(
  now: number,
  instances: readonly ObservedInstance[] = [],
  change: Partial<Observations> = {},
): Observations {
  return {
    now,
    regions: CONFIG.regions.map((region) => ({
      region,
      instances: instances.filter((one) => one.region === region),
    })),
    events: [],
    activities: [],
    quotes: [],
    usage: [],
    ...change,
  };
}

export function closedGroups(): readonly ObservedGroup[] {
  return CONFIG.slots.map(({ group }) => ({
    name: group,
    desired: 0,
    suspended: ["AZRebalance", "Launch", "ScheduledActions"],
  }));
}

export function openGroups(desired = 0): readonly ObservedGroup[] {
  return CONFIG.slots.map(({ group }) => ({ name: group, desired, suspended: ["AZRebalance"] }));
}

/** A ledger metered until then, which has that spent on its day. */
export function ledgerAt(now: number, spent: NanoUsd, change: Partial<Ledger> = {}): Ledger {
  return {
    version: 1,
    meteredUntil: now,
    days: [{ ...newDay(dayOf(now)), compute: spent }],
    meters: new Map(),
    modelPerHour: 0,
    latch: null,
    warnedDay: null,
    heldGroups: [],
    warnedLeases: [],
    asked: [],
    ...change,
  };
}
