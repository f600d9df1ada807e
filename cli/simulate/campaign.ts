import type { Catalogue } from "../../pricing/catalogue.ts";
import { BUDGETS, overshoots, POLL, withoutGuard } from "./alone.ts";
import { generate } from "./generate.ts";
import { judge, type DayReport } from "./judge.ts";
import { simulate } from "./run.ts";
import type { Happening, Scenario } from "./scenario.ts";

/** Days of one random run: long enough for latches, leases and gaps to cross midnights. */
export const DAYS_PER_RUN = 5;

/** One run, judged, beside the same scenario under the alternatives. Plain data: it crosses threads. */
export interface RunReport {
  readonly seed: number;
  readonly days: readonly DayReport[];
  /** Dollars beyond the line, day by day. */
  readonly poll: readonly number[];
  readonly budgets: readonly number[];
  readonly admitted: number;
  readonly refused: number;
  readonly ticks: number;
  readonly calls: number;
  readonly deadManFired: number;
  /** How often each kind of happening was in it. */
  readonly happenings: Readonly<Partial<Record<Happening["does"], number>>>;
}

/** Runs and judges a scenario. */
export async function runScenario(scenario: Scenario, catalogue: Catalogue): Promise<RunReport> {
  const run = await simulate(scenario, catalogue);
  const happenings: Partial<Record<Happening["does"], number>> = {};
  for (const { does } of scenario.happenings) happenings[does] = (happenings[does] ?? 0) + 1;
  return {
    seed: scenario.seed,
    days: judge(run),
    poll: overshoots(withoutGuard(scenario, catalogue, POLL)),
    budgets: overshoots(withoutGuard(scenario, catalogue, BUDGETS)),
    admitted: run.asked.admitted,
    refused: run.asked.refused,
    ticks: run.ticks.length,
    calls: run.backend.calls,
    deadManFired: run.deadManFired,
    happenings,
  };
}

/** A run of a campaign: its seed and its days. */
export interface Task {
  readonly seed: number;
  readonly days: number;
}

export function runTask({ seed, days }: Task, catalogue: Catalogue): Promise<RunReport> {
  return runScenario(generate(seed, days), catalogue);
}

/** Consecutive seeds that make up the days asked for; the last run may be shorter. */
export function tasksOf(seed: number, days: number): readonly Task[] {
  return Array.from({ length: Math.ceil(days / DAYS_PER_RUN) }, (_, index) => ({
    seed: seed + index,
    days: Math.min(DAYS_PER_RUN, days - index * DAYS_PER_RUN),
  }));
}
