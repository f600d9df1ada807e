import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { historyJson, historyOf, renderHistory } from "../../cli/guard/history.ts";
import { confirmed } from "../../cli/guard/confirm.ts";
import { situationOf } from "../../cli/guard/rearm.ts";
import { renderGuardStatus } from "../../cli/guard/render.ts";
import { describeGuard, guardExitCode, guardStatusJson, type GuardFacts } from "../../cli/guard/status.ts";
import { costJson, costOf } from "../../cli/cost/cost.ts";
import { renderCost } from "../../cli/cost/render.ts";
import { GroundError } from "../../cli/errors.ts";
import { newDay, withLatch, type Latch } from "../../runtime/guard/ledger.ts";
import { knownRunning } from "../../runtime/guard/admission.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, dayOf, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, I4I_2XLARGE, ledgerAt, NOON, openGroups } from "../guard/support.ts";
import { facts, metered } from "./facts.ts";

const LATCH: Latch = {
  since: NOON,
  day: dayOf(NOON),
  reason: "the line would be crossed: $19.90 of $20.00",
  phase: "stopped",
  stopped: ["i-1", "i-2"],
  reported: true,
};

describe("state of the guard", () => {
  it("is told with its exit code: watching, latched, silent, never run, alarmed (FM-15, FM-16)", () => {
    const cases: readonly (readonly [Partial<GuardFacts>, string, number])[] = [
      [{}, "watching", 0],
      [{ ledger: ledgerAt(NOON, 0, { latch: LATCH }) }, "latched", 5],
      [{ heartbeat: NOON - 10 * MINUTE }, "silent", 4],
      [{ heartbeat: undefined }, "silent", 4],
      [{ ledger: ledgerAt(NOON, 0, { latch: LATCH }), heartbeat: NOON - HOUR }, "silent", 4],
      [{ ledger: undefined, heartbeat: undefined }, "never ran", 4],
      [{ alarms: [{ alarm: "failures", state: "ALARM" }] }, "watching", 4],
      [{ alarms: [{ alarm: "errors", state: "missing" }] }, "watching", 4],
      [{ alarms: [{ alarm: "errors", state: "INSUFFICIENT_DATA" }] }, "watching", 0],
    ];
    for (const [change, state, exitCode] of cases) {
      const status = describeGuard(facts(change));
      assert.deepEqual([status.state, guardExitCode(status)], [state, exitCode], JSON.stringify(change));
      assert.ok(renderGuardStatus(status).endsWith("\n"));
    }
  });

  it("is silent as soon as admission takes its account for too old, and not before", () => {
    const patience = CONFIG.intervalMs * (1 + CONFIG.missedTicks) + CONFIG.timeToActMs;
    const at = (age: number) => describeGuard(facts({ heartbeat: NOON, now: NOON + age })).state;
    assert.deepEqual([at(patience), at(patience + 1)], ["watching", "silent"]);
  });

  it("says why it is latched, what it stopped, when it opens, and who asked already (FM-16)", () => {
    const latched = facts({ ledger: ledgerAt(NOON, nanoUsd(5), { latch: LATCH }) });
    const text = renderGuardStatus(describeGuard(latched));
    assert.match(
      text,
      /LATCHED since 2027-06-14 12:00 UTC: the line would be crossed: \$19\.90 of \$20\.00\./,
    );
    assert.match(text, /Stopped: i-1, i-2\.\nOpens by itself at 2027-06-15 00:00 UTC, or at once by/);
    const manual = { ...latched, config: { ...CONFIG, rearm: "manual" } as const };
    assert.match(renderGuardStatus(describeGuard(manual)), /Opens only by `ground guard rearm`\./);
    const asked = { ...latched, requests: { leases: [], rearm: { by: "alex", at: NOON } } };
    assert.match(
      situationOf(describeGuard(asked)),
      /Re-arming was asked for by alex at 2027-06-14 12:00 UTC/,
    );
  });
});

