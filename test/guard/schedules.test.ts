import assert from "node:assert/strict";
import fc from "fast-check";
import { admit, ROUNDING, startsToHold } from "../../runtime/guard/admission.ts";
import { committed } from "../../runtime/guard/commitments.ts";
import { windDownOf, type GuardConfig } from "../../runtime/guard/config.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease, ScheduledRun } from "../../runtime/guard/observations.ts";
import { scheduledLeases, windowsAt, type ScheduleConfig } from "../../runtime/guard/schedules.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, groupOf, I4I_2XLARGE, ledgerAt, MIDNIGHT, NOON, openGroups } from "./support.ts";
import { aws, MODEST, run } from "./tick-runs.ts";

/** 14 June 2027 is a Monday. */
const DAYS: ScheduleConfig = {
  name: "days",
  slots: ["storage-1", "storage-2"],
  start: "0 8 * * 1-5",
  stop: "0 18 * * *",
  timeZone: "UTC",
  exceptions: ["2027-06-16"],
};
const SCHEDULED: GuardConfig = { ...CONFIG, schedules: [DAYS] };

function lease(slot: string, expiresAt: number): Lease {
  return { id: "l", owner: "team", slots: [slot], expiresAt, state: "active" };
}

const at = (text: string) => Date.parse(`${text}Z`);
const spanAt = (text: string, change: Partial<ScheduleConfig> = {}) =>
  windowsAt({ ...CONFIG, schedules: [{ ...DAYS, ...change }] }, at(text)).map(({ since, expiresAt }) =>
    [since, expiresAt].map((instant) => new Date(instant).toISOString().slice(0, 16)),
  );

describe("hours of a schedule", () => {
  it("last from a start to the stop after it, the start included and the stop not", () => {
    const monday = [["2027-06-14T08:00", "2027-06-14T18:00"]];
    assert.deepEqual(spanAt("2027-06-14T07:59:59"), []);
    assert.deepEqual(spanAt("2027-06-14T08:00"), monday);
    assert.deepEqual(spanAt("2027-06-14T17:59:59"), monday);
    assert.deepEqual(spanAt("2027-06-14T18:00"), []);
  });

  it("are none on an exception and on days without a start, although a stop comes", () => {
    assert.deepEqual(spanAt("2027-06-16T12:00"), []);
    assert.deepEqual(spanAt("2027-06-19T12:00"), []);
    const longer = { stop: "0 18 * * 2,4", start: "0 8 * * 1,3" };
    assert.deepEqual(spanAt("2027-06-15T12:00", longer), [["2027-06-14T08:00", "2027-06-15T18:00"]]);
    assert.deepEqual(spanAt("2027-06-17T12:00", longer), [], "it did not start on the 16th");
  });

  it("go over midnight and changes of clocks, in the schedule's own time zone", () => {
    const night = { start: "0 22 * * *", stop: "0 4 * * *", timeZone: "America/Los_Angeles", exceptions: [] };
    assert.deepEqual(spanAt("2027-03-14T11:30", night), []);
    // 02:00 is 03:00 that night: 04:00 comes an hour sooner.
    assert.deepEqual(spanAt("2027-03-14T10:30", night), [["2027-03-14T06:00", "2027-03-14T11:00"]]);
    assert.deepEqual(spanAt("2027-06-14T07:00", night), [["2027-06-14T05:00", "2027-06-14T11:00"]]);
  });

  it("are asked for out of order with the same answers", () => {
    const config = { ...CONFIG, schedules: [DAYS] };
    const asked = [0, 9, 3, 17, 20, 8, 18, 7].map((hour) => [
      hour,
      windowsAt(config, MIDNIGHT + hour * HOUR).length,
    ]);
    for (const [hour = 0, found] of asked) assert.equal(found, hour >= 8 && hour < 18 ? 1 : 0, String(hour));
  });

  it("hold the slots that are up, and not those that the guard held back", () => {
    const groups = openGroups().map((group) => ({
      ...group,
      desired: group.name === groupOf("storage-2") ? 0 : 1,
    }));
    const slots = (heldGroups: readonly string[]) =>
      scheduledLeases({ groups, heldGroups }, SCHEDULED, NOON).flatMap((window) => window.slots);
    assert.deepEqual(slots([]), ["storage-1"]);
    assert.deepEqual(slots([groupOf("storage-1")]), []);
  });
});

