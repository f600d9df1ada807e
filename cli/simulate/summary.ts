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

/** A day, and the command that shows it again. */
interface Replayed {
  readonly seed: number;
  readonly day: string;
  readonly replay: string;
}

/** A day on which something did not hold. */
export interface Failure extends Replayed {
  readonly problems: readonly string[];
}

/** The day on which the guard went furthest beyond its line. */
export interface WorstDay extends Replayed {
  readonly usd: number;
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
  /** Instances that the guard may stop. */
  readonly runningAfterLatch: number;
  /** What it may not stop and what it leaves to a person (FM-09), where it ran on after a latch. */
  readonly leftToPerson: {
    readonly instances: number;
    /** Days that went beyond their line for it, and by how much in all, US dollars. */
    readonly daysOver: number;
    readonly usdBeyond: number;
  };
  /** The fullest share of its bound that a day used. */
  readonly mostOfBound: number;
  readonly guard: Distribution;
  /** The same without the tagged instances that it leaves to a person (FM-09). */
  readonly guardOwn: Distribution;
  /** Days on which the guard was healthy and nothing started behind its back. */
  readonly guardUndisturbed: Distribution & { readonly days: number };
  readonly poll: Distribution;
  readonly budgets: Distribution;
  /** Absent where none went beyond its line. */
  readonly worstDay?: WorstDay;
  readonly failures: readonly Failure[];
}

/** The command that shows a run again, with what happened in it. */
export function replayOf({ seed, days }: Pick<RunReport, "seed" | "days">): string {
  return `npx ground simulate --seed ${String(seed)} --days ${String(days.length)} --log`;
}

/** @param replay the command that shows a run again. */
export function summarise(runs: readonly RunReport[], replay = replayOf): Summary {
  const days = runs.flatMap((run) => run.days);
  const undisturbed = days.filter(({ healthy, behind }) => healthy && !behind);
  const happenings: Record<string, number> = {};
  for (const run of runs)
    for (const [does, count] of Object.entries(run.happenings))
      happenings[does] = (happenings[does] ?? 0) + count;
  const worst = worstOf(runs, replay);
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
    leftToPerson: {
      instances: total(runs, (run) => new Set(run.days.flatMap((day) => day.leftToPerson)).size),
      daysOver: days.filter((day) => day.leftBeyondUsd > 0).length,
      usdBeyond: total(days, (day) => day.leftBeyondUsd),
    },
    mostOfBound: days.reduce((most, day) => Math.max(most, day.overshootUsd / day.boundUsd), 0),
    guard: distributionOf(days.map(stoppable)),
    guardOwn: distributionOf(days.map(({ ownUsd }) => ownUsd)),
    guardUndisturbed: { days: undisturbed.length, ...distributionOf(undisturbed.map(stoppable)) },
    poll: distributionOf(runs.flatMap((run) => run.poll)),
    budgets: distributionOf(runs.flatMap((run) => run.budgets)),
    ...(worst === undefined ? {} : { worstDay: worst }),
    failures: runs.flatMap((run) => failuresOf(run, replay(run))),
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

function failuresOf({ seed, days }: RunReport, replay: string): readonly Failure[] {
  return days
    .filter(({ problems }) => problems.length > 0)
    .map(({ day, problems }) => ({ seed, day, problems, replay }));
}

function worstOf(runs: readonly RunReport[], replay: typeof replayOf): WorstDay | undefined {
  const [worst] = runs
    .flatMap((run) => run.days.map(({ day, stoppableUsd }) => ({ run, day, usd: stoppableUsd })))
    .filter(({ usd }) => usd > 0)
    .toSorted((a, b) => b.usd - a.usd);
  if (worst === undefined) return undefined;
  const { run, day, usd } = worst;
  return { seed: run.seed, day, usd, replay: replay(run) };
}

function stoppable({ stoppableUsd }: DayReport): number {
  return stoppableUsd;
}

function total<Item>(items: readonly Item[], amount: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
