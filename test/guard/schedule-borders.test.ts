import assert from "node:assert/strict";
import { startsToHold } from "../../runtime/guard/admission.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { ScheduledRun } from "../../runtime/guard/observations.ts";
import type { ScheduleConfig } from "../../runtime/guard/schedules.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import type { FakeAws } from "./fake-aws.ts";
import { CONFIG, groupOf, host, ledgerAt, MIDNIGHT, openGroups, orchestrator } from "./support.ts";
import { aws, MODEST, run } from "./tick-runs.ts";

const GROUP = groupOf("storage-1");
const EIGHT = MIDNIGHT + 8 * HOUR;

function daily(stop: string): ScheduleConfig {
  return { name: "daily", slots: ["storage-1"], start: "0 8 * * *", stop, timeZone: "UTC", exceptions: [] };
}

/** Next runs as Auto Scaling states them: a start at 08:00, a stop so long after midnight. */
function nextRuns(now: number, stop: number): ScheduledRun[] {
  const next = (at: number) => MIDNIGHT + at + Math.ceil((now + 1 - MIDNIGHT - at) / DAY) * DAY;
  return [
    { group: GROUP, at: next(8 * HOUR), desired: 1 },
    { group: GROUP, at: next(stop), desired: 0 },
  ];
}

describe("a start that was held back", () => {
  for (const [title, expression, stop] of [
    ["minutes after the stop", "58 7 * * *", 8 * HOUR - 2 * MINUTE],
    ["at the moment of the stop", "0 8 * * 0-6", 8 * HOUR],
  ] as const)
    it(`is given back although the next one comes ${title}`, async () => {
      const config = { ...CONFIG, schedules: [daily(expression)], linePerDay: nanoUsd(25) };
      const fake = aws(0);
      fake.groups = [...openGroups()];
      fake.instances = [orchestrator()];
      fake.now = EIGHT - 30 * MINUTE;
      fake.ledger = ledgerAt(fake.now - 5 * MINUTE, nanoUsd(12));
      const tickUntil = async (end: number): Promise<void> => {
        for (; fake.now <= end; fake.now += CONFIG.intervalMs) {
          fake.scheduled = nextRuns(fake.now, stop);
          await run(fake, { config });
        }
      };
      await tickUntil(EIGHT + 12 * HOUR);
      assert.deepEqual(fake.ledger.heldGroups, [GROUP], "a poor day: held until its stop");
      await tickUntil(EIGHT + DAY + 5 * MINUTE);
      assert.deepEqual([fake.ledger.heldGroups, fake.group(GROUP).suspended], [[], ["AZRebalance"]]);
    });

  it("is given back as soon as AWS lets it, although the next one's hours have begun (FM-04)", async () => {
    const config = { ...CONFIG, schedules: [daily("0 18 * * *")] };
    const fake = aws(MODEST);
    fake.now = EIGHT + 5 * MINUTE;
    const held = { heldGroups: [GROUP], heldUntil: { [GROUP]: EIGHT - HOUR } };
    fake.ledger = ledgerAt(EIGHT, MODEST, held);
    fake.change(GROUP, { desired: 0, suspended: ["AZRebalance", "ScheduledActions"] });
    fake.instances = [orchestrator()];
    fake.interfere = (call) => {
      if (call === "resume") throw new Error("Throttling: Rate exceeded");
    };
    await run(fake, { config });
    assert.deepEqual(fake.ledger.heldGroups, [GROUP]);
    fake.interfere = () => undefined;
    fake.now += CONFIG.intervalMs;
    await run(fake, { config });
    assert.deepEqual([fake.ledger.heldGroups, fake.group(GROUP).suspended], [[], ["AZRebalance"]]);
  });

  it("is held for the hours in which it is met, by a ledger that does not say for which (FM-03)", () => {
    const now = EIGHT + HOUR;
    const base = { running: [], groups: openGroups(), leases: [], scheduled: [], heldGroups: [GROUP], now };
    const state = { ...base, config: { ...CONFIG, schedules: [daily("0 18 * * *")] } };
    const end = EIGHT + 10 * HOUR;
    const held = (heldUntil?: Readonly<Record<string, number>>) => [
      ...startsToHold({ ...state, ledger: ledgerAt(now, 0, heldUntil === undefined ? {} : { heldUntil }) }),
    ];
    assert.deepEqual(held(), [[GROUP, end]]);
    assert.deepEqual(held({ [GROUP]: end }), [[GROUP, end]]);
    assert.deepEqual(held({ [GROUP]: EIGHT }), [], "those of another start");
  });
});

describe("a lease that ends around a schedule's start", () => {
  const config = { ...CONFIG, schedules: [daily("0 18 * * *")] };

  /** Looks three seconds before the start; acts as much later as the second reading of the requests takes. */
  function ending(takes: number, from = EIGHT - 3 * SECOND): FakeAws {
    const fake = aws(MODEST);
    fake.now = from;
    fake.ledger = ledgerAt(from - 5 * MINUTE, MODEST);
    fake.instances = [orchestrator(), host("i-1", "storage-1", { launchedAt: MIDNIGHT + 6 * HOUR })];
    fake.leases = [
      { id: "l", owner: "team", slots: ["storage-1"], expiresAt: from - MINUTE, state: "active" },
    ];
    let reads = 0;
    fake.interfere = (call) => {
      reads += call === "requests" ? 1 : 0;
      if (call === "requests" && reads === 2) fake.now += takes;
    };
    return fake;
  }

  for (const [title, takes] of [
    ["came between the look and the act", 6 * SECOND],
    ["comes while it acts", SECOND],
  ] as const)
    it(`leaves the slot to the schedule where its start ${title} (FM-34)`, async () => {
      const fake = ending(takes);
      await run(fake, { config });
      assert.deepEqual(fake.running(), ["i-orchestrator", "i-1"]);
      assert.equal(fake.group(GROUP).desired, 1);
      assert.deepEqual([fake.leases, fake.messages], [[], []]);
    });

  it("ends the slot where the start is held back, or minutes away (FM-34)", async () => {
    const held = ending(6 * SECOND);
    assert.ok(held.ledger !== undefined);
    held.ledger = { ...held.ledger, heldGroups: [GROUP] };
    held.change(GROUP, { suspended: ["AZRebalance", "ScheduledActions"] });
    held.scheduled = [{ group: GROUP, at: EIGHT, desired: 1 }];
    await run(held, { config: { ...config, linePerDay: nanoUsd(10) } });
    const early = ending(6 * SECOND, EIGHT - 3 * MINUTE);
    await run(early, { config });
    for (const fake of [held, early]) assert.deepEqual(fake.running(), ["i-orchestrator"]);
  });
});
