import assert from "node:assert/strict";
import { billed, billedPeriod, instanceBilled } from "../../cli/simulate/bill.ts";
import { BUDGETS, overshoots, POLL, withoutGuard } from "../../cli/simulate/alone.ts";
import { RUNAWAY_DAY } from "../../cli/simulate/example-day.ts";
import { simulate } from "../../cli/simulate/run.ts";
import { summarise } from "../../cli/simulate/summary.ts";
import { renderResults } from "../../cli/simulate/text.ts";
import { twentyNodes, type TwentyNodes } from "../../cli/simulate/twenty-nodes.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";

const catalogue = loadCatalogue();

describe("twenty storage nodes at the on-demand price, simulated", () => {
  let nodes: TwentyNodes;
  before(async function () {
    this.timeout(60_000);
    nodes = await twentyNodes(catalogue);
  });

  it("burn $13.72 an hour", () => {
    assert.equal(nodes.usdPerHour.toFixed(2), "13.72");
  });

  it("go a dollar beyond the line at most through ground or a schedule, and are let in", () => {
    assert.ok(nodes.admitted <= 1, `$${nodes.admitted.toFixed(2)}`);
    assert.ok(nodes.admittedUsed > 0.9, "most of the line was used");
  });

  it("go burn × (interval + time to act) beyond it at most behind the guard's back", () => {
    const burn = nodes.usdPerHour;
    assert.ok(nodes.behind <= nodes.behindBound);
    assert.equal(nodes.behindBound.toFixed(2), ((burn * (5 + 2)) / 60).toFixed(2));
    assert.ok(nodes.behind > 0.9 * burn * (5 / 60) * 0.9, "the worst moment was tried");
  });

  it("have a table of their own in what the command prints", () => {
    const text = renderResults({ seed: 1, threads: 1, summary: summarise([]), twentyNodes: nodes });
    assert.match(text, /20 storage nodes on demand, \$13\.72\/h/);
  });

  it("go some $3.43 beyond it under a poll of 15 minutes, some $165 under AWS Budgets alone", () => {
    assert.ok(nodes.poll > 3.2 && nodes.poll < 3.7, `$${nodes.poll.toFixed(2)}`);
    assert.ok(nodes.budgets > 163 && nodes.budgets < 166, `$${nodes.budgets.toFixed(2)}`);
  });
});

describe("the alternatives", () => {
  it("let a day run away that the guard stops before its line", () => {
    const over = (watch?: typeof POLL) => overshoots(withoutGuard(RUNAWAY_DAY, catalogue, watch))[0] ?? 0;
    assert.ok(over(POLL) > 0 && over(POLL) < 10);
    assert.ok(over(BUDGETS) > over(POLL) * 10);
    assert.ok(over() >= over(BUDGETS));
  });
});

describe("the simulated bill", () => {
  it("adds up launches and stops by hand's arithmetic", async () => {
    const { account, world } = await simulate({ ...RUNAWAY_DAY, happenings: [] }, catalogue);
    const [orchestrator] = world.log;
    assert.ok(orchestrator !== undefined && world.log.length === 1);
    const hour = 3_600_000;
    const perHour = instanceBilled(account, orchestrator, world.start + hour, world.start + 2 * hour);
    assert.ok(Math.abs(perHour - 0.41056) < 1e-9, "a c7a.2xlarge on demand in us-west-2");
    const day = billed(account, world.start + 24 * hour, world.start + 48 * hour);
    assert.ok(day <= 0.41056 * 24 + 0.5 + 1e-9);
  });

  it("counts whole seconds, a minute at least, and nothing before the instance runs", async () => {
    const { world } = await simulate({ ...RUNAWAY_DAY, happenings: [] }, catalogue);
    const [one] = world.log;
    assert.ok(one !== undefined);
    const period = (lasted: number) => {
      const { from, to } = billedPeriod({ ...one, endedAt: one.runningAt + lasted }, world.now);
      return to - from;
    };
    assert.deepEqual([-1, 1, 59_000, 60_001].map(period), [0, 60_000, 60_000, 61_000]);
  });
});
