import type { Catalogue } from "../../pricing/catalogue.ts";
import { BUDGETS, overshoots, POLL, withoutGuard } from "./alone.ts";
import { generate } from "./generate.ts";
import { judge, type DayReport } from "./judge.ts";
import { simulate, type Run } from "./run.ts";
import type { Happening, Scenario } from "./scenario.ts";
import type { Task } from "./tasks.ts";

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
  return reportOf(await simulate(scenario, catalogue), catalogue);
}

/** Judges a run, beside its scenario under the alternatives. */
export function reportOf(run: Run, catalogue: Catalogue): RunReport {
  const { scenario } = run.world;
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

export function runTask({ seed, days }: Task, catalogue: Catalogue): Promise<RunReport> {
  return runScenario(generate(seed, days), catalogue);
}
