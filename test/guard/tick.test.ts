import assert from "node:assert/strict";
import { newDay, recordOf } from "../../runtime/guard/ledger.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { lockMs, type TickResult } from "../../runtime/guard/tick.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import {
  BUDGET,
  closedGroups,
  CONFIG,
  groupOf,
  HOME,
  host,
  ledgerAt,
  NOON,
  openGroups,
  orchestrator,
  outsideGroups,
} from "./support.ts";

import { aws, leasedAws, MODEST, OVER, run } from "./tick-runs.ts";
describe("tick", () => {
  it("meters, finds it well, gives a heartbeat and lets go of the lock", async () => {
    const fake = leasedAws(MODEST);
    const { outcome, decision, settled } = await run(fake);
    assert.deepEqual([outcome, decision?.verdict, settled], ["done", "ok", true]);
    assert.equal(fake.ledger?.version, 2);
    assert.ok(recordOf(fake.ledger, "2027-06-14").compute > MODEST);
    assert.deepEqual(fake.heartbeats, [NOON]);
    assert.equal(fake.lockedBy, undefined);
    assert.deepEqual(fake.messages, []);
  });

  it("stops at the line: latch first, then everything, then a message with the sums", async () => {
    const fake = aws(OVER);
    const { decision, settled } = await run(fake);
    assert.deepEqual([decision?.verdict, settled], ["stop", true]);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.equal(fake.ledger?.latch?.phase, "stopped");
    assert.deepEqual(fake.ledger.latch.stopped, ["i-1"]);
    const order = fake.calls.map((call) => call.split(" ")[0]);
    assert.ok(
      order.indexOf("write") < order.indexOf("suspend"),
      "the latch is written before anything is done",
    );
    const [message] = fake.messages;
    assert.match(message?.subject ?? "", /^dev: stopped at the line$/);
    assert.match(message?.text ?? "", /spent \+ .* of \$20\.00\.\nStopped: storage-1 \(i-1\)\./);
  });

  it("names what its group let go before the sweep came", async () => {
    const fake = aws(OVER);
    fake.interfere = (call) => {
      if (call === "setDesired")
        fake.instances = fake.instances.map((one) =>
          one.id === "i-1" ? { ...one, state: "terminated" } : one,
        );
    };
    await run(fake);
    assert.deepEqual(fake.ledger?.latch?.stopped, ["i-1"]);
    assert.match(fake.messages[0]?.text ?? "", /Stopped: storage-1 \(i-1\)\./);
  });

  it("has one effect where it runs twice at once (FM-01)", async () => {
    const fake = aws(OVER);
    let second: Promise<TickResult> | undefined;
    fake.interfere = (call) => {
      if (call === "suspend" && second === undefined) second = run(fake);
    };
    await run(fake);
    assert.equal((await second)?.outcome, "busy");
    assert.equal(fake.called("terminate").length, 1);
    assert.equal(fake.messages.length, 1);
  });

  it("has one effect even where its lock was lost (FM-01)", async () => {
    const fake = aws(OVER);
    // The other run wrote the ledger while this one was still looking.
    fake.interfere = (call) => {
      if (call === "modelUsage" && fake.ledger !== undefined) fake.ledger = { ...fake.ledger, version: 7 };
    };
    assert.equal((await run(fake)).outcome, "superseded");
    assert.deepEqual(fake.called("terminate"), []);
    assert.deepEqual(fake.called("settle"), [], "events stay for whoever was first");
    assert.equal(fake.ledger?.version, 7);
  });

  it("finishes what a run that died left, from wherever it died, and tells people once (FM-03)", async () => {
    const whole = aws(OVER);
    await run(whole);
    for (let last = 1; last <= whole.calls.length; last += 1) {
      const fake = aws(OVER);
      let calls = 0;
      fake.interfere = () => {
        calls += 1;
        if (calls >= last) throw new Error("the run died");
      };
      await run(fake).catch(() => undefined);
      fake.interfere = () => undefined;
      // Its lock runs out, and the next ticks come.
      for (let next = 0; next < 2; next += 1) {
        fake.lockedBy = undefined;
        fake.now += CONFIG.intervalMs;
        await run(fake);
      }
      assert.deepEqual(fake.running(), ["i-orchestrator"], `died at call ${String(last)}`);
      assert.equal(fake.ledger?.latch?.phase, "stopped", `died at call ${String(last)}`);
      assert.equal(fake.denied, true);
      assert.ok(fake.messages.some(({ subject }) => subject.includes("the line")));
      assert.ok(fake.messages.length <= 2, "told again at most where it died after telling");
    }
  });

  it("stops again what somebody starts while it is latched, and stays latched (FM-05)", async () => {
    const fake = aws(OVER);
    await run(fake);
    // A person, a schedule or an `up` brings it back.
    fake.change(groupOf("storage-1"), { desired: 1, suspended: ["AZRebalance"] });
    fake.instances.push(host("i-again", "storage-1", { launchedAt: fake.now }));
    fake.now += CONFIG.intervalMs;
    assert.equal((await run(fake)).decision?.verdict, "hold");
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.deepEqual(fake.group(groupOf("storage-1")).suspended.slice(1), ["Launch", "ScheduledActions"]);
    assert.equal(fake.group(groupOf("storage-1")).desired, 0);
  });

  it("changes nothing in AWS while it is latched and all is quiet", async () => {
    const fake = aws(OVER);
    await run(fake);
    fake.now += CONFIG.intervalMs;
    fake.calls.length = 0;
    assert.equal((await run(fake)).settled, true);
    for (const call of ["suspend", "setDesired", "terminate", "denyModels", "notify"])
      assert.deepEqual(fake.called(call), [], call);
  });

  it("opens the latch the next day by rule, and groups stay at 0 (FM-16)", async () => {
    const fake = aws(OVER);
    await run(fake);
    fake.now = NOON + 12 * HOUR + CONFIG.clockSkewMs;
    assert.equal((await run(fake)).decision?.verdict, "rearm");
    assert.equal(fake.ledger?.latch, null);
    assert.deepEqual(fake.groups, openGroups(0));
    assert.equal(fake.denied, false);
    assert.match(fake.messages.at(-1)?.subject ?? "", /re-armed/);
  });

  it("goes on re-arming where a run died in it (FM-03)", async () => {
    const fake = aws(OVER);
    await run(fake);
    fake.rearm = { by: "somebody", at: fake.now };
    fake.ledger = { ...ledgerAt(fake.now, 0), version: 9, latch: fake.ledger?.latch ?? null };
    fake.interfere = (call) => {
      if (call === "resume") throw new Error("Throttling");
    };
    await run(fake);
    assert.equal(fake.ledger.latch?.phase, "rearming");
    fake.interfere = () => undefined;
    await run(fake);
    assert.equal(fake.ledger.latch, null);
    assert.equal(fake.rearm, undefined, "a request is carried out once");
  });

  it("gives no heartbeat while something still runs, or while it is blind at home (FM-15)", async () => {
    const stuck = aws(OVER);
    stuck.interfere = (call) => {
      if (call === "terminate") throw new Error("OperationNotPermitted");
    };
    assert.equal((await run(stuck)).settled, false);
    assert.deepEqual(stuck.heartbeats, []);
    const blind = aws(MODEST);
    blind.interfere = (call, detail) => {
      if (call === "instances" && detail === HOME) throw new Error("RequestLimitExceeded");
    };
    assert.equal((await run(blind)).outcome, "done");
    assert.deepEqual(blind.heartbeats, []);
  });

  it("takes a notice of AWS Budgets as a second reason to look, and counts the higher sum", async () => {
    const fake = aws(MODEST);
    const billed = nanoUsd(30);
    assert.equal(
      (await run(fake, { trigger: { kind: "budget", budget: BUDGET, billed, at: fake.now } })).decision
        ?.verdict,
      "stop",
    );
    // The notice comes again.
    fake.calls.length = 0;
    await run(fake, { trigger: { kind: "budget", budget: BUDGET, billed, at: fake.now } });
    assert.deepEqual(fake.called("terminate"), []);
    assert.equal(fake.messages.length, 1);
  });

  it("asks AWS as often as there are pages, plus a constant (FM-10)", async () => {
    const callsFor = async (instances: number, pageSize: number): Promise<number> => {
      const fake = aws(MODEST);
      fake.pageSize = pageSize;
      fake.instances = [
        orchestrator(),
        ...Array.from({ length: instances }, (_, index) =>
          host(`i-${String(index)}`, "storage-1", { tags: {}, region: "us-east-1" }),
        ),
      ];
      await run(fake, { config: { ...CONFIG, linePerDay: nanoUsd(1e6) } });
      return fake.calls.length;
    };
    const constant = (await callsFor(1, 1000)) - 1;
    for (const [instances, pageSize] of [
      [1, 1000],
      [1500, 1000],
      [1500, 100],
      [10, 3],
    ] as const)
      assert.equal(
        await callsFor(instances, pageSize),
        constant + Math.ceil(instances / pageSize),
        `${String(instances)} instances in pages of ${String(pageSize)}`,
      );
  });

  it("asks for prices once a region, whatever the number of types", async () => {
    const fake = aws(MODEST);
    fake.instances = ["i4i.large", "i4i.xlarge", "i4i.2xlarge"].map((type, index) =>
      host(`i-${String(index)}`, "storage-1", { type, market: "spot" }),
    );
    await run(fake);
    assert.deepEqual(fake.called("spotPrices"), [`spotPrices ${HOME} i4i.2xlarge,i4i.large,i4i.xlarge`]);
  });

  it("asks people a question once a day", async () => {
    const fake = leasedAws(MODEST);
    fake.instances.push(outsideGroups(host("i-stray", "storage-1", { tags: {} })));
    for (let ticks = 0; ticks < 3; ticks += 1) {
      await run(fake);
      fake.now += CONFIG.intervalMs;
    }
    assert.deepEqual(
      fake.messages.map(({ subject }) => subject),
      ["dev: the guard needs a person"],
    );
  });

  it("tolerates a stack that is being destroyed: no groups, no instances (FM-45)", async () => {
    for (const spent of [MODEST, OVER]) {
      const fake = aws(spent);
      fake.groups = [];
      fake.instances = [];
      assert.equal((await run(fake)).settled, true);
    }
    const latched = aws(MODEST);
    latched.groups = closedGroups().slice(1);
    latched.ledger = ledgerAt(NOON - MINUTE, OVER, {
      latch: {
        since: NOON - HOUR,
        day: "2027-06-14",
        reason: "",
        phase: "stopping",
        stopped: [],
        reported: false,
      },
    });
    assert.equal((await run(latched)).settled, true);
  });

  it("keeps finished days before it forgets them", async () => {
    const fake = aws(MODEST);
    fake.ledger = ledgerAt(NOON - 3 * DAY, MODEST, { days: [{ ...newDay("2027-06-11"), compute: MODEST }] });
    await run(fake);
    assert.ok(fake.archived.some(({ day, compute }) => day === "2027-06-11" && compute >= MODEST));
    const order = fake.calls.map((call) => call.split(" ")[0]);
    assert.ok(order.indexOf("archive") < order.indexOf("write"));
  });

  it("lets the lock run out before the next tick is due", () => {
    assert.ok(lockMs(CONFIG) < CONFIG.intervalMs);
    assert.equal(
      lockMs({ intervalMs: HOUR }),
      15 * MINUTE + 15_000,
      "no longer than a run can be, and a little",
    );
  });
});
