import assert from "node:assert/strict";
import fc from "fast-check";
import {
  scheduledActions,
  scheduledActionsOf,
  type ScheduledActionPlan,
} from "../../infra/settings/scheduled-actions.ts";
import type { ClusterSettings } from "../../infra/settings/schema.ts";
import { slotsOf } from "../../infra/settings/slots.ts";
import { dateIn, occurrences } from "../../model/recurrence.ts";
import { settings } from "../support/components.ts";
import type { ClusterInput } from "../support/slots.ts";

const TODAY = "2026-11-21";
const DAY = 86_400_000;

function cluster(input: ClusterInput): ClusterSettings {
  const checked = settings({ cluster: input }).cluster;
  assert.ok(checked !== undefined);
  return checked;
}

type Schedule = NonNullable<ClusterInput["schedules"]>[number];

const WORKING_DAYS: Schedule = {
  name: "day",
  start: "0 8 * * 1-5",
  stop: "0 16 * * 1-5",
  timeZone: "America/Los_Angeles",
};

function actionsOf(schedule: Partial<Schedule>, today = TODAY): ScheduledActionPlan[] {
  const input: ClusterInput = { size: "small", schedules: [{ ...WORKING_DAYS, ...schedule }] };
  const [slot] = slotsOf(settings({ cluster: input }));
  assert.ok(slot !== undefined);
  return scheduledActionsOf(cluster(input), slot, today);
}

/** Moments at which EC2 Auto Scaling carries an action out: at its start time, then by its recurrence, up to its end. */
function runsOf(action: ScheduledActionPlan, from: number, to: number): number[] {
  const start = action.startTime === undefined ? from : Date.parse(action.startTime);
  const end = Math.min(action.endTime === undefined ? to : Date.parse(action.endTime) + 1, to);
  const recurring = occurrences({ expression: action.recurrence, timeZone: action.timeZone }, start, end);
  const first = action.startTime !== undefined && start < to ? [start] : [];
  return [...new Set([...first, ...recurring])].filter((at) => at >= from);
}

describe("scheduled actions", () => {
  const stop = {
    name: "day-stop",
    recurrence: "0 16 * * 1-5",
    timeZone: "America/Los_Angeles",
    desiredCapacity: 0,
  };
  const start = { ...stop, name: "day-start", recurrence: "0 8 * * 1-5", desiredCapacity: 1 };

  it("are one start and one stop, without bounds", () => {
    assert.deepEqual(actionsOf({}), [start, stop]);
  });

  it("split a start at an exception, and begin again at the next moment of the recurrence, not at midnight", () => {
    // Thursday; the start after it is on Friday, at 08:00 in Los Angeles.
    assert.deepEqual(actionsOf({ exceptions: ["2026-12-24"] }), [
      { ...start, endTime: "2026-12-24T15:59:59Z" },
      { ...start, name: "day-start-after-2026-12-24", startTime: "2026-12-25T16:00:00Z" },
      stop,
    ]);
  });

  it("open one gap for exceptions that follow each other, also over a weekend", () => {
    assert.deepEqual(actionsOf({ exceptions: ["2026-12-28", "2026-12-24", "2026-12-25"] }), [
      { ...start, endTime: "2026-12-24T15:59:59Z" },
      { ...start, name: "day-start-after-2026-12-28", startTime: "2026-12-29T16:00:00Z" },
      stop,
    ]);
  });

  it("know the exception by the schedule's own date, not by that in UTC", () => {
    const exceptions = ["2026-12-24"];
    // 18:00 in Los Angeles is 02:00 of the next day in UTC.
    const [first, second] = actionsOf({ start: "0 18 * * *", stop: "0 22 * * *", exceptions });
    assert.equal(first?.endTime, "2026-12-25T01:59:59Z");
    assert.equal(second?.startTime, "2026-12-26T02:00:00Z");
  });

  it("are whole again once the exception is over, since AWS takes no time in the past", () => {
    const exceptions = ["2026-11-19"];
    assert.deepEqual(actionsOf({ exceptions }), [start, stop]);
    // On the day itself it may still lie ahead somewhere on earth.
    assert.equal(actionsOf({ exceptions }, "2026-11-19").length, 3);
  });

  it("pay no heed to exceptions on days without a start", () => {
    assert.deepEqual(actionsOf({ exceptions: ["2026-11-28", "2026-11-29"] }), [start, stop]);
  });

  it("start only the slots of the schedule's size, and leave the others to people", () => {
    const input: ClusterInput = { size: "medium", schedules: [{ ...WORKING_DAYS, size: "small" }] };
    const actions = scheduledActions(cluster(input), slotsOf(settings({ cluster: input })), TODAY);
    const scheduled = [...actions].filter(([, of]) => of.length > 0).map(([slot]) => slot);
    assert.deepEqual(scheduled, ["storage-1", "fuse-client-1"]);
  });

  it("run at every start but those of the exceptions, whatever cron, zone and dates say", () => {
    const minute = fc.integer({ min: 0, max: 59 }).map(String);
    const hour = fc.integer({ min: 0, max: 23 }).map(String);
    const days = fc.constantFrom("*", "1-5", "0,6", "3");
    const dayOfMonth = fc.constantFrom("*", "1,15", "*/2");
    const recurrence = fc
      .tuple(minute, hour, dayOfMonth, days)
      .map(([at, of, date, day]) => `${at} ${of} ${date} * ${day}`);
    const zones = fc.constantFrom("UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati");
    const dates = fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { maxLength: 8 });
    fc.assert(
      fc.property(recurrence, zones, dates, (expression, timeZone, offsets) => {
        const today = Date.parse(`${TODAY}T00:00:00Z`);
        const exceptions = offsets.map((offset) => new Date(today + offset * DAY).toISOString().slice(0, 10));
        // The stop is a minute in a month of its own, so that it never coincides with the start.
        const actions = actionsOf({ start: expression, stop: "59 23 29 2 *", timeZone, exceptions });
        const [from, to] = [today + DAY, today + 90 * DAY];
        const expected = [...occurrences({ expression, timeZone }, from, to)].filter(
          (at) => !exceptions.includes(dateIn(timeZone, at)),
        );
        const starts = actions.filter(({ desiredCapacity }) => desiredCapacity === 1);
        const actual = starts.flatMap((action) => runsOf(action, from, to));
        assert.deepEqual(
          actual.sort((a, b) => a - b),
          expected,
        );
        assert.equal(
          new Set(actions.map(({ name }) => name)).size,
          actions.length,
          "names are of one action",
        );
        for (const { startTime } of starts)
          if (startTime !== undefined) assert.ok(Date.parse(startTime) > today, "a start time in the past");
      }),
      { numRuns: 150 },
    );
  });
});

