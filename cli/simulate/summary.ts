import type { RunReport } from "./campaign.ts";
import type { DayReport } from "./judge.ts";

/** Dollars beyond the line over many days, without what no watch may stop. */
export interface Distribution {
  /** Days that went beyond their line at all. */
  readonly daysOver: number;
  readonly median: number;
  readonly p99: number;
  readonly worst: number;
  readonly sum: number;
}

/** A day on which something did not hold, and how to see it again. */
export interface Failure {
  readonly seed: number;
  readonly day: string;
  readonly problems: readonly string[];
  readonly replay: string;
}

export interface Summary {
  readonly days: number;
  readonly runs: number;
  readonly happenings: Readonly<Record<string, number>>;
  readonly ticks: number;
  readonly calls: number;
  readonly admitted: number;
  readonly refused: number;
  readonly stops: number;
  /** Stops that the bill alone does not bear out: the guard counted dearer what it could not price. */
  readonly earlyStops: number;
  readonly deadManFired: number;
  readonly beyondBound: number;
  readonly persistentStopped: number;
  readonly runningAfterLatch: number;
  /** The fullest share of its bound that a day used. */
  readonly mostOfBound: number;
  readonly guard: Distribution;
  /** Days on which the guard was healthy and nothing started behind its back. */
  readonly guardUndisturbed: Distribution & { readonly days: number };
  readonly poll: Distribution;
  readonly budgets: Distribution;
  readonly failures: readonly Failure[];
}

export function summarise(runs: readonly RunReport[]): Summary {
  const days = runs.flatMap((run) => run.days);
  const undisturbed = days.filter(({ healthy, behind }) => healthy && !behind);
  const happenings: Record<string, number> = {};
  for (const run of runs)
    for (const [does, count] of Object.entries(run.happenings))
      happenings[does] = (happenings[does] ?? 0) + count;
  return {
    days: days.length,
    runs: runs.length,
    happenings,
    ticks: total(runs, (run) => run.ticks),
    calls: total(runs, (run) => run.calls),
    admitted: total(runs, (run) => run.admitted),
    refused: total(runs, (run) => run.refused),
    stops: total(days, (day) => day.stops),
    earlyStops: total(days, (day) => day.falseStops),
    deadManFired: total(runs, (run) => run.deadManFired),
    beyondBound: days.filter((day) => day.overshootUsd > day.boundUsd).length,
    persistentStopped: total(days, (day) => day.persistentStopped),
    runningAfterLatch: total(days, (day) => day.runningAfterLatch),
    mostOfBound: days.reduce((most, day) => Math.max(most, day.overshootUsd / day.boundUsd), 0),
    guard: distributionOf(days.map(stoppable)),
    guardUndisturbed: { days: undisturbed.length, ...distributionOf(undisturbed.map(stoppable)) },
    poll: distributionOf(runs.flatMap((run) => run.poll)),
    budgets: distributionOf(runs.flatMap((run) => run.budgets)),
    failures: runs.flatMap(failuresOf),
  };
}

export function distributionOf(amounts: readonly number[]): Distribution {
  const sorted = amounts.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return {
    daysOver: sorted.filter((amount) => amount > 0).length,
    median: at(0.5),
    p99: at(0.99),
    worst: sorted.at(-1) ?? 0,
    sum: sorted.reduce((sum, amount) => sum + amount, 0),
  };
}

function failuresOf({ seed, days }: RunReport): readonly Failure[] {
  return days
    .filter(({ problems }) => problems.length > 0)
    .map(({ day, problems }) => ({
      seed,
      day,
      problems,
      replay: `ground simulate --seed ${String(seed)} --days ${String(days.length)}`,
    }));
}

function stoppable({ stoppableUsd }: DayReport): number {
  return stoppableUsd;
}

function total<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
