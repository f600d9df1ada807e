import type { Faults } from "./faults.ts";
import type {
  InstanceState,
  ObservedGroup,
  ObservedInstance,
  ScheduledRun,
  SpotQuote,
} from "../../runtime/guard/observations.ts";
import type { Page } from "../../runtime/guard/ports.ts";
import { stepwise, type RateStep } from "./bill.ts";
import { HOME_REGION, USD_PER_OUTPUT_TOKEN } from "./setting.ts";
import type { SimGroup, SimInstance, World } from "./world.ts";

/** What AWS shows of the simulated account: late, paged, and now and then wrong. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** CloudWatch's figures of the last minute are not there yet. */
const METRIC_LAG_MS = 60_000;

/** How long `shutting-down` lasts. */
const SHUTTING_DOWN_MS = 30_000;

const BROKEN = { zero: "0.000000", nan: "NaN", negative: "-0.120000" } as const;

export function pageOf<Item>(items: readonly Item[], size: number, next: string | undefined): Page<Item> {
  const start = next === undefined ? 0 : Number(next);
  const end = start + size;
  return end < items.length
    ? { items: items.slice(start, end), next: String(end) }
    : { items: start === 0 ? items : items.slice(start) };
}

export function instancesIn(region: string, world: World): readonly ObservedInstance[] {
  const seen: ObservedInstance[] = [];
  for (const instance of world.shown())
    if (instance.region === region && instance.visibleAt <= world.now)
      seen.push(describe(instance, world.now));
  return seen;
}

export function groupOf(group: SimGroup): ObservedGroup {
  const { slot, desired, suspended, view } = group;
  const shown = view ?? { name: slot.group, desired, suspended: [...suspended] };
  group.view = shown;
  return shown;
}

/** The page that begins at `next` of the groups by name, and no group beyond it. */
export function groupsOf(
  names: readonly string[],
  { groups, scenario }: Pick<World, "groups" | "scenario">,
  next: string | undefined,
): Page<ObservedGroup> {
  const page = pageOf(names, scenario.pageSize, next);
  const items: ObservedGroup[] = [];
  for (const name of page.items) {
    const group = groups.get(name);
    if (group !== undefined) items.push(groupOf(group));
  }
  return { ...page, items };
}

export function scheduledRunsOf(world: World): readonly ScheduledRun[] {
  const shown =
    world.runs ??
    [...world.scheduled].flatMap(([group, { start, stop }]) => [
      { group, at: start, desired: 1 },
      { group, at: stop, desired: 0 },
    ]);
  world.runs = shown;
  return shown;
}

/** @throws Error where the price feed is down. */
export function quotesOf(
  region: string,
  types: readonly string[],
  since: number,
  { market, now }: World,
  { feed }: Faults,
): readonly SpotQuote[] {
  if (feed === "fails") throw new Error("ServiceUnavailable");
  if (feed === "missing" || region !== HOME_REGION) return [];
  const asOf = feed === "old" ? now - 2 * HOUR : now;
  const quotes: SpotQuote[] = [];
  for (const type of types)
    for (const { zone, steps } of market.poolsOf(type)) {
      const first = Math.max(
        0,
        steps.findLastIndex((step) => step.at <= since),
      );
      for (let index = first; index < steps.length; index += 1) {
        const usdPerHour =
          feed === undefined || feed === "old" ? String(steps[index]?.usdPerHour) : BROKEN[feed];
        quotes.push({ region, zone, type, usdPerHour, asOf });
      }
    }
  return quotes;
}

const starts = new Map<string, number>();

/** The instant at which a UTC day begins; kept, since the same two days are asked for again and again. */
function startOf(day: string): number {
  const start = starts.get(day) ?? Date.parse(`${day}T00:00:00Z`);
  starts.set(day, start);
  return start;
}

/** Tokens of a day, as far as CloudWatch knows them. */
export function tokensOf(day: string, rates: readonly RateStep[], now: number): number {
  if (rates.length === 0) return 0;
  const from = startOf(day);
  const to = Math.min(from + DAY, now - METRIC_LAG_MS);
  return Math.ceil(stepwise(rates, from, to) / USD_PER_OUTPUT_TOKEN);
}

function describe(instance: SimInstance, now: number): ObservedInstance {
  const { endedAt, launchedAt, runningAt, group, profile, vpc } = instance;
  const over = endedAt !== undefined && endedAt + instance.staleMs <= now;
  const state: InstanceState = over
    ? now > endedAt + SHUTTING_DOWN_MS
      ? "terminated"
      : "shutting-down"
    : now < runningAt
      ? "pending"
      : "running";
  if (instance.view?.state === state) return instance.view;
  const view = {
    id: instance.id,
    region: instance.region,
    zone: instance.zone,
    type: instance.type,
    market: instance.market,
    state,
    launchedAt,
    ...(over && instance.saysWhen ? { endedAt } : {}),
    tags: instance.tags,
    ...(group === undefined ? {} : { group }),
    ...(profile === undefined ? {} : { profile }),
    vpc,
  };
  instance.view = view;
  return view;
}
