import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/engine-plans.ts";

/** Event log of a real preview of `program`, from its first edition to the later one, as `recorded.test.ts` keeps it. */
export const RECORDED = join(ROOT, "test/comment/recorded/preview.ndjson");

/** Each line of a log as it is kept: without times, debug messages, warnings of this machine, and its paths. */
export function keepable(log: string): string {
  const lines = log
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter((event) => !isNoise(event))
    .map((event, sequence) => JSON.stringify({ ...Object(event), sequence, timestamp: 0 }, withoutTimes));
  return `${lines.join("\n").replaceAll(`${ROOT}policies`, "policies").replaceAll(ROOT, "")}\n`;
}

function isNoise(event: unknown): boolean {
  if (typeof event !== "object" || event === null || !("diagnosticEvent" in event)) return false;
  return !JSON.stringify(event.diagnosticEvent).includes('"severity":"error"');
}

function withoutTimes(key: string, value: unknown): unknown {
  return key === "durationSeconds" ? 0 : value;
}

export function recordedLog(): string {
  return readFileSync(RECORDED, "utf8");
}
