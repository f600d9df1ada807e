import type { Scenario } from "../../cli/simulate/scenario.ts";

const HOUR = 3_600_000;

/** Two slots that are up, twenty more of their kind launched by hand from their template, and one stray (FM-09). */
export const CROWDED: Scenario = {
  seed: 7,
  firstDay: "2027-06-14",
  days: 1,
  lineUsd: 40,
  rearm: "next-day",
  intervalMs: 300_000,
  slots: Array.from({ length: 2 }, () => ({ role: "storage", types: ["i4i.2xlarge"] })),
  orchestrator: "c7a.large",
  fixedUsdPerDay: 0.5,
  extrasUsdPerHour: 0.01,
  pageSize: 50,
  happenings: [
    { does: "start", at: 8 * HOUR, slots: 2, forMs: 4 * HOUR },
    { does: "launch", at: 9 * HOUR, how: "tagged", type: "i4i.2xlarge", market: "on-demand", count: 20 },
    { does: "launch", at: 9 * HOUR, how: "stray", type: "i4i.large", market: "on-demand", count: 1 },
    { does: "lose-ticks", at: 9 * HOUR + 600_000, count: 1 },
  ],
};
