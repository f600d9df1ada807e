import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { InvalidArgumentError, type Command } from "commander";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { fileName, fromCaller } from "../stack-options.ts";
import type { RunReport } from "./campaign.ts";
import { DAYS_PER_RUN } from "./tasks.ts";
import type { Results } from "./text.ts";

interface SimulateOptions {
  readonly days: number;
  readonly seed: number;
  readonly scenario?: string;
  readonly log?: true;
  readonly export?: string;
  readonly threads: number;
  readonly html?: string;
  readonly json?: true;
}

const DEFAULT_DAYS = 500;
const MOST_DAYS = 1_000_000;
const MOST_SEED = 2 ** 31 - 1;
const MOST_THREADS = 64;

export function registerSimulate(program: Command, finish: (exitCode: number) => void): void {
  program
    .command("simulate")
    .description("run the guard's own code against a simulated AWS, and compare its days with their bill")
    .option("--days <n>", "days to simulate", wholeNumber(1, MOST_DAYS), DEFAULT_DAYS)
    .option(
      "--seed <n>",
      "seed of the first run; the same seeds give the same days",
      wholeNumber(0, MOST_SEED),
      1,
    )
    .option("--scenario <file>", "simulate the scenario of a JSON file instead of random ones", fileName)
    .option("--log", "of one run: also print what happened in it and what the guard did, by the clock")
    .option("--export <file>", "of one run: also write its scenario, as --scenario reads it", fileName)
    .option("--threads <n>", "threads to use", wholeNumber(1, MOST_THREADS), availableParallelism())
    .option("--html <file>", "also write the results with plots as one page", fileName)
    .option("--json", "print one JSON document and nothing else")
    .addHelpText(
      "after",
      `
Each run has ${String(DAYS_PER_RUN)} days and a seed of its own. With --log or --export there is one run. The worst
day, and each that fails, is printed with the command that shows it again.
Exit codes: 0 everything held, 1 something did not, 2 bad configuration.`,
    )
    .action(async (options: SimulateOptions, command: Command) => {
      const given = (name: string): boolean => command.getOptionValueSource(name) === "cli";
      if (options.scenario !== undefined)
        for (const name of ["days", "seed", "export"])
          if (given(name))
            throw new GroundError(
              `--${name}: goes with random runs; the scenario of --scenario says its own`,
              EXIT.badConfiguration,
            );
      const one = options.log === true || options.export !== undefined;
      const days = one && !given("days") ? DAYS_PER_RUN : options.days;
      if (one && options.scenario === undefined && days > DAYS_PER_RUN)
        throw new GroundError(
          `--days ${String(days)}: --log and --export are of one run, which has ${String(DAYS_PER_RUN)} days at most`,
          EXIT.badConfiguration,
        );
      finish(await simulateCommand({ ...options, days }));
    });
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(
        `It is a whole number from ${String(least)} to ${most.toLocaleString("en-US")}.`,
      );
    return value;
  };
}

async function simulateCommand(options: SimulateOptions): Promise<number> {
  const [
    { loadCatalogue },
    { exampleDay, RUNAWAY_DAY },
    { parseScenario },
    { replayOf, summarise },
    { renderResults },
  ] = await Promise.all([
    import("../../pricing/catalogue.ts"),
    import("./example-day.ts"),
    import("./scenario.ts"),
    import("./summary.ts"),
    import("./text.ts"),
  ]);
  const file = options.scenario;
  const scenario =
    file !== undefined
      ? parseScenario(file, textOf(fromCaller(file)))
      : options.log === true || options.export !== undefined
        ? (await import("./generate.ts")).generate(options.seed, options.days)
        : undefined;
  const html = options.html === undefined ? undefined : writable(fromCaller(options.html));
  const exported = options.export === undefined ? undefined : writable(fromCaller(options.export));
  const catalogue = loadCatalogue();
  let runs: readonly RunReport[];
  let special: Pick<Results, "twentyNodes" | "log"> = {};
  if (scenario === undefined) {
    const [{ twentyNodes }, reports] = await Promise.all([
      import("./twenty-nodes.ts"),
      simulateRandomly(options),
    ]);
    runs = reports;
    special = { twentyNodes: await twentyNodes(catalogue) };
  } else {
    const [{ reportOf }, { simulate }, { logOf }] = await Promise.all([
      import("./campaign.ts"),
      import("./run.ts"),
      import("./log.ts"),
    ]);
    const run = await simulate(scenario, catalogue);
    runs = [reportOf(run, catalogue)];
    if (options.log === true) special = { log: logOf(run) };
  }
  if (exported !== undefined) writeFileSync(exported, `${JSON.stringify(scenario, undefined, 2)}\n`);
  const summary = summarise(runs, file === undefined ? replayOf : () => replayOfFile(file));
  const seed = scenario?.seed ?? options.seed;
  const results: Results = { seed, threads: options.threads, summary, ...special };
  if (html !== undefined) {
    const { renderSimulationPage } = await import("./page.ts");
    const example = await exampleDay(scenario ?? RUNAWAY_DAY, catalogue);
    writeFileSync(html, renderSimulationPage({ ...results, example, runs }));
  }
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ seed, summary, ...special, runs }, undefined, 2)}\n`
      : renderResults(results),
  );
  return summary.failures.length === 0 ? EXIT.ok : EXIT.ownFault;
}

function replayOfFile(path: string): string {
  const quoted = /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return `npx ground simulate --scenario ${quoted} --log`;
}

/** Random runs on threads, with a line on the error stream that says how far it is. */
async function simulateRandomly({
  days,
  seed,
  threads,
  json,
}: SimulateOptions): Promise<readonly RunReport[]> {
  const [{ Listr, ListrLogger, ProcessOutput }, { tasksOf }, { runOnThreads }] = await Promise.all([
    import("listr2"),
    import("./tasks.ts"),
    import("./pool.ts"),
  ]);
  const tasks = tasksOf(seed, days);
  let reports: readonly RunReport[] = [];
  let done = 0;
  let failed = 0;
  let shown = 0;
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const list = new Listr(
    [
      {
        title: `Simulating ${days.toLocaleString("en-US")} days`,
        task: async (_context, task) => {
          reports = await runOnThreads(tasks, threads, (report) => {
            done += report.days.length;
            failed += report.days.filter(({ problems }) => problems.length > 0).length;
            const percent = Math.floor((done / days) * 100);
            if (percent === shown) return;
            shown = percent;
            task.output = `${done.toLocaleString("en-US")} of ${days.toLocaleString("en-US")} days, ${String(failed)} failed`;
          });
        },
      },
    ],
    {
      renderer: json === true ? "silent" : process.stderr.isTTY ? "default" : "simple",
      rendererOptions: { logger },
      registerSignalListeners: false,
    },
  );
  await list.run();
  return reports;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new GroundError(`${path} cannot be read: ${reasonOf(error)}`, EXIT.badConfiguration);
  }
}

/** Refuses before the work of minutes, not after it. */
function writable(path: string): string {
  try {
    writeFileSync(path, "", { flag: "a" });
    return path;
  } catch (error) {
    throw new GroundError(`${path} cannot be written: ${reasonOf(error)}`, EXIT.badConfiguration);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
