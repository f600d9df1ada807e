import assert from "node:assert/strict";
import { Attempts } from "../../runtime/guard/attempts.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import type { FakeAws } from "./fake-aws.ts";
import { CONFIG, groupOf, host, NOON, orchestrator } from "./support.ts";
import { aws, MODEST, run } from "./tick-runs.ts";

const HELD = groupOf("jepsen-1");

/** A lease that is over, and a start that was held back. */
function holding(): FakeAws {
  const fake = aws(MODEST);
  assert.ok(fake.ledger !== undefined);
  fake.ledger = { ...fake.ledger, heldGroups: [HELD] };
  fake.change(HELD, { suspended: ["AZRebalance", "ScheduledActions"] });
  fake.leases = [{ id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON, state: "active" }];
  return fake;
}

/** Runs, five minutes apart. */
async function runs(fake: FakeAws, count: number, change: Parameters<typeof run>[1] = {}): Promise<void> {
  for (let ticks = 0; ticks < count; ticks += 1) {
    await run(fake, change);
    fake.now += CONFIG.intervalMs;
  }
}

/** A refusal as IAM words it: what it adds is another text at each call. */
function refuse(fake: FakeAws, ...calls: readonly string[]): void {
  let count = 0;
  fake.interfere = (call) => {
    if (!calls.includes(call)) return;
    count += 1;
    const encoded = String.fromCharCode(97 + (count % 26)).repeat(800);
    throw new Error(`You are not authorized. Encoded authorization failure message: ${encoded}`);
  };
}

describe("a tick that AWS refuses something", () => {
  it("forgets a held group that no longer exists, ends leases and gives its heartbeat (FM-45)", async () => {
    const fake = holding();
    fake.groups = fake.groups.filter(({ name }) => name !== HELD);
    const slots = CONFIG.slots.filter(({ group }) => group !== HELD);
    await runs(fake, 2, { config: { ...CONFIG, slots } });
    assert.deepEqual(fake.ledger?.heldGroups, []);
    assert.deepEqual([fake.running(), fake.leases], [["i-orchestrator"], []]);
    assert.equal(fake.heartbeats.length, 2);
    assert.deepEqual(fake.called("resume"), []);
  });

  for (const [call, spent] of [
    ["resume", MODEST],
    ["suspend", nanoUsd(12)],
  ] as const)
    it(`ends leases and gives its heartbeat although ${call} is refused; asks once, and tries again (FM-04)`, async () => {
      const fake = holding();
      const others = [HELD, groupOf("storage-2")];
      assert.ok(fake.ledger !== undefined);
      fake.ledger = {
        ...fake.ledger,
        days: fake.ledger.days.map((day) => ({ ...day, compute: spent })),
        heldGroups: others,
      };
      if (call === "suspend") {
        for (const group of others) fake.change(group, { suspended: ["AZRebalance"] });
        fake.scheduled = others.map((group) => ({ group, at: NOON + HOUR, desired: 1 }));
      }
      refuse(fake, call);
      await runs(fake, 3);
      assert.deepEqual([fake.running(), fake.leases], [["i-orchestrator"], []]);
      assert.equal(fake.heartbeats.length, 3);
      assert.deepEqual(fake.ledger.heldGroups, others);
      assert.equal(fake.called(call).length, 6, "each group at each tick");
      assert.equal(fake.messages.length, 1);
      assert.match(fake.messages[0]?.text ?? "", /jepsen-1: You are not authorized\.[^]*storage-2: You are/);
      fake.interfere = () => undefined;
      await runs(fake, 1);
      const given = call === "resume" ? [[], ["AZRebalance"]] : [others, ["AZRebalance", "ScheduledActions"]];
      assert.deepEqual([fake.ledger.heldGroups, fake.group(HELD).suspended], given);
    });

  it("asks once a day about hosts that it may not end, whatever text AWS refuses with (FM-04)", async () => {
    const fake = aws(0);
    const names = Array.from({ length: 20 }, (_, index) => `storage-${String(index + 1)}`);
    const [like] = CONFIG.slots;
    assert.ok(like !== undefined);
    const slots = names.map((name) => ({ ...like, name, group: groupOf(name), profile: groupOf(name) }));
    const config = { ...CONFIG, slots, linePerDay: nanoUsd(10_000) };
    fake.groups = slots.map(({ group }) => ({ name: group, desired: 1, suspended: ["AZRebalance"] }));
    fake.instances = [orchestrator(), ...names.map((name) => host(`i-${name}`, name))];
    fake.leases = [{ id: "l", owner: "team", slots: names, expiresAt: NOON, state: "active" }];
    refuse(fake, "terminate");
    await runs(fake, 12, { config });
    assert.equal(fake.messages.length, 1);
    assert.ok((fake.messages[0]?.text.length ?? 0) < 8192);
    assert.ok(JSON.stringify(fake.ledger?.asked).length < 100, "a day and a hash");
    fake.now += DAY;
    await runs(fake, 2, { config });
    assert.equal(fake.messages.length, 2);
  });

  it("keeps of a problem what tells it from others, and no more (FM-04)", () => {
    const attempt = new Attempts();
    for (const encoded of ["x".repeat(900), "y".repeat(900)])
      attempt.fail(`terminate i-1: no. Encoded authorization failure message: ${encoded}`);
    attempt.fail(`terminate i-2: ${"long ".repeat(200)}`);
    const [first, second = "", ...more] = attempt.failures;
    assert.deepEqual([first, more], ["terminate i-1: no.", []]);
    assert.equal(second.length, 300);
    assert.match(second, /^terminate i-2: long .*…$/);
  });
});

describe("slots that nothing keeps up", () => {
  const schedules = [
    {
      name: "days",
      slots: ["storage-1"],
      start: "0 8 * * *",
      stop: "0 13 * * *",
      timeZone: "UTC",
      exceptions: [],
    },
  ];
  const texts = (fake: FakeAws) => fake.messages.map(({ text }) => text);

  it("are asked about once a day: their schedule was taken off the stack, or a hand started them (FM-34)", async () => {
    const fake = aws(MODEST);
    await runs(fake, 5);
    assert.deepEqual(texts(fake), [
      "Up without a lease and outside the hours of every schedule: storage-1. Nothing ends them but the line: if they are not wanted, ground cluster stop.",
    ]);
    assert.deepEqual(fake.running(), ["i-orchestrator", "i-1"]);
    fake.now += DAY;
    await runs(fake, 1);
    assert.equal(fake.messages.length, 2);
  });

  it("are not those of a schedule, nor for the minutes that Auto Scaling may be late with its stop (FM-34)", async () => {
    const fake = aws(MODEST);
    const config = { ...CONFIG, schedules };
    for (fake.now = NOON; fake.now <= NOON + HOUR + 10 * MINUTE; fake.now += CONFIG.intervalMs)
      await run(fake, { config });
    assert.deepEqual(texts(fake), []);
    await runs(fake, 2, { config });
    assert.match(texts(fake).join(), /: storage-1\./);
  });

  it("are not those whose lease was written while the tick looked (FM-34)", async () => {
    const fake = aws(MODEST);
    fake.interfere = (call) => {
      if (call === "groups")
        fake.leases = [
          { id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON + HOUR, state: "active" },
        ];
    };
    await run(fake);
    assert.deepEqual(texts(fake), []);
  });
});
