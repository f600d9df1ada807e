import type { Catalogue } from "../../pricing/catalogue.ts";
import { BUDGETS, POLL, withoutGuard } from "./alone.ts";
import { billed, type Account } from "./bill.ts";
import { simulate } from "./run.ts";
import type { Scenario } from "./scenario.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SAMPLE_MS = 10 * MINUTE;

/** One line of the drawing: what the day has cost, sample by sample. */
export interface Course {
  readonly name: string;
  readonly usd: readonly number[];
  /** Hours of the day at which everything was stopped. */
  readonly stops: readonly number[];
}

/** The first day of a scenario, under the guard and without it. */
export interface ExampleDay {
  readonly lineUsd: number;
  readonly sampleHours: number;
  readonly guard: Course;
  readonly poll: Course;
  readonly budgets: Course;
  readonly nobody: Course;
}

/** Somebody raises all twenty groups by hand in the morning, beside an orderly lease, and goes home. */
export const RUNAWAY_DAY: Scenario = {
  seed: 1,
  firstDay: "2027-06-14",
  days: 1,
  lineUsd: 60,
  rearm: "next-day",
  intervalMs: 5 * MINUTE,
  slots: Array.from({ length: 20 }, () => ({ role: "storage", types: ["i4i.2xlarge"] })),
  orchestrator: "c7a.2xlarge",
  fixedUsdPerDay: 0.5,
  extrasUsdPerHour: 0.0083,
  pageSize: 1000,
  happenings: [
    { does: "start", at: 2 * HOUR, slots: 4, forMs: 4 * HOUR },
    { does: "launch", at: 7 * HOUR, how: "group", type: "i4i.2xlarge", market: "spot", count: 20 },
    { does: "spike", at: 8 * HOUR, share: 1, forMs: 6 * HOUR },
  ],
};

export async function exampleDay(scenario: Scenario, catalogue: Catalogue): Promise<ExampleDay> {
  const run = await simulate(scenario, catalogue);
  const alone = (name: string, watch?: typeof POLL): Course => {
    const { account, stops } = withoutGuard(scenario, catalogue, watch);
    return courseOf(name, account, stops);
  };
  return {
    lineUsd: scenario.lineUsd,
    sampleHours: SAMPLE_MS / HOUR,
    guard: courseOf(
      "the guard",
      run.account,
      run.ticks.filter(({ stop }) => stop !== undefined).map(({ to }) => to),
    ),
    poll: alone("a poll every 15 minutes", POLL),
    budgets: alone("AWS Budgets, 12 h late", BUDGETS),
    nobody: alone("nobody"),
  };
}

function courseOf(name: string, account: Account, stops: readonly number[]): Course {
  const { start } = account.world;
  return {
    name,
    usd: Array.from({ length: DAY / SAMPLE_MS + 1 }, (_, index) =>
      billed(account, start, start + index * SAMPLE_MS),
    ),
    stops: stops.filter((at) => at < start + DAY).map((at) => (at - start) / HOUR),
  };
}
