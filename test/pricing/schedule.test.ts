import assert from "node:assert/strict";
import { runningHours, type ScheduledAction } from "../../pricing/schedule.ts";

function start(recurrence: string, timeZone = "UTC"): ScheduledAction {
  return { recurrence, timeZone, does: "start" };
}

function stop(recurrence: string, timeZone = "UTC"): ScheduledAction {
  return { recurrence, timeZone, does: "stop" };
}

function hours(
  ...actions: readonly ScheduledAction[]
): readonly [dearestDay: number, aWeek: number] | undefined {
  const running = runningHours(actions);
  if (running === undefined) return undefined;
  return [running.dearestDay.toNumber(), running.averageDay.times(7).toDecimalPlaces(9).toNumber()];
}

describe("running hours of a schedule", () => {
  it("counts weekdays", () => {
    assert.deepEqual(hours(start("0 8 * * 1-5"), stop("0 16 * * 1-5")), [8, 40]);
  });

  it("counts parts of hours", () => {
    assert.deepEqual(hours(start("15 8 * * *"), stop("45 16 * * *")), [8.5, 59.5]);
  });

  for (const zone of ["America/Los_Angeles", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata"]) {
    it(`FM-14: gives the usual day in ${zone}, whatever its clocks do on two days a year`, () => {
      assert.deepEqual(hours(start("0 8 * * 1-5", zone), stop("0 14 * * 1-5", zone)), [6, 30]);
    });
  }

  it("FM-14: follows a night across midnight", () => {
    assert.deepEqual(hours(start("0 20 * * *"), stop("0 6 * * *")), [10, 70]);
    assert.deepEqual(hours(start("0 20 * * 1"), stop("0 6 * * 2")), [6, 10]);
  });

  it("counts no hour of two schedules on one slot twice: what is up already starts once, and the first stop ends it", () => {
    const morning = [start("0 8 * * *"), stop("0 12 * * *")];
    assert.deepEqual(hours(...morning, start("0 14 * * *"), stop("0 18 * * *")), [8, 56]);
    assert.deepEqual(hours(...morning, ...morning), [4, 28]);
    assert.deepEqual(
      hours(start("0 8 * * *"), stop("0 16 * * *"), start("0 10 * * *"), stop("0 18 * * *")),
      [8, 56],
    );
  });

  it("takes the longer of the local and the UTC day", () => {
    // 20:00 to 06:00 in Los Angeles lies within one UTC day, 04:00 to 14:00 in winter.
    assert.deepEqual(
      hours(start("0 20 * * 1", "America/Los_Angeles"), stop("0 6 * * 2", "America/Los_Angeles")),
      [10, 10],
    );
  });

  it("takes the dearest day of an uneven week", () => {
    assert.deepEqual(hours(start("0 8 * * 1-5"), stop("0 12 * * 1-4"), stop("0 20 * * 5")), [12, 28]);
  });

  it("runs through a weekend that nothing stops", () => {
    assert.deepEqual(hours(start("0 8 * * 5"), stop("0 8 * * 1")), [24, 72]);
  });

  it("keeps running where nothing ever stops, and never counts more than 24 hours", () => {
    assert.deepEqual(hours(start("0 8 * * 1-5")), [24, 168]);
    assert.deepEqual(hours(start("0 8 * * *", "America/Los_Angeles")), [24, 168]);
  });

  it("lets a start win over a stop at the same minute", () => {
    assert.deepEqual(hours(start("0 8 * * *"), stop("0 8 * * *")), [24, 168]);
  });

  it("adds up several runs of a day", () => {
    assert.deepEqual(
      hours(start("0 8 * * *"), stop("0 10 * * *"), start("0 20 * * *"), stop("0 23 * * *")),
      [5, 35],
    );
  });

  it("knows zones of which one changes its clocks", () => {
    // 08:00 UTC to 08:00 in New York: 5 hours in winter, 4 in summer; the longer counts.
    assert.deepEqual(hours(start("0 8 * * *"), stop("0 8 * * *", "America/New_York")), [5, 35]);
  });

  it("spreads days of the month over the year", () => {
    const running = runningHours([start("0 8 1 * *"), stop("0 18 1 * *")]);
    assert.equal(running?.dearestDay.toNumber(), 10);
    assert.equal(running.averageDay.times(365).toDecimalPlaces(9).toNumber(), 120);
  });

  it("says nothing where nothing starts, or an expression cannot be read", () => {
    assert.equal(hours(), undefined);
    assert.equal(hours(stop("0 8 * * *")), undefined);
    assert.equal(hours(start("every morning"), stop("0 8 * * *")), undefined);
    assert.equal(hours(start("0 8 * * *", "Mars/Olympus"), stop("0 9 * * *")), undefined);
    assert.equal(hours(start(""), stop("0 8 * * *")), undefined);
  });

  it("does not follow actions by the minute", () => {
    assert.equal(hours(start("* * * * *"), stop("0 8 * * *")), undefined);
  });
});
