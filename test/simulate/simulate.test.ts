import fc from "fast-check";
import assert from "node:assert/strict";
import { runScenario, runTask } from "../../cli/simulate/campaign.ts";
import { HANG_MS } from "../../cli/simulate/calls.ts";
import { generate } from "../../cli/simulate/generate.ts";
import { judge } from "../../cli/simulate/judge.ts";
import { simulate, type Run } from "../../cli/simulate/run.ts";
import { HANGING_CALLS, parseScenario, type Happening, type Scenario } from "../../cli/simulate/scenario.ts";
import { summarise } from "../../cli/simulate/summary.ts";
import { tasksOf } from "../../cli/simulate/tasks.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { clientOptions } from "../../runtime/guard/aws/clients.ts";

const catalogue = loadCatalogue();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What did not hold in a scenario, with the scenario itself: saved to a file, `ground simulate --scenario` shows it. */
async function problemsOf(scenario: Scenario): Promise<string> {
  const days = judge(await simulate(scenario, catalogue));
  const found = days.flatMap(({ day, problems }) => problems.map((problem) => `${day}: ${problem}`));
  return found.length === 0
    ? ""
    : `seed ${String(scenario.seed)}: ${found.join("; ")}\nground simulate --scenario FILE, with this in it:\n${JSON.stringify(scenario)}`;
}

/** A day of four slots, with a line that a morning of them uses up. */
function day(happenings: readonly Happening[], change: Partial<Scenario> = {}): Scenario {
  return {
    seed: 5,
    firstDay: "2027-06-14",
    days: 1,
    lineUsd: 20,
    rearm: "next-day",
    intervalMs: 5 * MINUTE,
    slots: Array.from({ length: 4 }, () => ({ role: "storage", types: ["i4i.2xlarge"] })),
    orchestrator: "c7a.xlarge",
    fixedUsdPerDay: 0.5,
    extrasUsdPerHour: 0.0083,
    pageSize: 2,
    happenings: [...happenings],
    ...change,
  };
}

const BY_HAND = { does: "launch", how: "group", type: "i4i.2xlarge", market: "spot", count: 4 } as const;
const AT_PEAK = { does: "spike", at: 0, share: 1, forMs: DAY } as const;

