/**
 * `node --import tsx scripts/planted-faults.ts`: plants deliberate faults in the guard's meter, decide and act, one by one, on a copy in
 * a temporary folder, and runs the guard's tests on each. A fault that no test catches fails the script: the tests
 * then promise more than they hold. With `--write` the table goes into docs/guard.md. With `--only <text>`, which may be
 * repeated, only faults whose title holds the text are planted; with `--check` none is, and the script fails where the code that one
 * alters is not there any more.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format, resolveConfig } from "prettier";
import { PLANTED_FAULTS, type PlantedFault } from "./planted-faults-list.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DOC = join(ROOT, "docs/guard.md");
const MARKS = [
  "<!-- planted faults: made by scripts/planted-faults.ts -->",
  "<!-- end of planted faults -->",
] as const;

/** What the guard's code and its tests need; nothing else is copied. */
const COPIED = [
  "runtime",
  "pricing",
  "model",
  "cli",
  "infra",
  "test/guard",
  "test/support",
  "package.json",
  "tsconfig.json",
];

/** Two at a time: a run is bound by one core. */
const AT_ONCE = 2;

interface Caught {
  readonly fault: PlantedFault;
  /** Titles of the tests that failed; none where nobody noticed. */
  readonly by: readonly string[];
}

async function runTests(fault: PlantedFault | undefined): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "planted-fault-"));
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    if (fault !== undefined) plant(folder, fault);
    return await failedTests(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file with the fault in it; undefined where the code to be altered is not there exactly once. */
function altered(folder: string, { file, from, to }: PlantedFault): string | undefined {
  const source = readFileSync(join(folder, "runtime/guard", file), "utf8");
  return source.split(from).length === 2 ? source.replace(from, () => to) : undefined;
}

function plant(folder: string, fault: PlantedFault): void {
  const source = altered(folder, fault);
  if (source === undefined) throw new Error(outdated(fault));
  writeFileSync(join(folder, "runtime/guard", fault.file), source);
}

function outdated({ file, what, from }: PlantedFault): string {
  return `${what}: runtime/guard/${file} does not hold exactly once: ${from}`;
}

/** Mocha, not the project's reporter: its JSON names what failed. */
function failedTests(folder: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        join(ROOT, "node_modules/mocha/bin/mocha.js"),
        ...["--no-config", "--reporter", "json", "--timeout", "20000", "test/guard/*.test.ts"],
      ],
      { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", () => {
      const start = stdout.indexOf("{\n");
      if (start < 0) reject(new Error(`the tests did not run:\n${stderr}${stdout}`));
      else resolve(titlesOf(JSON.parse(stdout.slice(start))));
    });
  });
}

function titlesOf(report: unknown): readonly string[] {
  if (typeof report !== "object" || report === null || !("failures" in report)) return [];
  const { failures } = report;
  if (!Array.isArray(failures)) return [];
  return failures.map((failure: { readonly fullTitle?: string }) => failure.fullTitle ?? "?");
}

function table(caught: readonly Caught[]): string {
  const rows = caught.map(
    ({ fault, by }) =>
      `| ${fault.part} | ${fault.what} | ${String(by.length)} | ${(by[0] ?? "NOT CAUGHT").replaceAll("|", "\\|")} |`,
  );
  return [
    "| part | planted fault | tests that fail | the first of them |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

async function writeDoc(text: string): Promise<void> {
  const doc = readFileSync(DOC, "utf8");
  const [start, end] = [doc.indexOf(MARKS[0]), doc.indexOf(MARKS[1])];
  if (start < 0 || end < start)
    throw new Error(`docs/guard.md has no place for the table: ${MARKS.join(" … ")}`);
  const next = `${doc.slice(0, start)}${MARKS[0]}\n\n${text}\n\n${doc.slice(end)}`;
  writeFileSync(DOC, await format(next, { ...(await resolveConfig(DOC)), filepath: DOC }));
}

async function runAll(faults: readonly PlantedFault[]): Promise<readonly Caught[]> {
  const sound = await runTests(undefined);
  if (sound.length > 0) throw new Error(`The tests fail without any fault: ${sound.join("; ")}`);
  const results: Caught[] = [];
  const queue = faults.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, fault] of queue) {
        const by = await runTests(fault);
        results[index] = { fault, by };
        console.log(
          `${by.length > 0 ? "caught    " : "NOT CAUGHT"} ${fault.part}: ${fault.what} (${String(by.length)} tests)`,
        );
      }
    }),
  );
  const missed = results.filter(({ by }) => by.length === 0);
  console.log(
    `${String(results.length - missed.length)} of ${String(results.length)} planted faults were caught`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
  return results;
}

const { values } = parseArgs({
  options: {
    write: { type: "boolean" },
    check: { type: "boolean" },
    only: { type: "string", multiple: true },
  },
});
const { only = [] } = values;
const unknown = only.filter((text) => !PLANTED_FAULTS.some(({ what }) => what.includes(text)));
if (unknown.length > 0) throw new Error(`--only: no planted fault's title holds ${unknown.join(", nor ")}`);
const chosen =
  only.length === 0
    ? PLANTED_FAULTS
    : PLANTED_FAULTS.filter(({ what }) => only.some((text) => what.includes(text)));
if (values.write === true && only.length > 0)
  throw new Error("--write: the table holds all faults, and --only leaves some out");
// Before any test is run, and all at once: a list that is out of date is known in a second.
const stale = PLANTED_FAULTS.filter((fault) => altered(ROOT, fault) === undefined);
if (stale.length > 0) throw new Error(stale.map(outdated).join("\n"));
if (values.check === true) console.log(`${String(PLANTED_FAULTS.length)} planted faults can be planted`);
else {
  const results = await runAll(chosen);
  if (values.write === true) await writeDoc(table(results));
}