describe("leases in a schedule's hours", () => {
  for (const [title, config, goesOn] of [
    ["in the hours of a schedule goes on until its stop", SCHEDULED, true],
    [
      "on a day on which the schedule does not start ends with it",
      { ...CONFIG, schedules: [{ ...DAYS, exceptions: ["2027-06-14"] }] },
      false,
    ],
  ] as const)
    it(`a slot whose lease ends ${title} (FM-34)`, async () => {
      const fake = aws(MODEST);
      fake.scheduled = [
        { group: groupOf("storage-1"), at: MIDNIGHT + 18 * HOUR, desired: 0 },
        { group: groupOf("storage-1"), at: MIDNIGHT + DAY + 8 * HOUR, desired: 1 },
      ];
      fake.leases = [lease("storage-1", NOON)];
      await run(fake, { config });
      assert.deepEqual(fake.running(), goesOn ? ["i-orchestrator", "i-1"] : ["i-orchestrator"]);
      fake.now += CONFIG.intervalMs;
      await run(fake, { config });
      assert.deepEqual(fake.leases, []);
      assert.deepEqual(fake.called("setDesired").length, goesOn ? 0 : 1);
    });

  it("a lease's owner is told what goes on by the schedule", async () => {
    const fake = aws(MODEST);
    fake.leases = [{ ...lease("storage-1", NOON + 20 * MINUTE), slots: ["storage-1", "jepsen-1"] }];
    await run(fake, { config: SCHEDULED });
    const [{ text } = { text: "" }] = fake.messages;
    assert.match(text, /^jepsen-1 stop then\./);
    assert.match(text, /^storage-1 goes on by schedule days until 2027-06-14 18:00 UTC\.$/m);
  });

  it("a start that was held back stays so in its hours: the lease's end ends the slot, and the stop gives the schedule back", async () => {
    const fake = aws(MODEST);
    const group = groupOf("storage-1");
    assert.ok(fake.ledger !== undefined);
    fake.ledger = { ...fake.ledger, heldGroups: [group] };
    fake.change(group, { suspended: ["AZRebalance", "ScheduledActions"] });
    fake.leases = [lease("storage-1", NOON)];
    await run(fake, { config: SCHEDULED });
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.deepEqual(fake.ledger.heldGroups, [group]);
    fake.now = MIDNIGHT + 18 * HOUR + MINUTE;
    await run(fake, { config: SCHEDULED });
    assert.deepEqual([fake.ledger.heldGroups, fake.group(group).suspended], [[], ["AZRebalance"]]);
  });
});

