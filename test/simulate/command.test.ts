import { Command, CommanderError } from "commander";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { GroundError } from "../../cli/errors.ts";
import { EXIT } from "../../cli/exit-codes.ts";
import { runScenario, runTask } from "../../cli/simulate/campaign.ts";
import { registerSimulate } from "../../cli/simulate/command.ts";
import { generate } from "../../cli/simulate/generate.ts";
import { parseScenario } from "../../cli/simulate/scenario.ts";
import { tasksOf } from "../../cli/simulate/tasks.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { CROWDED } from "./crowded.ts";
import { ground } from "../support/plans.ts";

const logged = z.object({
  runs: z.array(z.unknown()),
  log: z.array(
    z.object({ at: z.iso.datetime(), who: z.string(), does: z.string(), of: z.array(z.string()) }),
  ),
});

const answerSchema = z.object({
  seed: z.number(),
  summary: z.looseObject({ days: z.number(), runs: z.number(), failures: z.array(z.unknown()) }),
  twentyNodes: z.looseObject({ usdPerHour: z.number() }),
  runs: z.array(z.unknown()),
});

describe("ground simulate", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "simulate-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("on threads gives each run of its seed, writes the page, and exits 0 where everything held", async () => {
    const page = join(folder, "page.html");
    const asked = ["--days", "7", "--seed", "3", "--threads", "2", "--json", "--html", page];
    const { exitCode, stdout, stderr } = await ground(["simulate", ...asked]);
    assert.equal(exitCode, 0, stderr);
    const { seed, summary, twentyNodes, runs } = answerSchema.parse(JSON.parse(stdout));
    assert.deepEqual([seed, summary.days, summary.runs, summary.failures], [3, 7, 2, []]);
    assert.equal(twentyNodes.usdPerHour.toFixed(2), "13.72");
    const catalogue = loadCatalogue();
    for (const [index, task] of tasksOf(3, 7).entries())
      assert.deepEqual(runs[index], JSON.parse(JSON.stringify(await runTask(task, catalogue))));
    const html = readFileSync(page, "utf8");
    assert.match(html, /<svg class="plot" role="img" aria-label="What the day has cost so far/);
    assert.match(html, /<svg class="plot" role="img" aria-label="Share of days beyond/);
    assert.match(html, /Every day stayed within its bound/);
    assert.ok(!/NaN|Infinity|undefined/.test(html), "figures are figures");
    assert.ok(!/<script|https?:/.test(html), "it needs nothing else");
  });

  it("runs the scenario of a file, and prints the table", async () => {
    const file = join(folder, "scenario.json");
    writeFileSync(file, JSON.stringify(generate(3, 2)));
    const { exitCode, stdout } = await ground(["simulate", "--scenario", file]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^2 simulated days in 1 run from seed 3/);
    assert.match(stdout, /\b0 {2}persistent hosts stopped/);
    assert.doesNotMatch(stdout, /20 storage nodes/);
  });

  it("shows a seed's run with its log, and writes the scenario that gives the same run", async () => {
    const file = join(folder, "a seed's.json");
    const bySeed = await ground([
      "simulate",
      "--seed",
      "3",
      "--days",
      "2",
      "--json",
      "--log",
      "--export",
      file,
    ]);
    assert.equal(bySeed.exitCode, 0, bySeed.stderr);
    const byFile = await ground(["simulate", "--scenario", file, "--json", "--log"]);
    assert.equal(byFile.exitCode, 0, byFile.stderr);
    const [asked, replayed] = [bySeed, byFile].map(({ stdout }) => logged.parse(JSON.parse(stdout)));
    assert.ok(asked !== undefined && replayed !== undefined);
    assert.deepEqual(replayed.runs, asked.runs);
    assert.deepEqual(replayed.log, asked.log);
    assert.ok(asked.log.some(({ who }) => who === "guard"));
    assert.deepEqual(asked.runs, [
      JSON.parse(JSON.stringify(await runTask({ seed: 3, days: 2 }, loadCatalogue()))),
    ]);
  });

  it("prints the log, and the command that shows a file's worst day again names the file", async () => {
    const file = join(folder, "left.json");
    writeFileSync(file, JSON.stringify(CROWDED));
    const { exitCode, stdout } = await ground(["simulate", "--scenario", file, "--log"]);
    assert.equal(exitCode, 0, stdout);
    assert.ok(stdout.includes(`again: npx ground simulate --scenario ${file} --log`), stdout);
    assert.match(stdout, /What happened, UTC\n2027-06-14 00:00:00 {2}account/);
  });

  it("gives by a scenario's file what it gives by its seed", async () => {
    const catalogue = loadCatalogue();
    const scenario = parseScenario("x.json", JSON.stringify(generate(3, 2)));
    assert.deepEqual(await runScenario(scenario, catalogue), await runTask({ seed: 3, days: 2 }, catalogue));
  });

  /** The command with its options in this process: that bad ones are refused needs no process of its own each. */
  async function refusal(args: readonly string[]): Promise<Error> {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    registerSimulate(program, () => assert.fail("it ran"));
    for (const command of program.commands) command.exitOverride();
    try {
      await program.parseAsync(["simulate", ...args], { from: "user" });
    } catch (error) {
      if (error instanceof CommanderError || error instanceof GroundError) return error;
      throw error;
    }
    return assert.fail("it ran");
  }

  const WRONG: readonly (readonly [string[], RegExp])[] = [
    [["--days", "0"], /whole number from 1 to 1,000,000/],
    [["--seed", "-1"], /whole number from 0/],
    [["--threads", "many"], /whole number from 1 to 64/],
    [["--scenario", "missing.json"], /missing\.json cannot be read/],
    [["--scenario", "x.json", "--days", "3"], /--days: goes with random runs/],
    [["--scenario", "x.json", "--export", "y.json"], /--export: goes with random runs/],
    [["--log", "--days", "6"], /--log and --export are of one run, which has 5 days at most/],
    [["--export", "/nowhere/scenario.json"], /cannot be written/],
    [["--html", "/nowhere/page.html"], /cannot be written/],
  ];
  for (const [args, message] of WRONG)
    it(`refuses ${args.join(" ")}`, async () => {
      const error = await refusal(args);
      assert.match(error.message, message);
      if (error instanceof GroundError) assert.equal(error.exitCode, EXIT.badConfiguration);
    });

  it("exits 2 where it refuses", async () => {
    const { exitCode, stderr } = await ground(["simulate", "--days", "0"]);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /whole number from 1 to 1,000,000/);
  });

  it("names all problems of a scenario at once", () => {
    const scenario = { ...generate(1, 1), days: 0, lineUsd: -1, happenings: [{ does: "explode", at: 0 }] };
    assert.throws(
      () => parseScenario("x.json", JSON.stringify(scenario)),
      (error: Error) =>
        error.message.includes("days") &&
        error.message.includes("lineUsd") &&
        error.message.includes("happenings.0.does"),
    );
  });

  it("names the unknown keys of a scenario with their places, and those that are allowed there", () => {
    const scenario = {
      ...generate(1, 1),
      slots: [{ role: "storage", types: ["i4i.large"], type: "i4i.large" }],
      happenings: [{ does: "start", at: 0, slots: 1, forMs: 1, for: "1h" }],
      linesUsd: 3,
    };
    assert.throws(
      () => parseScenario("x.json", JSON.stringify(scenario)),
      ({ message }: Error) => {
        assert.match(
          message,
          /slots\.0\.type: no such key; did you mean "types"\? allowed here: role, types$/m,
        );
        assert.match(message, /happenings\.0\.for: no such key; .*allowed here: does, at, slots, forMs$/m);
        assert.match(
          message,
          /^ {2}linesUsd: no such key; did you mean "lineUsd"\? allowed here: seed, firstDay/m,
        );
        return true;
      },
    );
  });
});
