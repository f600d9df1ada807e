import { Decimal } from "decimal.js";
import { TIME_TO_ACT_MS } from "../model/guard.ts";
import { ALWAYS_ON_REGIONS } from "../model/regions.ts";
import type { Catalogue } from "../pricing/catalogue.ts";
import { hostItems, type HostPlan } from "../pricing/hosts.ts";
import {
  CACHE_READ_SHARE,
  CACHE_WRITE_SHARE,
  UNLISTED_MODEL,
  type ModelTokenPrice,
} from "../pricing/model-prices.ts";
import { ALWAYS } from "../pricing/money.ts";
import { PriceBook } from "../pricing/price-book.ts";
import { GUARD_DEFAULTS, type GuardConfig, type ModelPrice } from "../runtime/guard/config.ts";
import { nanoUsd, type NanoUsd } from "../runtime/guard/money.ts";
import { MINUTE } from "../runtime/guard/time.ts";
import { fixedUsdPerDay } from "./guard-fixed-cost.ts";
import { physicalName, type Scope } from "./lib/names.ts";
import { guardedBudget } from "./settings/guard.ts";
import type { Settings } from "./settings/schema.ts";
import { slotsOf, slotsOfSize } from "./settings/slots.ts";

/** What only AWS knows of an environment. */
export interface GuardedPlaces {
  readonly account: string;
  readonly vpcId: string;
  readonly orchestratorId: string;
}

/** The configuration once AWS has answered. */
export type LocatedConfig = (places: GuardedPlaces) => GuardConfig;

/**
 * What the guard of an environment is told: the settings, priced. Pure, so that the same stack file and catalogue
 * give the same text; it holds no secret. In two steps, so that a missing price is said before AWS is asked.
 *
 * @throws RangeError for settings without a guard.
 * @throws UnpricedError naming every price that is missing.
 */
export function guardConfig(
  settings: Settings,
  catalogue: Catalogue,
  formerNames?: Scope["formerNames"],
): LocatedConfig {
  const { guard, environment, region } = settings;
  const budget = guardedBudget(settings);
  if (budget === undefined) throw new RangeError("settings without a guard have no configuration of one");
  const scope = { environment, ...(formerNames === undefined ? {} : { formerNames }) };
  const book = new PriceBook(catalogue, [region]);
  const orchestrator = physicalName(scope, "orchestrator");
  const known = {
    environment,
    homeRegion: region,
    regions: [...new Set([region, ...(guard.regions ?? ALWAYS_ON_REGIONS)])],
    linePerDay: nanoUsd(budget.usdPerDay),
    warnPercent: guard.warnPercent,
    intervalMs: guard.intervalMinutes * MINUTE,
    timeToActMs: TIME_TO_ACT_MS,
    missedTicks: GUARD_DEFAULTS.missedTicks,
    clockSkewMs: GUARD_DEFAULTS.clockSkewMs,
    deadManMs: guard.deadManMinutes * MINUTE,
    rearm: guard.rearm,
    slots: slotsOf(settings).map(({ name, role, instanceTypes }) => ({
      name,
      role,
      group: physicalName(scope, name),
      profile: physicalName(scope, name),
      ceilingPerHour: ceilingPerHour(slotHost(settings, instanceTypes), book),
    })),
    ...schedulesOf(settings),
    fixedPerDay: nanoUsd(fixedUsdPerDay(settings, catalogue)),
    extrasPerHour: ceilingPerHour({ ...slotHost(settings, []), types: [] }, book),
    unknownInstances: guard.unknownInstances,
    modelPrices: settings.modelApi === undefined ? [] : modelPrices(guard.modelPrices),
    ...(settings.modelApi === undefined ? {} : { agentsRole: orchestrator }),
    leaseWarningMs: guard.leaseWarningMinutes * MINUTE,
    budgetNames: [physicalName(scope, "day")],
  };
  const host = { name: "orchestrator", role: "orchestrator", profile: orchestrator } as const;
  const perHour = ceilingPerHour(orchestratorHost(settings), book);
  // Every price that is missing, at once.
  book.finish();
  return ({ account, vpcId, orchestratorId }) => ({
    ...known,
    account,
    persistent: [{ ...host, instanceIds: [orchestratorId], perHour }],
    vpcIds: [vpcId],
    budgetTopicArn: `arn:aws:sns:${region}:${account}:${physicalName(scope, "alarms")}`,
  });
}

/** What Auto Scaling keeps up, so that the end of somebody's lease does not end it. */
function schedulesOf(settings: Settings): Pick<GuardConfig, "schedules"> {
  const { cluster } = settings;
  if (cluster === undefined || cluster.schedules.length === 0) return {};
  const slots = slotsOf(settings);
  return {
    schedules: cluster.schedules.map(({ size, ...schedule }) => ({
      ...schedule,
      slots: slotsOfSize(slots, size, cluster.size).map(({ name }) => name),
    })),
  };
}

/** The dearest that a host may cost an hour: its dearest type on demand, address and volumes. */
function ceilingPerHour(host: HostPlan, book: PriceBook): NanoUsd {
  const perDay = hostItems(host, book).reduce(
    (sum, { worstCaseUsdPerDay }) => sum.plus(worstCaseUsdPerDay),
    new Decimal(0),
  );
  return nanoUsd(perDay.div(24));
}

function slotHost({ region, cluster, network }: Settings, types: readonly string[]): HostPlan {
  return hostOf(region, types, cluster?.rootDiskGib ?? 0, network.mode === "public", true);
}

function orchestratorHost({ region, orchestrator, network }: Settings): HostPlan {
  return hostOf(region, [orchestrator.instanceType], orchestrator.diskGib, network.mode === "public", false);
}

function hostOf(
  region: string,
  types: readonly string[],
  diskGib: number,
  publicAddress: boolean,
  inCluster: boolean,
): HostPlan {
  return {
    urn: "",
    region,
    count: 1,
    onDemandCount: 1,
    market: "on-demand",
    types,
    zones: [],
    volumes: [{ title: "root volume", gib: diskGib, type: "gp3", iops: 0, mibps: 0 }],
    publicAddress,
    hours: ALWAYS,
    inCluster,
  };
}

/** Prices of models in nano-dollars a token; where nobody stated one for all others, the dearest known counts. */
function modelPrices(stated: Settings["guard"]["modelPrices"]): ModelPrice[] {
  const others = stated.some(({ model }) => model === ANY_MODEL)
    ? []
    : [{ model: ANY_MODEL, ...UNLISTED_MODEL }];
  return [...stated, ...others].map(({ model, ...price }) => ({ model, ...perToken(price) }));
}

const ANY_MODEL = "*";
const MILLION = 1_000_000;

function perToken({ usdPerMillionInputTokens, usdPerMillionOutputTokens }: ModelTokenPrice) {
  const ofMillion = (usd: number, share = 1) => nanoUsd(new Decimal(usd).times(share).div(MILLION));
  return {
    perInputToken: ofMillion(usdPerMillionInputTokens),
    perOutputToken: ofMillion(usdPerMillionOutputTokens),
    perCacheReadToken: ofMillion(usdPerMillionInputTokens, CACHE_READ_SHARE),
    perCacheWriteToken: ofMillion(usdPerMillionInputTokens, CACHE_WRITE_SHARE),
  };
}
