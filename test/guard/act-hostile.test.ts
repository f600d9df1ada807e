import assert from "node:assert/strict";
import { stopAll, stopSlots } from "../../runtime/guard/act.ts";
import { readRegions } from "../../runtime/guard/observe.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { FakeAws } from "./fake-aws.ts";
import { CONFIG, groupOf, HOME, host, NOON, openGroups, orchestrator } from "./support.ts";
import { aws as tickAws, MODEST, OVER, run } from "./tick-runs.ts";

const REFUSED = new Error("UnauthorizedOperation");

/** All groups wanted, a host in the second slot, and the orchestrator by mistake in the group of the first. */
function misplaced(): FakeAws {
  const fake = new FakeAws(NOON);
  fake.groups = [...openGroups(1)];
  fake.instances = [orchestrator({ group: groupOf("storage-1") }), host("i-2", "storage-2")];
  return fake;
}

describe("act, against what is hostile", () => {
  it("ends no lease over a persistent host: its group stays, people are told, the heartbeat goes on (FM-08)", async () => {
    const fake = tickAws(MODEST);
    fake.instances = [orchestrator({ group: groupOf("storage-1") }), host("i-2", "storage-2")];
    fake.change(groupOf("storage-2"), { desired: 1 });
    fake.leases = [
      { id: "l", owner: "team", slots: ["storage-1", "storage-2"], expiresAt: NOON - 1, state: "active" },
    ];
    for (let ticks = 0; ticks < 3; ticks += 1) {
      await run(fake);
      fake.now += CONFIG.intervalMs;
    }
    assert.deepEqual([...new Set(fake.called("setDesired"))], [`setDesired ${groupOf("storage-2")} 0`]);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    const told = fake.messages.filter(({ text }) => text.includes("holds a persistent host"));
    assert.equal(told.length, 1, "once a day");
    assert.equal(fake.heartbeats.length, 3);
  });

  it("takes no slot from a lease that was made since the look (FM-34)", async () => {
    const fake = tickAws(MODEST);
    fake.leases = [{ id: "old", owner: "team", slots: ["storage-1"], expiresAt: NOON, state: "active" }];
    fake.interfere = (call) => {
      if (call === "endLease")
        fake.leases.push({
          id: "new",
          owner: "others",
          slots: ["storage-1"],
          expiresAt: NOON + 60 * MINUTE,
          state: "active",
        });
    };
    await run(fake);
    assert.deepEqual(fake.running(), ["i-orchestrator", "i-1"]);
    assert.deepEqual(fake.called("setDesired"), []);
  });

  it("takes the tick's own look for persistent hosts where the next one fails (FM-08)", async () => {
    const fake = misplaced();
    const seen = [...fake.instances];
    let failing = true;
    fake.interfere = (call) => {
      if (call !== "instances" || !failing) return;
      failing = false;
      throw new Error("RequestLimitExceeded");
    };
    const { failures } = await stopAll(fake.ports, CONFIG, { seen });
    assert.deepEqual(
      fake.groups.map(({ desired }) => desired),
      [1, 0, 0],
    );
    assert.match(failures.join(), /storage-1 holds a persistent host/);
  });

  it("sets no group to 0 where nobody can tell which holds a persistent host, and ends hosts by id (FM-08)", async () => {
    const stopping = misplaced();
    const fail = (fake: FakeAws): void => {
      fake.interfere = (call) => {
        if (call === "instances") throw new Error("RequestLimitExceeded");
      };
    };
    fail(stopping);
    const claim = { kind: "slot", by: "group", role: "storage", owner: "team", slot: "storage-2" } as const;
    const known = [{ id: "i-2", region: HOME, type: "i4i.2xlarge", claim }];
    const { verified } = await stopAll(stopping.ports, CONFIG, { known });
    assert.equal(verified, false);
    const ending = misplaced();
    fail(ending);
    const failures = await stopSlots(ending.ports.cloud, CONFIG, ["storage-1", "storage-2"], known);
    assert.match(failures.join(), /look for persistent hosts/);
    for (const fake of [stopping, ending]) {
      assert.deepEqual(fake.called("setDesired"), []);
      assert.deepEqual(fake.running(), ["i-orchestrator"]);
    }
    assert.ok(stopping.groups.every(({ suspended }) => suspended.includes("Launch")));
  });

  it("denies the models and ends what is known before anything that may hang", async () => {
    const fake = tickAws(OVER);
    await run(fake);
    const order = fake.calls.map((call) => call.split(" ")[0]);
    const requests = order.indexOf("spotRequests");
    assert.ok(order.indexOf("denyModels") < requests && order.indexOf("terminate") < requests);
  });

  it("asks all regions at once: one that hangs holds up no other", async () => {
    const asked: string[] = [];
    let answer = (): void => undefined;
    const hung = new Promise<void>((resolve) => (answer = resolve));
    const reading = readRegions(
      {
        async instances(region) {
          asked.push(region);
          if (region === HOME) await hung;
          return { items: [] };
        },
      },
      CONFIG,
    );
    assert.deepEqual(asked, CONFIG.regions);
    answer();
    assert.equal((await reading).length, CONFIG.regions.length);
  });

  it("stops, tells people and remembers although regions hang, all within one run (FM-03)", async () => {
    const fake = tickAws(OVER);
    const start = fake.now;
    const limit = CONFIG.intervalMs - MINUTE / 2;
    fake.interfere = (call, detail) => {
      if (fake.now - start > limit) throw new Error("Lambda ended the run");
      if (detail !== "us-east-1") return;
      fake.now += 40_000;
      throw new Error(`${call} timed out`);
    };
    const { settled } = await run(fake);
    assert.ok(fake.now - start <= limit);
    assert.deepEqual([fake.running(), fake.denied], [["i-orchestrator"], true]);
    assert.equal(fake.messages.length, 2, "of the stop, and of the region");
    assert.equal(settled, true, "nothing was ever known of that region");
  });

  it("leaves to the next run what no time is left for, and does not call it done", async () => {
    const fake = new FakeAws(NOON);
    fake.groups = [...openGroups(1)];
    fake.instances = Array.from({ length: 5 }, (_, index) => host(`i-${String(index)}`, "storage-1"));
    fake.interfere = (call) => {
      if (call !== "terminate") return;
      fake.now += MINUTE;
      throw new Error("timed out");
    };
    const stopped = await stopAll(fake.ports, CONFIG, { deadline: NOON + 3 * MINUTE });
    assert.equal(stopped.verified, false);
    assert.ok(fake.now <= NOON + 4 * MINUTE);
    assert.match(stopped.failures.join(), /no time was left/);
  });

  it("tells people at once where the run before died before it could (FM-03)", async () => {
    const fake = tickAws(OVER);
    fake.interfere = (call) => {
      if (call === "suspend") throw new Error("the run died");
      if (call === "spotRequests") throw new Error("the run died");
      if (call === "notify") throw new Error("the run died");
      if (call === "write" && fake.ledger?.latch !== null) throw new Error("the run died");
    };
    await run(fake).catch(() => undefined);
    fake.interfere = () => undefined;
    fake.lockedBy = undefined;
    fake.now += CONFIG.intervalMs;
    fake.calls.length = 0;
    assert.equal(fake.ledger?.latch?.reported, false);
    await run(fake);
    const order = fake.calls.map((call) => call.split(" ")[0]);
    assert.ok(order.indexOf("notify") > 0 && order.indexOf("notify") < order.indexOf("suspend"));
    assert.match(fake.messages[0]?.text ?? "", /did not come to its end/);
  });

  it("tells people of a stop although a lease cannot be forgotten, and forgets it later (FM-03)", async () => {
    const fake = tickAws(OVER);
    fake.leases = [
      { id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON + 60 * MINUTE, state: "active" },
    ];
    fake.interfere = (call) => {
      if (call === "removeLease") throw REFUSED;
    };
    assert.equal((await run(fake)).settled, false);
    assert.match(fake.messages[0]?.text ?? "", /forget lease l: UnauthorizedOperation/);
    fake.interfere = () => undefined;
    fake.now += CONFIG.intervalMs;
    assert.equal((await run(fake)).settled, true);
    assert.deepEqual(fake.leases, []);
  });

  it("cancels the other spot requests where one is refused, and calls nothing done until all are (FM-04)", async () => {
    const fake = tickAws(OVER);
    fake.spotRequests = [
      { id: "sir-1", region: HOME },
      { id: "sir-bad", region: HOME },
    ];
    fake.interfere = (call, detail) => {
      if (call === "cancelSpotRequests" && detail.includes("sir-bad")) throw REFUSED;
    };
    assert.equal((await run(fake)).settled, false);
    assert.deepEqual(
      fake.spotRequests.map(({ id }) => id),
      ["sir-bad"],
    );
    assert.match(fake.messages[0]?.text ?? "", /cancel sir-bad: UnauthorizedOperation/);
    assert.deepEqual([fake.ledger?.latch?.phase, fake.heartbeats], ["stopping", []]);

    fake.interfere = () => undefined;
    fake.now += CONFIG.intervalMs;
    assert.equal((await run(fake)).settled, true);
    assert.deepEqual(fake.spotRequests, []);
  });

  it("names what launches again under the latch, and gives no heartbeat while it goes on (FM-05)", async () => {
    const fake = tickAws(OVER);
    await run(fake);
    const settled: (boolean | undefined)[] = [];
    for (let ticks = 1; ticks <= 4; ticks += 1) {
      fake.now += CONFIG.intervalMs;
      const again = host(`i-again-${String(ticks)}`, "storage-1", { launchedAt: fake.now - MINUTE });
      fake.instances.push({ ...again, tags: { ...again.tags, "aws:ec2:fleet-id": "fleet-1" } });
      settled.push((await run(fake)).settled);
    }
    assert.deepEqual(settled, [true, false, false, false]);
    const told = fake.messages.filter(({ subject }) => subject.includes("launched again"));
    assert.equal(told.length, 2);
    assert.match(told[0]?.text ?? "", /i-again-1 .*aws:ec2:fleet-id = fleet-1/);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    fake.now += CONFIG.intervalMs;
    assert.equal((await run(fake)).settled, true, "once it has ended");
  });

  it("finishes a stop although a region was never readable, and asks about it once a day (FM-15)", async () => {
    const fake = tickAws(OVER);
    const denied = (_call: string, detail: string): void => {
      if (detail === "us-east-1") throw REFUSED;
    };
    fake.interfere = denied;
    assert.equal((await run(fake)).settled, true);
    assert.equal(fake.ledger?.latch?.phase, "stopped");
    fake.now += CONFIG.intervalMs;
    fake.calls.length = 0;
    assert.equal((await run(fake)).settled, true);
    assert.deepEqual(fake.called("suspend"), [], "quiet");
    assert.equal(fake.messages.filter(({ text }) => text.includes("Never could be read")).length, 1);
  });

  it("waits for a region that was read before, or that held something (FM-15)", async () => {
    const fake = tickAws(MODEST);
    await run(fake);
    fake.now += CONFIG.intervalMs;
    if (fake.ledger !== undefined)
      fake.ledger = { ...fake.ledger, days: fake.ledger.days.map((day) => ({ ...day, compute: OVER })) };
    fake.interfere = (_call, detail) => {
      if (detail === "us-east-1") throw REFUSED;
    };
    const { decision, settled } = await run(fake);
    assert.deepEqual([decision?.verdict, settled], ["stop", false]);
  });
});
