import assert from "node:assert/strict";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import type { FakeAws } from "./fake-aws.ts";
import { newDay } from "../../runtime/guard/ledger.ts";
import { BUDGET, CONFIG, groupOf, host, MIDNIGHT, outsideGroups } from "./support.ts";
import { aws, MODEST, OVER, run } from "./tick-runs.ts";

const notice = (fake: FakeAws, usd: number) =>
  ({ kind: "budget", budget: BUDGET, billed: nanoUsd(usd), at: fake.now }) as const;

function refuse(fake: FakeAws, ...calls: readonly string[]): void {
  fake.interfere = (call) => {
    if (calls.includes(call)) throw new Error("AccessDenied");
  };
}

describe("a tick with something broken", () => {
  for (const what of ["receive", "scheduledRuns", "settle"])
    it(`stops at the line although ${what} fails (FM-04)`, async () => {
      const fake = aws(OVER);
      refuse(fake, what);
      const { decision, settled } = await run(fake);
      assert.deepEqual([decision?.verdict, settled], ["stop", true]);
      assert.deepEqual(fake.running(), ["i-orchestrator"]);
    });

  it("neither holds nor gives back scheduled starts that it cannot read", async () => {
    const fake = aws(MODEST);
    const held = groupOf("storage-1");
    fake.change(held, { suspended: ["AZRebalance", "ScheduledActions"] });
    assert.ok(fake.ledger !== undefined);
    fake.ledger = { ...fake.ledger, heldGroups: [held] };
    refuse(fake, "scheduledRuns");
    const { notes = [] } = await run(fake);
    assert.deepEqual([fake.called("resume"), fake.called("suspend")], [[], []]);
    assert.deepEqual(fake.ledger.heldGroups, [held]);
    assert.match(notes.join(), /Scheduled starts could not be read: AccessDenied/);
  });

  it("stops, holds and opens again although nobody can be told, and tells when it can (FM-04)", async () => {
    const fake = aws(OVER);
    refuse(fake, "notify");
    assert.deepEqual((await run(fake)).untold, ["dev: stopped at the line"]);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.equal(fake.ledger?.latch?.phase, "stopped");
    assert.equal(fake.lockedBy, undefined);
    fake.interfere = () => undefined;
    fake.now += 5 * MINUTE;
    await run(fake);
    assert.match(fake.messages.map(({ subject }) => subject).join(), /stopped at the line/);

    refuse(fake, "notify");
    fake.now = MIDNIGHT + 24 * 60 * MINUTE + 2 * MINUTE;
    assert.deepEqual((await run(fake)).untold, ["dev: re-armed"]);
    assert.equal(fake.ledger.latch, null, "the latch is open for good, not half");
    fake.interfere = () => undefined;
    fake.now += 5 * MINUTE;
    assert.equal((await run(fake)).decision?.verdict, "ok");
    assert.equal(fake.messages.at(-1)?.subject, "dev: re-armed");
  });

  it("keeps what the topic did not take, and says all of it once it does, each once (FM-04)", async () => {
    const fake = aws(nanoUsd(3));
    const config = { ...CONFIG, warnPercent: 10 };
    const soon = fake.now + 20 * MINUTE;
    fake.leases = [{ id: "l", owner: "team", slots: ["storage-1"], expiresAt: soon, state: "active" }];
    fake.instances = [...fake.instances, outsideGroups(host("i-2", "storage-2", { tags: {} }))];
    refuse(fake, "notify");
    const kept = [
      "dev: 10 % of today's line",
      "dev: lease of team ends at 2027-06-14 12:20 UTC",
      "dev: the guard needs a person",
    ];
    assert.deepEqual((await run(fake, { config })).untold, kept);
    fake.now += 5 * MINUTE;
    const { untold, settled } = await run(fake, { config });
    assert.deepEqual([untold, settled], [kept.slice(0, 1), true], "one that hangs is tried once a run");
    assert.deepEqual(
      fake.ledger?.untold?.map(({ subject }) => subject),
      kept,
    );
    fake.interfere = () => undefined;
    for (let ticks = 0; ticks < 2; ticks += 1) {
      fake.now += 5 * MINUTE;
      await run(fake, { config });
    }
    assert.deepEqual(
      fake.messages.map(({ subject }) => subject),
      kept,
    );
    for (const { text } of fake.messages)
      assert.match(text, /Written at 2027-06-14 12:00 UTC; it could not be sent before\.$/);
    assert.deepEqual(fake.ledger.untold, []);
  });

  it("asks about a request that it cannot read, and goes on (FM-04)", async () => {
    const fake = aws(OVER);
    const { store } = fake.ports;
    const requests = async () => ({ ...(await store.requests()), unreadable: ["lease#x"] });
    const { decision } = await run(fake, { ports: { ...fake.ports, store: { ...store, requests } } });
    assert.equal(decision?.verdict, "stop");
    assert.match(decision.ask.join(), /cannot be read and are passed over: lease#x/);
  });
});

describe("what AWS Budgets said", () => {
  it("is not forgotten by the next tick, nor at a word to re-arm (FM-17)", async () => {
    const fake = aws(MODEST);
    assert.equal((await run(fake, { trigger: notice(fake, 17) })).decision?.sums.spent, nanoUsd(17));
    fake.now += 5 * MINUTE;
    assert.equal((await run(fake)).decision?.sums.spent, nanoUsd(17));
    fake.now += 5 * MINUTE;
    assert.equal((await run(fake, { trigger: notice(fake, 30) })).decision?.verdict, "stop");
    fake.now += 5 * MINUTE;
    fake.rearm = { by: "somebody", at: fake.now };
    const { decision } = await run(fake);
    assert.equal(decision?.verdict, "hold");
    assert.match(decision.ask.join(), /Re-arming would cross the line at once: \$30\.00 spent/);
  });

  it("of yesterday stops nothing in the afternoon; people are asked about what the guard did not see (FM-17)", async () => {
    const fake = aws(MODEST);
    assert.ok(fake.ledger !== undefined);
    const [today] = fake.ledger.days;
    assert.ok(today !== undefined);
    fake.ledger = { ...fake.ledger, days: [{ ...newDay("2027-06-13"), compute: nanoUsd(12) }, today] };
    fake.now += 2 * 60 * MINUTE;
    const { decision } = await run(fake, { trigger: { ...notice(fake, 30), day: "2027-06-13" } });
    assert.equal(decision?.verdict, "ok");
    assert.equal(fake.ledger.billed, undefined);
    assert.match(
      fake.messages.map(({ text }) => text).join(),
      /2027-06-13 cost \$30\.00, and the guard saw \$12\.00/,
    );
  });

  it("is of its day: the next one starts from its meter", async () => {
    const fake = aws(MODEST);
    await run(fake, { trigger: notice(fake, 30) });
    fake.now = MIDNIGHT + 24 * 60 * MINUTE + 2 * MINUTE;
    assert.equal((await run(fake, { config: CONFIG })).decision?.verdict, "rearm");
    assert.equal(fake.ledger?.billed, undefined);
  });
});
