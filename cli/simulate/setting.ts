import { TAGS } from "../../model/tags.ts";
import type { Catalogue } from "../../pricing/catalogue.ts";
import { GUARD_DEFAULTS, type GuardConfig } from "../../runtime/guard/config.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { Scenario } from "./scenario.ts";

/** Names and prices of the simulated account. */
export const HOME_REGION = "us-west-2";
export const OTHER_REGION = "us-east-1";
export const ZONES = ["usw2-az1", "usw2-az2", "usw2-az3"] as const;
export const STACK_VPC = "vpc-stack";
export const ENVIRONMENT = "dev";
export const ACCOUNT = "123456789012";
export const TOPIC = `arn:aws:sns:${HOME_REGION}:${ACCOUNT}:proving-ground-dev-alarms`;
export const BUDGET = "proving-ground-dev-day";
export const AGENTS_ROLE = "proving-ground-dev-orchestrator";
export const MODEL = "anthropic.model-v1";
export const USD_PER_OUTPUT_TOKEN = 0.000015;

/** True price of a type that no catalogue lists. */
export const UNLISTED_USD_PER_HOUR = 0.15;

/** By region, then type: bills and prices of pools ask for the same few again and again. */
const truePrices = new WeakMap<Catalogue, Map<string, Map<string, number>>>();

/** What a simulated type really costs on demand. The simulator's own look-up: the bill must not lean on the guard's. */
export function trueUsdPerHour(catalogue: Catalogue, region: string, type: string): number {
  const regions = truePrices.get(catalogue) ?? new Map<string, Map<string, number>>();
  const types = regions.get(region) ?? new Map<string, number>();
  const known = types.get(type);
  if (known !== undefined) return known;
  const usd = catalogue.isPriced(region, type)
    ? catalogue.onDemand(region, type).usdPerHour.toNumber()
    : UNLISTED_USD_PER_HOUR;
  truePrices.set(catalogue, regions.set(region, types.set(type, usd)));
  return usd;
}

/** The guard's configuration, as a deployment of the scenario's cluster would give it. */
export function configOf(scenario: Scenario, catalogue: Catalogue): GuardConfig {
  const counts = new Map<string, number>();
  const slots = scenario.slots.map(({ role, types }) => {
    const ordinal = (counts.get(role) ?? 0) + 1;
    counts.set(role, ordinal);
    const name = `${role}-${String(ordinal)}`;
    const dearest = Math.max(...types.map((type) => trueUsdPerHour(catalogue, HOME_REGION, type)));
    return {
      name,
      role,
      group: `proving-ground-${ENVIRONMENT}-${name}`,
      profile: `proving-ground-${ENVIRONMENT}-${name}`,
      ceilingPerHour: nanoUsd(dearest) + nanoUsd(scenario.extrasUsdPerHour),
    };
  });
  const { schedule } = scenario;
  return {
    ...GUARD_DEFAULTS,
    environment: ENVIRONMENT,
    account: ACCOUNT,
    homeRegion: HOME_REGION,
    regions: [HOME_REGION, OTHER_REGION],
    linePerDay: nanoUsd(scenario.lineUsd),
    intervalMs: scenario.intervalMs,
    rearm: scenario.rearm,
    slots,
    ...(schedule === undefined
      ? {}
      : {
          schedules: [
            {
              ...schedule,
              name: "day",
              slots: slots.slice(0, schedule.slots).map(({ name }) => name),
              exceptions: [],
            },
          ],
        }),
    persistent: [
      {
        name: "orchestrator",
        role: "orchestrator",
        profile: AGENTS_ROLE,
        instanceIds: [],
        perHour: nanoUsd(trueUsdPerHour(catalogue, HOME_REGION, scenario.orchestrator)),
      },
    ],
    fixedPerDay: nanoUsd(scenario.fixedUsdPerDay),
    extrasPerHour: nanoUsd(scenario.extrasUsdPerHour),
    vpcIds: [STACK_VPC],
    modelPrices: [{ model: "*", perInputToken: 0, perOutputToken: nanoUsd(USD_PER_OUTPUT_TOKEN) }],
    agentsRole: AGENTS_ROLE,
    budgetTopicArn: TOPIC,
    budgetNames: [BUDGET],
  };
}

/** Tags as the stack gives them to its hosts. */
export function stackTags(role: string, life: "persistent" | "on-demand"): Record<string, string> {
  return {
    [TAGS.project]: "proving-ground",
    [TAGS.environment]: ENVIRONMENT,
    [TAGS.owner]: "team",
    [TAGS.role]: role,
    [TAGS.life]: life,
  };
}