describe("money of leases and schedules on one slot", () => {
  const base = {
    config: SCHEDULED,
    running: [],
    groups: openGroups(),
    leases: [],
    scheduled: [],
    heldGroups: [],
  };
  const one = (until: number) => ({ slots: ["storage-1"], until });
  const windDown = windDownOf(CONFIG);

  it("a launch in a schedule's hours counts until their end, since the schedule goes on with it", () => {
    const cost = (change = {}) =>
      admit(one(NOON + HOUR), { ...base, ledger: ledgerAt(NOON, 0), now: NOON, ...change }).cost;
    assert.equal(cost(), charge(I4I_2XLARGE, 6 * HOUR + windDown));
    assert.equal(cost({ heldGroups: [groupOf("storage-1")] }), charge(I4I_2XLARGE, HOUR + windDown));
    const up = openGroups().map((group) => ({
      ...group,
      desired: group.name === groupOf("storage-1") ? 1 : 0,
    }));
    assert.equal(cost({ groups: up }), 0, "what the schedule keeps up is promised already");
  });

  it("what a schedule keeps up is promised until its stop, whatever lease ends before", () => {
    const groups = openGroups().map((group) => ({
      ...group,
      desired: group.name === groupOf("storage-1") ? 1 : 0,
    }));
    const promises = { ...base, groups, leases: [lease("storage-1", NOON + HOUR)] };
    assert.equal(committed(promises, SCHEDULED, NOON), charge(I4I_2XLARGE, 6 * HOUR + windDown));
    assert.equal(committed(promises, CONFIG, NOON), charge(I4I_2XLARGE, HOUR + windDown));
  });

  it("a scheduled start of a leased slot counts from the lease's end, and is held where that does not fit", () => {
    const now = MIDNIGHT + 7 * HOUR;
    const scheduled: ScheduledRun[] = [
      { group: groupOf("storage-1"), at: MIDNIGHT + 8 * HOUR, desired: 1 },
      { group: groupOf("storage-1"), at: MIDNIGHT + 18 * HOUR, desired: 0 },
    ];
    const asking = { ...base, ledger: ledgerAt(now, 0), now, scheduled };
    const free = admit(one(NOON), { ...asking, scheduled: [] });
    const { cost, left } = admit(one(NOON), asking);
    assert.equal(cost, free.cost);
    assert.equal(free.left - left, charge(I4I_2XLARGE, 6 * HOUR + windDown), "from noon to 18:00");
    const leased = { ...asking, leases: [lease("storage-1", NOON)] };
    const spent = (left: number) => ({ ...leased, ledger: ledgerAt(now, CONFIG.linePerDay - left) });
    const needed = 17 * nanoUsd("0.2") + ROUNDING + cost + charge(I4I_2XLARGE, 6 * HOUR + windDown);
    assert.deepEqual([...startsToHold(spent(needed)).keys()], []);
    assert.deepEqual([...startsToHold(spent(needed - 1))], [[groupOf("storage-1"), MIDNIGHT + 18 * HOUR]]);
  });

  it("never lets in more than the line, schedules going on with what leases leave", () => {
    const end = MIDNIGHT + 18 * HOUR;
    const request = fc.record({
      slots: fc.subarray(
        CONFIG.slots.map(({ name }) => name),
        { minLength: 1 },
      ),
      minutes: fc.integer({ min: 1, max: 720 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), fc.nat(CONFIG.linePerDay), (requests, spent) => {
        const leases: Lease[] = [];
        for (const { slots, minutes } of requests) {
          const until = NOON + minutes * MINUTE;
          const up = new Set(leases.flatMap((one) => one.slots.map(groupOf)));
          const groups = openGroups().map((group) => ({ ...group, desired: up.has(group.name) ? 1 : 0 }));
          const state = { ...base, groups, leases, ledger: ledgerAt(NOON, spent), now: NOON };
          if (!admit({ slots, until }, state).admitted) continue;
          leases.push({ id: String(leases.length), owner: "team", slots, expiresAt: until, state: "active" });
        }
        const promised = CONFIG.slots.reduce((sum, { name }) => {
          const ends = leases.filter(({ slots }) => slots.includes(name)).map(({ expiresAt }) => expiresAt);
          if (ends.length === 0) return sum;
          const last = Math.max(...ends, DAYS.slots.includes(name) ? end : 0);
          return sum + charge(I4I_2XLARGE, Math.min(last, MIDNIGHT + DAY) - NOON);
        }, 0);
        const reserved = 12 * nanoUsd("0.2");
        if (leases.length > 0) assert.ok(spent + reserved + promised <= CONFIG.linePerDay);
      }),
    );
  });

  it("holds no start of a slot that the schedule keeps up now: its stop would be held with it", () => {
    const groups = openGroups(1);
    const scheduled: ScheduledRun[] = [
      { group: groupOf("storage-1"), at: MIDNIGHT + 18 * HOUR, desired: 0 },
      { group: groupOf("storage-1"), at: MIDNIGHT + 20 * HOUR, desired: 1 },
    ];
    const state = { ...base, groups, scheduled, ledger: ledgerAt(NOON, CONFIG.linePerDay), now: NOON };
    assert.deepEqual([...startsToHold(state).keys()], []);
    assert.deepEqual([...startsToHold({ ...state, groups: openGroups() }).keys()], [groupOf("storage-1")]);
  });
});
