import type { Catalogue } from "../../pricing/catalogue.ts";
import { overshootWhenHealthy } from "../../runtime/guard/bound.ts";
import { NANO_PER_USD, nanoUsd } from "../../runtime/guard/money.ts";
import { BUDGETS, overshoots, POLL, withoutGuard, type Watch } from "./alone.ts";
import { ADMITTED_BOUND_USD, judge, type DayReport } from "./judge.ts";
import { simulate } from "./run.ts";
import type { Happening, Scenario } from "./scenario.ts";
import { configOf, trueUsdPerHour, HOME_REGION } from "./setting.ts";

/**
 * The case that the guard was built for: twenty storage nodes at the on-demand price, their addresses and volumes
 * left out, on a day whose line is all but used up, or whose line they reach in their time. Each case is tried
 * at many moments between two looks, and the worst counts.
 */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const NODES = 20;
const TYPE = "i4i.2xlarge";

/** A host that costs next to nothing, so that the figures are the twenty nodes' own. */
const ORCHESTRATOR = "t3.nano";

export interface TwentyNodes {
  /** All twenty, US dollars an hour. */
  readonly usdPerHour: number;
  /** Worst overshoot, US dollars, of launches through `ground` and through a schedule. */
  readonly admitted: number;
  readonly admittedBound: number;
  /** The fullest that such a day made of its line: launches were let in, not kept out. */
  readonly admittedUsed: number;
  /** The same of launches behind the guard's back. */
  readonly behind: number;
  readonly behindBound: number;
  readonly poll: number;
  readonly budgets: number;
  /** Runs that these are the worst of. */
  readonly tries: number;
}

/** @param everyMs pause between the moments that are tried. */
export async function twentyNodes(catalogue: Catalogue, everyMs = 20 * SECOND): Promise<TwentyNodes> {
  const usdPerHour = NODES * trueUsdPerHour(catalogue, HOME_REGION, TYPE);
  const nothingLeft = 24 * trueUsdPerHour(catalogue, HOME_REGION, ORCHESTRATOR) + 0.01;
  const config = configOf(scenarioOf(0, nothingLeft, []), catalogue);

  const behind: DayReport[] = [];
  for (const at of moments(config.intervalMs, everyMs))
    behind.push(await guarded(scenarioOf(at, nothingLeft, [byHand(at)]), catalogue));
  const admitted: DayReport[] = [];
  for (const at of moments(config.intervalMs, everyMs * 2)) {
    // Four hours fit, the next four do not; nor does the schedule's afternoon, but for what is left.
    const starts = [throughGround(at, 4 * HOUR), throughGround(at + 4 * HOUR, 4 * HOUR)];
    admitted.push(await guarded(scenarioOf(at, nothingLeft + 61, starts), catalogue));
    const schedule = { start: "30 8 * * *", stop: "0 12 * * *", timeZone: "UTC", slots: NODES };
    admitted.push(
      await guarded({ ...scenarioOf(at, nothingLeft + 61, [throughGround(at, HOUR)]), schedule }, catalogue),
    );
  }
  const alone = (watch: Watch): number[] =>
    moments(POLL.everyMs, everyMs).map((at) =>
      worstOf(overshoots(withoutGuard(scenarioOf(at, nothingLeft, [byHand(at)]), catalogue, watch))),
    );
  const [poll, budgets] = [alone(POLL), alone(BUDGETS)];
  return {
    usdPerHour,
    admitted: worstOf(admitted.map(overshoot)),
    admittedBound: ADMITTED_BOUND_USD,
    admittedUsed: worstOf(admitted.map(({ billUsd, lineUsd }) => billUsd / lineUsd)),
    behind: worstOf(behind.map(overshoot)),
    behindBound: overshootWhenHealthy(nanoUsd(usdPerHour), config) / NANO_PER_USD,
    poll: worstOf(poll),
    budgets: worstOf(budgets),
    tries: behind.length + admitted.length + poll.length + budgets.length,
  };
}

/** One day; prices of spot stand at the on-demand price all day. */
function scenarioOf(seed: number, lineUsd: number, happenings: readonly Happening[]): Scenario {
  return {
    seed,
    firstDay: "2027-06-14",
    days: 1,
    lineUsd,
    rearm: "next-day",
    intervalMs: 5 * MINUTE,
    slots: Array.from({ length: NODES }, () => ({ role: "storage", types: [TYPE] })),
    orchestrator: ORCHESTRATOR,
    fixedUsdPerDay: 0,
    extrasUsdPerHour: 0,
    pageSize: 1000,
    happenings: [{ does: "spike", at: 0, share: 1, forMs: DAY }, ...happenings],
  };
}

function byHand(at: number): Happening {
  return { does: "launch", at, how: "group", type: TYPE, market: "spot", count: NODES };
}

function throughGround(at: number, forMs: number): Happening {
  return { does: "start", at, slots: NODES, forMs };
}

/** Moments of a stretch after one o'clock. */
function moments(stretch: number, every: number): readonly number[] {
  return Array.from({ length: Math.ceil(stretch / every) }, (_, index) => HOUR + index * every);
}

async function guarded(scenario: Scenario, catalogue: Catalogue): Promise<DayReport> {
  const [day] = judge(await simulate(scenario, catalogue));
  if (day === undefined) throw new RangeError("a scenario of no day");
  return day;
}

function overshoot({ overshootUsd }: DayReport): number {
  return overshootUsd;
}

function worstOf(amounts: readonly number[]): number {
  return Math.max(...amounts);
}