describe("what a status says in words", () => {
  it("takes alarms together by their state, with what to do about it, and those that need somebody first", () => {
    const alarms = [
      { alarm: "silent", state: "OK" },
      { alarm: "errors", state: "missing" },
      { alarm: "throttles", state: "missing" },
      { alarm: "failures", state: "ALARM", since: NOON },
    ] as const;
    const text = renderGuardStatus(describeGuard(facts({ alarms })));
    assert.match(text, /^alarms +sounding: failures since 2027-06-14 12:00 UTC; look at the guard's log/m);
    assert.match(text, /^ +missing: errors, throttles; run pulumi up$/m);
    assert.match(text, /^ +OK: silent$/m);
  });

  it("names what was stopped by slots, and by id what no slot held; scripts get both (FM-16)", () => {
    const latch = {
      ...LATCH,
      stopped: ["i-2", "i-1", "i-3"],
      slots: { "i-1": "storage-1", "i-2": "storage-2" },
    };
    const status = describeGuard(facts({ ledger: ledgerAt(NOON, nanoUsd(5), { latch }) }));
    assert.match(renderGuardStatus(status), /Stopped: storage-1, storage-2, i-3\.\n/);
    const data = JSON.stringify({ stopped: latch.stopped, stoppedBefore: 0, slots: latch.slots }).slice(
      1,
      -1,
    );
    assert.ok(JSON.stringify(guardStatusJson(status)).includes(data));
    const entries = historyOf(withLatch([newDay(latch.day)], latch), undefined, 0);
    assert.match(renderHistory(entries, 30), /stopped: storage-1, storage-2, i-3\n/);
    assert.ok(JSON.stringify(historyJson(entries)).includes(data));
  });
});

describe("history of latches", () => {
  const opened = NOON + DAY;
  const open = withLatch([newDay(LATCH.day)], LATCH);

  it("takes a latch from the record of its day, and its end from the day on which it opened", () => {
    const [record] = open;
    assert.ok(record !== undefined);
    const later = withLatch([newDay(dayOf(opened))], LATCH, opened);
    const entries = historyOf([record], ledgerAt(opened, 0, { days: later }), 0);
    assert.deepEqual(
      entries.map(({ since, rearmedAt, isOpen, stopped }) => ({ since, rearmedAt, isOpen, stopped })),
      [{ since: NOON, rearmedAt: opened, isOpen: true, stopped: LATCH.stopped }],
    );
    assert.match(renderHistory(entries, 30), /re-armed 2027-06-15 12:00 UTC, after 1d/);
  });

  it("shows the latch that stands, several a day, newest first, and none that are too old", () => {
    const second = { ...LATCH, since: NOON + HOUR, reason: "again" };
    const days = withLatch(withLatch(open, LATCH, NOON + MINUTE), second);
    const entries = historyOf([], ledgerAt(NOON + HOUR, 0, { days, latch: second }), 0);
    assert.deepEqual(
      entries.map(({ since, isOpen }) => [since, isOpen]),
      [
        [NOON + HOUR, false],
        [NOON, true],
      ],
    );
    assert.match(renderHistory(entries, 30), /still latched/);
    assert.deepEqual(historyOf([], ledgerAt(NOON, 0, { days }), NOON + 2 * HOUR), []);
    assert.equal(renderHistory([], 7), "No latch in the last 7 days.\n");
  });

  it("writing a latch down again adds nothing", () => {
    const again = withLatch(withLatch(open, LATCH), { ...LATCH, stopped: ["i-1", "i-2", "i-3"] });
    assert.deepEqual(
      again[0]?.latches?.map(({ stopped }) => stopped.length),
      [3],
    );
  });
});

describe("cost", () => {
  const bill = {
    environment: nanoUsd("8"),
    untagged: nanoUsd("1"),
    account: nanoUsd("12"),
    isEstimated: true,
  };
  const yesterday = { ...newDay(dayOf(NOON - DAY)), compute: nanoUsd("9"), model: nanoUsd("1") };
  const base = { config: CONFIG, groups: openGroups(), archived: yesterday, bill, now: NOON };

  it("parts today by role and owner, with what each burns; the parts are the whole", () => {
    const ledger = metered("i-1", "i-2");
    const cost = costOf({ ...base, ledger });
    const storage = cost.byRole.find(({ name }) => name === "storage");
    assert.equal(storage?.perHour, 2 * I4I_2XLARGE);
    for (const shares of [cost.byRole, cost.byOwner]) {
      const rate = shares.reduce((sum, { perHour }) => sum + perHour, ledger.modelPerHour);
      assert.equal(rate, cost.money.perHour);
    }
    const rates = knownRunning(ledger).reduce((sum, { perHour }) => sum + perHour, 0);
    assert.equal(cost.money.perHour, rates);
    const text = renderCost(cost);
    assert.match(text, /\nby role .*\n +storage +\$\d+\.\d\d +\$1\.37\n/);
    assert.match(text, /hosts by owner +team/);
  });

  it("sets the meter beside the bill, and says so where either is missing (FM-17)", () => {
    const ledger = ledgerAt(NOON, nanoUsd(5));
    const text = renderCost(costOf({ ...base, ledger }));
    assert.match(text, /metered {2}\$10\.00 \(hosts \$9\.00, models \$1\.00/);
    assert.match(text, /billed {3}\$8\.00 under this environment's tag so far; AWS may still change it/);
    assert.match(text, /the meter is at 125 % of that/);
    const unknown = renderCost(costOf({ ...base, ledger, archived: undefined, bill: null }));
    assert.match(unknown, /metered {2}the guard has no record of it\n {2}billed {3}not asked for/);
    const failed = renderCost(costOf({ ...base, ledger, bill: { unreadable: "AccessDenied" } }));
    assert.match(failed, /Cost Explorer cannot be read: AccessDenied/);
    assert.deepEqual(Object.keys(costJson(costOf({ ...base, ledger })) as object), [
      "environment",
      "at",
      "today",
      "money",
      "usdPerHourByRole",
      "usdPerHourByOwner",
      "yesterday",
    ]);
  });
});

describe("confirmation", () => {
  async function answered(text: string): Promise<boolean> {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    input.end(`${text}\n`);
    return confirmed("The situation.", "Do it?", { input, output: new PassThrough() });
  }

  it("takes yes, whole, and nothing else", async () => {
    assert.equal(await answered("yes"), true);
    for (const other of ["y", "", "no", "yes please", "YES"]) assert.equal(await answered(other), false);
  });

  it("takes Ctrl-C, Ctrl-D and the end of the input for a no", async () => {
    const keys = { "Ctrl-C": "\u0003", "Ctrl-D": "\u0004", "the end": null } as const;
    for (const [name, key] of Object.entries(keys)) {
      const input = Object.assign(new PassThrough(), { isTTY: true });
      const output = Object.assign(new PassThrough(), { isTTY: true });
      const asked = confirmed("The situation.", "Do it?", { input, output });
      if (key === null) input.end();
      else input.write(key);
      assert.equal(await asked, false, name);
    }
  });

  it("is refused with exit code 2 where nobody sits before it", async () => {
    const nobody = { input: new PassThrough(), output: new PassThrough() };
    await assert.rejects(
      confirmed("The situation.", "Do it?", nobody),
      (error) => error instanceof GroundError && error.exitCode === 2 && error.message.includes("--yes"),
    );
  });
});
