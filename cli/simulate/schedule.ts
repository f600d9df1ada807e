import { Cron } from "croner";
import type { Scenario } from "./scenario.ts";

const knownRuns = new WeakMap<Scenario, Map<string, readonly number[]>>();

/**
 * When a schedule starts or stops its slots, up to the first time after the end. Worked out once for a scenario:
 * its worlds with and without the guard have the same.
 */
export function runsOf(
  scenario: Scenario,
  kind: "start" | "stop",
  from: number,
  to: number,
): readonly number[] {
  const known = knownRuns.get(scenario) ?? new Map<string, readonly number[]>();
  const runs = known.get(kind) ?? cronRuns(scenario.schedule, kind, from, to);
  knownRuns.set(scenario, known.set(kind, runs));
  return runs;
}

function cronRuns(
  schedule: Scenario["schedule"],
  kind: "start" | "stop",
  from: number,
  to: number,
): readonly number[] {
  if (schedule === undefined) return [];
  const cron = new Cron(schedule[kind], { timezone: schedule.timeZone, paused: true });
  const runs: number[] = [];
  for (let at = from; at <= to;) {
    at = cron.nextRun(new Date(at))?.getTime() ?? Infinity;
    runs.push(at);
  }
  return runs;
}
