import type { GuardConfig } from "./config.ts";
import type { Ledger } from "./ledger.ts";
import type {
  ObservedGroup,
  Observations,
  RegionReading,
  ScalingActivity,
  ScheduledRun,
  SpotQuote,
  UsageReading,
} from "./observations.ts";
import type { Cloud, GuardPorts, Page, QueuedChange } from "./ports.ts";
import { DAY, dayOf, MINUTE, startOfDay } from "./time.ts";

/** Everything read in one tick: the meter's observations and what only the decision needs. */
export interface Look {
  readonly observations: Observations;
  readonly events: readonly QueuedChange[];
  readonly groups: readonly ObservedGroup[];
  /** Absent where they could not be read. */
  readonly scheduled: readonly ScheduledRun[] | undefined;
  /** Sentences about what could not be read and does not keep the guard from deciding, each once. */
  readonly notes: readonly string[];
}

/** Activities are read from a little before the gap, since an instance may start before its group says so. */
const ACTIVITY_MARGIN_MS = 10 * MINUTE;

/**
 * Looks at everything once. A region, the price feed or the token counts that cannot be read are said to be so
 * and do not keep the rest from being metered; nor do events, which come again, and scheduled runs, without which
 * no start is held back or given back. Groups that cannot be read fail the tick.
 */
export async function look(
  { cloud, queue, clock }: Pick<GuardPorts, "cloud" | "queue" | "clock">,
  config: GuardConfig,
  ledger: Ledger | undefined,
): Promise<Look> {
  const regions = await readRegions(cloud, config);
  const groups = await readGroups(cloud, config);
  const notes: string[] = [];
  const attempt = async <Result>(what: string, read: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await read();
    } catch (error) {
      notes.push(`${what} could not be read: ${messageOf(error)}.`);
      return undefined;
    }
  };
  const scheduled = await attempt("Scheduled starts", () => all((next) => cloud.scheduledRuns(next)));
  const events = (await attempt("State changes", () => queue.receive())) ?? [];
  const since = ledger?.meteredUntil ?? startOfDay(clock.now());
  const missed = clock.now() - since > 2 * config.intervalMs;
  const activities = missed ? await readActivities(cloud, since - ACTIVITY_MARGIN_MS) : [];
  const quotes = await readQuotes(cloud, regions, ledger, since);
  const usage = await readUsage(cloud, config, clock.now());
  return {
    observations: { now: clock.now(), regions, events, activities, quotes, usage },
    events,
    groups,
    scheduled,
    notes,
  };
}

/** All pages of an answer. */
export async function all<Item>(call: (next?: string) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const first = await call();
  let { next } = first;
  if (next === undefined) return first.items;
  const items = [...first.items];
  while (next !== undefined) {
    const page: Page<Item> = await call(next);
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

/** All at once: a region that hangs costs its own time limit and nobody else's. */
export function readRegions(
  cloud: Pick<Cloud, "instances">,
  { regions }: Pick<GuardConfig, "regions">,
): Promise<RegionReading[]> {
  return Promise.all(
    regions.map(async (region): Promise<RegionReading> => {
      try {
        return { region, instances: await all((next) => cloud.instances(region, next)) };
      } catch (error) {
        return { region, unreadable: messageOf(error) };
      }
    }),
  );
}

export function readGroups(
  cloud: Cloud,
  { slots }: Pick<GuardConfig, "slots">,
): Promise<readonly ObservedGroup[]> {
  const names = slots.map(({ group }) => group);
  return all((next) => cloud.groups(names, next));
}

/** Without activities an unseen instance counts as unknown, which is dearer: no reason to fail. */
async function readActivities(cloud: Cloud, since: number): Promise<readonly ScalingActivity[]> {
  try {
    return await all((next) => cloud.scalingActivities(since, next));
  } catch {
    return [];
  }
}

async function readQuotes(
  cloud: Cloud,
  readings: readonly RegionReading[],
  ledger: Ledger | undefined,
  since: number,
): Promise<readonly SpotQuote[]> {
  const types = new Map<string, Set<string>>();
  const want = (region: string, type: string): void => {
    const wanted = types.get(region) ?? new Set<string>();
    types.set(region, wanted.add(type));
  };
  for (const reading of readings)
    if ("instances" in reading)
      for (const { region, type, market } of reading.instances) if (market === "spot") want(region, type);
  for (const meter of ledger?.meters.values() ?? [])
    if (meter.open && meter.market === "spot") want(meter.region, meter.type);

  const quotes: SpotQuote[] = [];
  for (const [region, wanted] of types) {
    try {
      quotes.push(...(await all((next) => cloud.spotPrices(region, [...wanted].sort(), since, next))));
    } catch {
      // No quotes: the on-demand price counts, and the meter's notes say so.
    }
  }
  return quotes;
}

async function readUsage(
  cloud: Cloud,
  { modelPrices, regions }: GuardConfig,
  now: number,
): Promise<readonly UsageReading[]> {
  if (modelPrices.length === 0) return [];
  try {
    return await cloud.modelUsage([dayOf(now - DAY), dayOf(now)]);
  } catch (error) {
    return regions.map((region) => ({ region, unreadable: messageOf(error) }));
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
