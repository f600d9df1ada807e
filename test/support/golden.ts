import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readHostProgram } from "../../infra/host-program.ts";
import type { Plan } from "../../model/plan.ts";
import { ROOT } from "./plans.ts";

const FOLDER = join(ROOT, "test/golden");

/** Lines of a difference that a failing test shows; a new policy document or slot changes hundreds. */
const LINES_SHOWN = 40;

/**
 * A plan as the golden files keep it: the hash of the host programs, which changes with every build,
 * is put as `<sha256>`, user data and files of archives are shown as their lines of text, and URNs stand
 * without the beginning that all of them share.
 */
export function goldenText(plan: Plan): string {
  const hash = readHostProgram().sha256;
  const readable = JSON.stringify(plan, decodeUserData, 1);
  return `${readable.replaceAll(hash, "<sha256>").replaceAll(`urn:pulumi:${plan.stack}::${plan.project}::`, "")}\n`;
}

function decodeUserData(key: string, value: unknown): unknown {
  // The text of a file in an archive.
  if (key === "text" && typeof value === "string") return value.split("\n");
  if (key !== "userData" || typeof value !== "string") return value;
  const text = Buffer.from(value, "base64").toString();
  assert.equal(Buffer.from(text).toString("base64"), value, "user data is base64 of UTF-8 text");
  return text.split("\n");
}

/** Compares with the reviewed file of that name, or writes it where the run was asked to. */
export function assertGolden(name: string, actual: string): void {
  const file = join(FOLDER, `${name}.json`);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  const expected = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (actual === expected) return;
  assert.fail(
    [
      `The plan of ${name} differs from test/golden/${name}.json (- reviewed, + now):`,
      shortDiff(expected, actual),
      "If the change is meant, run `npm run test:golden`, read the difference with `git diff test/golden`, and commit it.",
    ].join("\n"),
  );
}

/** The lines around the first and the last difference of two texts, shortened in the middle. */
export function shortDiff(expected: string, actual: string): string {
  const [before, after] = [expected.split("\n"), actual.split("\n")];
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let same = 0;
  while (
    same < Math.min(before.length, after.length) - start &&
    before.at(-1 - same) === after.at(-1 - same)
  ) {
    same += 1;
  }
  const removed = before.slice(start, before.length - same).map((line) => `- ${line}`);
  const added = after.slice(start, after.length - same).map((line) => `+ ${line}`);
  const context = before.slice(Math.max(0, start - 3), start).map((line) => `  ${line}`);
  return [`  @ line ${String(start + 1)}`, ...context, ...shortened(removed), ...shortened(added)].join("\n");
}

function shortened(lines: readonly string[]): string[] {
  const half = LINES_SHOWN / 2;
  if (lines.length <= half) return [...lines];
  return [...lines.slice(0, half), `  … ${String(lines.length - half)} lines more`];
}