describe("simulation", () => {
  it("holds on random days with faults, whatever is left out of them", async function () {
    this.timeout(60_000);
    // fast-check draws the seed and what happens; a failure is shrunk to the fewest happenings that still fail.
    const scenario = fc
      .nat(2 ** 31 - 1)
      .map((seed) => generate(seed, 2))
      .chain((whole) =>
        fc
          .subarray(whole.happenings, { minLength: 0 })
          .map((happenings): Scenario => ({ ...whole, happenings })),
      );
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        assert.equal(await problemsOf(one), "");
      }),
      { numRuns: 60, seed: 20_270_614 },
    );
  });

  it("a lease over midnight has the next day's money, or is refused: the guard never ends it early", async () => {
    const start = { does: "start", at: 20 * HOUR, forMs: 30 * HOUR } as const;
    const at = async (slots: number) => {
      const run = await simulate(
        day(
          [
            { ...AT_PEAK, forMs: 3 * DAY },
            { ...start, slots },
          ],
          { days: 3, lineUsd: 23 },
        ),
        catalogue,
      );
      return [run.asked.admitted, judge(run).reduce((sum, { stops }) => sum + stops, 0)];
    };
    // Beside the orchestrator $23 pay for one slot all day, and for three from 20:00 on.
    assert.deepEqual(await at(1), [1, 0]);
    assert.deepEqual(await at(3), [0, 0]);
  });

  it("holds on whole random runs, and the same seeds give the same days", async function () {
    this.timeout(60_000);
    const tasks = tasksOf(1_000, 60);
    const alone = await Promise.all(tasks.map((task) => runTask(task, catalogue)));
    const [first] = tasks;
    assert.ok(first !== undefined);
    assert.deepEqual(await runTask(first, catalogue), alone[0]);
    const { failures, days, stops, beyondBound, persistentStopped, runningAfterLatch } = summarise(alone);
    assert.deepEqual(failures, []);
    assert.deepEqual([beyondBound, persistentStopped, runningAfterLatch], [0, 0, 0]);
    assert.equal(days, 60);
    assert.ok(stops > 0, "days on which nothing is stopped show nothing");
  });

  it("draws every kind of trouble", () => {
    const drawn = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1)
      for (const { does } of generate(seed, 5).happenings) drawn.add(does);
    assert.deepEqual(
      [...drawn].toSorted(),
      [
        "blind",
        "die",
        "double-tick",
        "extend",
        "feed",
        "hang",
        "interrupt",
        "launch",
        "lose-ticks",
        "notice",
        "outage",
      ].concat(["rearm", "refuse", "skew", "spike", "start", "stubborn", "tokens"]),
    );
  });

  const TROUBLE: readonly (readonly [string, readonly Happening[]])[] = [
    ["a run twice at once (FM-01)", [{ does: "double-tick", at: 2 * HOUR, call: 9, unlocked: true }]],
    ["forged notices (FM-02)", [{ does: "notice", at: 2 * HOUR, forged: true }]],
    ["a run that dies (FM-03)", [{ does: "die", at: 2 * HOUR, call: 14, effect: true }]],
    ["refused calls (FM-10)", [{ does: "refuse", at: HOUR, call: "instances", times: 3 }]],
    ["a price feed of zeros (FM-11)", [{ does: "feed", at: 0, fault: "zero", forMs: DAY }]],
    ["lost ticks (FM-12)", [{ does: "lose-ticks", at: HOUR, count: 20 }]],
    ["a clock half a minute ahead (FM-14)", [{ does: "skew", at: 0, ms: 30_000, forMs: DAY }]],
    ["a guard that is gone (FM-15)", [{ does: "outage", at: HOUR, forMs: 9 * HOUR }]],
    ["hosts that will not end", [{ does: "stubborn", at: HOUR, forMs: HOUR }]],
    ...HANGING_CALLS.map(
      (call) => [`hanging calls: ${call} (FM-04)`, [{ does: "hang", at: 0, call, forMs: 6 * HOUR }]] as const,
    ),
  ];
  for (const [what, happenings] of TROUBLE)
    it(`keeps four hosts, raised by hand at full price, within the bound through ${what}`, async () => {
      const scenario = day([AT_PEAK, { ...BY_HAND, at: HOUR }, ...happenings]);
      const run = await simulate(scenario, catalogue);
      assert.equal(await problemsOf(scenario), "");
      const host = run.world.log.find(({ group }) => group !== undefined);
      assert.ok(host?.endedAt !== undefined, "they were stopped");
      assert.equal(run.fooled, 0);
    });

  describe("a call that never answers", () => {
    const hang = (call: (typeof HANGING_CALLS)[number], region?: string): Happening => ({
      does: "hang",
      at: 0,
      call,
      ...(region === undefined ? {} : { region }),
      forMs: 6 * HOUR,
    });
    const twenty = Array.from({ length: 20 }, () => ({ role: "storage", types: ["i4i.2xlarge"] }));
    const byHand: Happening = { ...BY_HAND, at: HOUR, count: 20 };

    it("is given up when the guard's clients do", () => {
      const { maxAttempts, requestHandler } = clientOptions("us-west-2");
      assert.equal(HANG_MS, maxAttempts * requestHandler.requestTimeout);
    });

    it("uses up its own limit and no other region's", async () => {
      const limits = async (...happenings: Happening[]): Promise<number> => {
        const { ticks } = await simulate(day(happenings), catalogue);
        return Math.max(...ticks.map(({ hungMs }) => hungMs)) / HANG_MS;
      };
      assert.equal(await limits(), 0);
      const one = await limits(hang("instances", "us-east-1"));
      const both = await limits(hang("instances"));
      assert.ok(one > 0.9 && one <= 1, String(one));
      assert.ok(both > 0.9 && both <= 1, String(both));
    });

    it("has a run killed that would take longer than its function may", async () => {
      const happenings = [AT_PEAK, byHand, hang("instances", "us-west-2"), hang("notify")];
      const { ticks, world } = await simulate(day(happenings, { slots: twenty }), catalogue);
      const longest = Math.max(...ticks.map(({ from, to }) => to - from));
      assert.equal(longest, world.config.intervalMs - MINUTE / 2);
    });

    it("of Auto Scaling holds up no host's end: time to act is kept (FM-04)", async () => {
      for (const call of ["suspend", "setDesired"] as const) {
        const run = await simulate(day([AT_PEAK, byHand, hang(call)], { slots: twenty }), catalogue);
        const stop = run.ticks.find((tick) => tick.stop !== undefined);
        const hosts = run.world.log.filter(({ group }) => group !== undefined);
        assert.ok(stop !== undefined && hosts.length >= 20, call);
        for (const { endedAt = Infinity } of hosts)
          assert.ok(endedAt - stop.from < run.world.config.timeToActMs, call);
        assert.equal(run.deadManFired, 0);
      }
    });

    it("comes again by the scenario's file as by its seed", async () => {
      const seed = Array.from({ length: 100 }, (_, index) => index).find((one) =>
        generate(one, 2).happenings.some(({ does }) => does === "hang"),
      );
      assert.ok(seed !== undefined);
      const scenario = parseScenario("x.json", JSON.stringify(generate(seed, 2)));
      assert.deepEqual(await runScenario(scenario, catalogue), await runTask({ seed, days: 2 }, catalogue));
    });
  });

  it("has hosts stop themselves where the guard is gone (FM-15)", async () => {
    const run = await simulate(
      day([
        { ...BY_HAND, at: HOUR },
        { does: "outage", at: 2 * HOUR, forMs: 9 * HOUR },
      ]),
      catalogue,
    );
    assert.equal(run.deadManFired, 4);
    const ends = run.world.log
      .filter(({ group }) => group !== undefined)
      .map(({ endedAt = Infinity }) => endedAt);
    const limit = run.world.start + 2 * HOUR + run.world.config.deadManMs + 2 * MINUTE;
    assert.ok(ends.every((end) => end <= limit));
  });

  it("loses an instance that lives and dies between two looks from neither bill nor ledger (FM-13)", async () => {
    const short = day([{ ...BY_HAND, how: "tagged", at: HOUR + MINUTE, count: 3, forMs: 2 * MINUTE }]);
    const [report] = judge(await simulate(short, catalogue));
    const [quiet] = judge(await simulate(day([]), catalogue));
    assert.ok(report !== undefined && quiet !== undefined);
    assert.ok(report.billUsd > quiet.billUsd);
    assert.ok(report.ledgerUsd > quiet.ledgerUsd);
    assert.deepEqual(report.problems, []);
  });

  it("stops at the same place for a bill that AWS Budgets tells of", async () => {
    const { days } = await runScenario(
      day([
        { ...BY_HAND, at: HOUR },
        { does: "notice", at: 2 * HOUR, forged: false },
      ]),
      catalogue,
    );
    assert.deepEqual(
      days.flatMap(({ problems }) => problems),
      [],
    );
  });

  describe("its judge", () => {
    async function stoppedRun(): Promise<Run> {
      return simulate(day([AT_PEAK, { ...BY_HAND, at: HOUR }]), catalogue);
    }
    const problems = (run: Run): string =>
      judge(run)
        .flatMap((report) => report.problems)
        .join("; ");

    it("finds nothing on a day that held", async () => {
      assert.equal(problems(await stoppedRun()), "");
    });

    it("finds a host that ran on after the latch, and the money", async () => {
      const run = await stoppedRun();
      for (const host of run.world.log) if (host.group !== undefined) host.endedAt = run.world.end;
      assert.match(problems(run), /overshoot \$\d.*beyond the bound/);
      assert.match(problems(run), /4 instances ran on after the latch/);
    });

    it("finds a persistent host that was stopped", async () => {
      const run = await stoppedRun();
      for (const host of run.world.log) if (host.origin === "persistent") host.endedAt = run.world.end - HOUR;
      assert.match(problems(run), /a persistent host was stopped/);
    });

    it("finds a ledger that is a cent below the bill", async () => {
      const run = await stoppedRun();
      const { ledger } = run.backend;
      assert.ok(ledger !== undefined);
      run.backend.ledger = {
        ...ledger,
        days: ledger.days.map((record) => ({ ...record, compute: record.compute - 1e7 })),
      };
      assert.match(problems(run), /the ledger says/);
    });
  });
});
