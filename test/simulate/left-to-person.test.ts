import assert from "node:assert/strict";
import { reportOf, runScenario, type RunReport } from "../../cli/simulate/campaign.ts";
import { exampleDay } from "../../cli/simulate/example-day.ts";
import { renderSimulationPage } from "../../cli/simulate/page.ts";
import { simulate } from "../../cli/simulate/run.ts";
import { summarise } from "../../cli/simulate/summary.ts";
import { renderResults } from "../../cli/simulate/text.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { CROWDED } from "./crowded.ts";

const catalogue = loadCatalogue();

describe("instances that are left to a person (FM-09)", () => {
  let report: RunReport;
  before(async () => {
    report = await runScenario(CROWDED, catalogue);
  });

  it("are counted, and what they cost beyond the line", () => {
    const { leftToPerson, runningAfterLatch, beyondBound, guard, guardOwn } = summarise([report]);
    const [day] = report.days;
    assert.ok(day !== undefined && day.overshootUsd > 100);
    assert.deepEqual([leftToPerson.instances, leftToPerson.daysOver], [21, 1]);
    assert.equal(leftToPerson.usdBeyond, day.overshootUsd);
    assert.deepEqual([runningAfterLatch, beyondBound], [0, 0]);
    assert.ok(guard.worst > 100, "a poll would have stopped the tagged ones");
    assert.equal(guardOwn.worst, 0);
  });

  it("are not those that end before a latch could have ended them", async () => {
    const short = CROWDED.happenings.map((happening) =>
      happening.does === "launch" ? { ...happening, forMs: 600_000 } : happening,
    );
    const { leftToPerson, guard, guardOwn } = summarise([
      await runScenario({ ...CROWDED, happenings: short }, catalogue),
    ]);
    assert.deepEqual(leftToPerson, { instances: 0, daysOver: 0, usdBeyond: 0 });
    assert.deepEqual(guardOwn, guard);
  });

  it("count once over several days", async () => {
    const { leftToPerson } = summarise([await runScenario({ ...CROWDED, days: 3 }, catalogue)]);
    assert.equal(leftToPerson.instances, 21);
    assert.ok(leftToPerson.daysOver > 1);
  });

  it("hide none that the guard may stop", async () => {
    const run = await simulate(CROWDED, catalogue);
    for (const host of run.world.log) if (host.group !== undefined) host.endedAt = run.world.end;
    const { runningAfterLatch, leftToPerson, failures } = summarise([reportOf(run, catalogue)]);
    assert.deepEqual([runningAfterLatch, leftToPerson.instances], [2, 21]);
    assert.match(
      failures[0]?.problems.join("; ") ?? "",
      /2 instances ran on after the latch that the guard may stop/,
    );
  });

  it("are told on the terminal, with what its columns are and why a poll may do better", () => {
    const text = renderResults({ seed: 7, threads: 1, summary: summarise([report]) });
    assert.match(text, /^ +0 {2}instances that the guard may stop ran on after a latch$/m);
    assert.match(
      text,
      /^ +21 {2}instances left to a person ran on after a latch: \$\d+\.\d\d beyond the line on 1 day$/m,
    );
    assert.match(text, /US dollars beyond the line, a day +days beyond +median +99 % +worst +sum/);
    assert.match(
      text,
      /they see the true bill, never fail, and stop\s+at once whatever carries the stack's tags/,
    );
    assert.match(
      text,
      /worst day: 2027-06-14 of seed 7, .*\n {2}again: npx ground simulate --seed 7 --days 1 --log/,
    );
  });

  it("are told on the page, with early stops, healthy days, and the command for the worst day", async () => {
    const summary = summarise([report]);
    const example = await exampleDay(CROWDED, catalogue);
    const html = renderSimulationPage({ seed: 7, threads: 1, summary, example, runs: [report] });
    for (const told of [
      "instances left to a person ran on after a latch: $",
      "Every day stayed within its bound",
      "early for want of a price",
      "its 0 healthy days, launches by ground only",
      "<code>npx ground simulate --seed 7 --days 1 --log</code>",
      "launches behind the guard&#39;s back",
    ])
      assert.ok(html.includes(told), told);
    assert.ok(!/lose-ticks|In them:/.test(html), "no jargon");
  });
});
