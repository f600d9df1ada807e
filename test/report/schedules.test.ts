import assert from "node:assert/strict";
import { renderHtml } from "../../cli/report/html.ts";
import { toldSchedule } from "../../cli/report/schedules.ts";
import { renderText } from "../../cli/report/text.ts";
import type { ScheduleSettings } from "../../infra/settings/schedules.ts";
import { ground } from "../support/plans.ts";
import { samplePlan } from "./sample-plan.ts";

function schedule(start: string, stop: string, change: Partial<ScheduleSettings> = {}): ScheduleSettings {
  return { name: "days", start, stop, timeZone: "America/Los_Angeles", exceptions: [], ...change };
}

describe("schedules of a plan", () => {
  it("says hours and days as people do, and as cron what says more than that", () => {
    const cases: readonly (readonly [start: string, stop: string, hours: string])[] = [
      ["0 8 * * 1-5", "0 14 * * 1-5", "08:00–14:00, Mon–Fri"],
      ["30 20 * * *", "0 6 * * *", "20:30–06:00, every day"],
      ["0 20 * * 1-5", "0 6 * * 1-5", "from 20:00, Mon–Fri, to 06:00, Mon–Fri"],
      ["0 8 * * MON,wed,0", "5 9 * * MON,wed,0", "08:00–09:05, Mon, Wed, Sun"],
      ["0 20 * * 5", "0 6 * * 1", "from 20:00, Fri, to 06:00, Mon"],
      ["0 8 1 * *", "0 9 1 * *", "starts at cron 0 8 1 * *, stops at cron 0 9 1 * *"],
      ["0 8,12 * * *", "0 9,13 * * *", "starts at cron 0 8,12 * * *, stops at cron 0 9,13 * * *"],
      ["0 8 * * 1-5/2", "0 9 * * 1", "starts at cron 0 8 * * 1-5/2, stops at cron 0 9 * * 1"],
    ];
    assert.deepEqual(
      cases.map(([start, stop]) => toldSchedule(schedule(start, stop)).hours),
      cases.map(([, , hours]) => hours),
    );
  });

  it("counts the hours of an average month as the estimate does: 730 of them, exceptions included", () => {
    const hours = (start: string, stop: string, exceptions: string[] = []) =>
      toldSchedule(schedule(start, stop, { exceptions })).hoursPerMonth;
    assert.equal(hours("0 8 * * 1-5", "0 14 * * 1-5"), "130 h a month");
    assert.equal(hours("0 8 * * 1-5", "0 14 * * 1-5", ["2026-12-24"]), "130 h a month");
    assert.equal(hours("0 0 * * *", "0 12 * * *"), "365 h a month");
  });

  it("stand in text and page with name, hours, zone, slots and the dates without a start", async () => {
    const exceptions = ["2026-12-25", "2026-12-24"];
    const schedules = [schedule("0 8 * * 1-5", "0 14 * * 1-5", { size: "small", exceptions })];
    const options = { stackFile: "Pulumi.prod.yaml", rules: 14, schedules };
    const text = renderText(samplePlan(), { color: false, width: 200, ...options });
    assert.ok(
      text.includes(
        "days: 08:00–14:00, Mon–Fri, America/Los_Angeles; the slots of size small; counted 130 h a month. No start on 2026-12-24, 2026-12-25",
      ),
      text,
    );
    const page = await renderHtml(samplePlan(), options);
    for (const cell of [
      "08:00–14:00, Mon–Fri",
      "America/Los_Angeles",
      "the slots of size small",
      "2026-12-24, 2026-12-25",
      "130 h a month",
    ])
      assert.ok(page.includes(`>${cell}</td>`), cell);
    const without = { ...options, schedules: [] };
    assert.doesNotMatch(renderText(samplePlan(), { color: false, width: 200, ...without }), /Schedules/);
    assert.doesNotMatch(await renderHtml(samplePlan(), without), /Schedules/);
  });

  it("of staging are told by ground plan", async function () {
    this.timeout(60_000);
    const { stdout } = await ground(["plan", "--stack", "staging"]);
    assert.match(
      stdout.replaceAll(/\s+/g, " "),
      /working-days: 08:00–14:00, Mon–Fri, America\/Los_Angeles; every slot; counted 130 h a month/,
    );
  });
});
