import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runTask } from "../../cli/simulate/campaign.ts";
import { generate } from "../../cli/simulate/generate.ts";
import { parseScenario } from "../../cli/simulate/scenario.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { ground } from "../support/plans.ts";

const answerSchema = z.object({
  seed: z.number(),
  summary: z.looseObject({ days: z.number(), runs: z.number(), failures: z.array(z.unknown()) }),
  twentyNodes: z.looseObject({ usdPerHour: z.number() }).optional(),
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

  it("prints the table, writes the page, and exits 0 where everything held", async () => {
    const page = join(folder, "page.html");
    const { exitCode, stdout } = await ground(["simulate", "--days", "7", "--seed", "3", "--html", page]);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^7 simulated days in 2 runs from seed 3/);
    assert.match(stdout, /\b0 {2}persistent hosts stopped/);
    assert.match(stdout, /20 storage nodes on demand, \$13\.72\/h/);
    const html = readFileSync(page, "utf8");
    assert.match(html, /<svg class="plot" role="img" aria-label="What the day has cost so far/);
    assert.match(html, /<svg class="plot" role="img" aria-label="Share of days beyond/);
    assert.ok(!/NaN|Infinity|undefined/.test(html), "figures are figures");
    assert.ok(!/<script|https?:/.test(html), "it needs nothing else");
  });

  it("gives the same by seed on threads and by a scenario's file", async () => {
    const file = join(folder, "scenario.json");
    writeFileSync(file, JSON.stringify(generate(3, 5)));
    const one = await ground(["simulate", "--scenario", file, "--json"]);
    assert.equal(one.exitCode, 0, one.stderr);
    const answer = answerSchema.parse(JSON.parse(one.stdout));
    assert.deepEqual([answer.seed, answer.summary.days, answer.twentyNodes], [3, 5, undefined]);
    const two = await ground(["simulate", "--days", "10", "--seed", "3", "--threads", "2", "--json"]);
    const { runs } = answerSchema.parse(JSON.parse(two.stdout));
    assert.deepEqual(runs[0], answer.runs[0]);
    const fourth = await runTask({ seed: 4, days: 5 }, loadCatalogue());
    assert.deepEqual(runs[1], JSON.parse(JSON.stringify(fourth)));
  });

  const WRONG: readonly (readonly [string[], RegExp])[] = [
    [["--days", "0"], /whole number from 1 to 1,000,000/],
    [["--seed", "-1"], /whole number from 0/],
    [["--threads", "many"], /whole number from 1 to 64/],
    [["--scenario", "missing.json"], /missing\.json cannot be read/],
    [["--scenario", "x.json", "--days", "3"], /--days: goes with random runs/],
    [["--html", "/nowhere/page.html"], /cannot be written/],
  ];
  for (const [args, message] of WRONG)
    it(`refuses ${args.join(" ")} with exit 2`, async () => {
      const { exitCode, stderr } = await ground(["simulate", ...args]);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, message);
    });

  it("names all problems of a scenario at once", () => {
    const scenario = { ...generate(1, 1), days: 0, lineUsd: -1, happenings: [{ does: "explode", at: 0 }] };
    assert.throws(
      () => parseScenario("x.json", JSON.stringify(scenario)),
      (error: Error) =>
        error.message.includes('days') &&
        error.message.includes('lineUsd') &&
        error.message.includes('happenings.0.does'),
    );
  });
});
