import { spawnSync } from "node:child_process";

export interface Measurement {
  /** Wall time, seconds. */
  readonly seconds: number;
  /** Peak resident memory, MiB. */
  readonly mebibytes: number;
  readonly stdout: string;
}

/** Node flags that every program measured here gets. */
const FLAGS = ["--max-old-space-size=8192", "--import", "./bench/peak.mjs"];

/** Exit codes of work done to the end: 0, and 5 of a plan that is complete but refused, as hundreds of nodes are. */
const FINISHED: ReadonlySet<number> = new Set([0, 5]);

/**
 * Runs one Node program and measures it.
 *
 * @throws Error with the program's own words when it fails; a failed run has no time.
 */
export function measure(args: readonly string[]): Measurement {
  const start = process.hrtime.bigint();
  const result = spawnSync(process.execPath, [...FLAGS, ...args], { encoding: "utf8", maxBuffer: 2 ** 30 });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = /peak-rss-kib (\d+)/.exec(result.stderr)?.[1];
  if (!FINISHED.has(result.status ?? -1) || peak === undefined)
    throw new Error(`${args.join(" ")} exited ${String(result.status)}\n${result.stderr}`);
  return { seconds, mebibytes: Number(peak) / 1024, stdout: result.stdout };
}

/** Runs the programs in turn, round after round, so that a busy moment of the machine falls on all of them. */
export function alternate(
  rounds: number,
  programs: Readonly<Record<string, readonly string[]>>,
): Record<string, Measurement> {
  const runs = Array.from({ length: rounds }, () =>
    Object.entries(programs).map(([name, args]) => [name, measure(args)] as const),
  ).flat();
  return Object.fromEntries(
    Object.keys(programs).map((name) => [
      name,
      middle(runs.filter(([of]) => of === name).map(([, run]) => run)),
    ]),
  );
}

/** The run of median time. */
function middle(runs: readonly Measurement[]): Measurement {
  const sorted = runs.toSorted((a, b) => a.seconds - b.seconds);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new RangeError("no runs");
  return median;
}