describe("two schedules on one slot", () => {
  const LONDON: Schedule = { ...WORKING_DAYS, name: "london", timeZone: "Europe/London" };
  const YORK: Schedule = { ...WORKING_DAYS, name: "york", timeZone: "America/New_York" };
  const both = (london: Partial<Schedule>, york: Partial<Schedule>) =>
    cluster({
      size: "small",
      schedules: [
        { ...LONDON, ...london },
        { ...YORK, ...york },
      ],
    });

  it("are refused where they run at the same time, with both names, the moment, and what to do", () => {
    assert.throws(
      () => both({ stop: "30 13 * * 1-5" }, {}),
      /= "york": must not run at the same time as london, and does on 2027-01-04T13:00Z: [^]*Move its hours until a minute is between them, or make one schedule of the two/,
    );
  });

  it("are refused where they meet only in the weeks in which one zone alone has changed its clocks (FM-14)", () => {
    // 08:00 in New York is 13:00 in London, and 12:00 from 14 to 28 March 2027.
    assert.throws(() => both({ stop: "30 12 * * 1-5" }, {}), /does on 2027-03-1\d/);
    assert.equal(both({ stop: "59 11 * * 1-5" }, {}).schedules.length, 2);
  });

  it("are refused where they meet in the hour that a change of clocks skips (FM-14)", () => {
    const zone = { timeZone: "America/New_York" };
    const first = { ...zone, start: "0 1 * * *", stop: "30 2 * * *" };
    assert.throws(() => both(first, { start: "0 3 * * *", stop: "0 6 * * *" }), /does on 2027-03-14T07:/);
  });
});

describe("the pause of a schedule", () => {
  const renewed = (stop: string, change: Partial<Parameters<typeof settings>[0]> = {}) =>
    settings({
      cluster: { size: "small", schedules: [{ name: "renewed", start: "0 8 * * *", stop }] },
      ...change,
    });

  it("is two looks of the guard at least, which gives a start back that it held only after the stop (FM-40)", () => {
    assert.throws(() => renewed("51 7 * * *"), /must come 10 minutes after [^]* on 2027-01-05T08:00Z/);
    assert.ok(renewed("50 7 * * *"));
    assert.throws(
      () => renewed("50 7 * * *", { guard: { intervalMinutes: 6 } }),
      /must come 12 minutes after/,
    );
  });

  it("may be any where there is no guard", () => {
    assert.ok(renewed("59 7 * * *", { guard: { enabled: false } }));
  });

  it("is looked at on days on which clocks change, too (FM-14)", () => {
    const timeZone = "America/New_York";
    const schedule = { name: "night", start: "5 3 * * *", stop: "30 2 * * *", timeZone };
    assert.throws(
      () => settings({ cluster: { size: "small", schedules: [schedule] } }),
      /and comes sooner on 2027-03-14T07:05Z/,
    );
  });
});
