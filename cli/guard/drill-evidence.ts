import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DAY, SECOND } from "../../runtime/guard/time.ts";
import { exitCodeOf } from "../checklist.ts";
import { codeInTable } from "../comment/markdown.ts";
import { EXIT } from "../exit-codes.ts";
import { unlessMissing, type DrillStep } from "./drill.ts";
import type { DrillPorts } from "./drill-ports.ts";

/** What a drill showed: what, when, how long. */
export interface Evidence {
  readonly environment: string;
  readonly account: string;
  readonly by: string;
  /** The slot that was started and stopped; absent where nothing was. */
  readonly live?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly steps: readonly DrillStep[];
}

/** How long the table keeps a drill. The files are the evidence; the table says when the last one was. */
const KEPT_MS = 400 * DAY;

/** Writes JSON and Markdown beside each other, and leaves the result in the guard's table. */
export async function keepEvidence(
  { table }: Pick<DrillPorts, "table">,
  evidence: Evidence,
  folder: string,
): Promise<readonly string[]> {
  const stamp = new Date(evidence.startedAt).toISOString().slice(0, 19).replaceAll(":", "");
  const path = join(folder, `drill-${evidence.environment}-${stamp}`);
  await mkdir(folder, { recursive: true });
  const files = [
    [`${path}.json`, `${JSON.stringify(evidenceJson(evidence), undefined, 2)}\n`],
    [`${path}.md`, evidenceMarkdown(evidence)],
  ] as const;
  for (const [file, text] of files) await writeFile(file, text);
  const { by, live, startedAt, endedAt, steps } = evidence;
  const failed = steps.filter(({ status }) => status !== "ok" && status !== "skipped").map(({ id }) => id);
  const result = { by, live: live ?? null, ok: failed.length === 0, failed, ms: endedAt - startedAt };
  // Without a table a step has failed already, and says so; the files are the evidence.
  await table.keepDrill(startedAt, result, Math.floor((startedAt + KEPT_MS) / SECOND)).catch(unlessMissing);
  return files.map(([file]) => file);
}

const iso = (at: number): string => new Date(at).toISOString();

/** Times as ISO 8601, lengths in milliseconds. */
export function evidenceJson({ startedAt, endedAt, steps, live, ...rest }: Evidence): unknown {
  return {
    ...rest,
    live: live ?? null,
    ok: exitCodeOf(steps) === EXIT.ok,
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
    steps: steps.map(({ startedAt: began, calls, ...step }) => ({
      ...step,
      startedAt: iso(began),
      calls: calls.map(({ at, ...call }) => ({ ...call, at: iso(at) })),
    })),
  };
}

export function evidenceMarkdown(evidence: Evidence): string {
  const { environment, account, by, live, startedAt, endedAt, steps } = evidence;
  const ok = exitCodeOf(steps) === EXIT.ok;
  const calls = steps.flatMap((step) => step.calls.map((call) => ({ ...call, step: step.title })));
  return [
    `# Drill of the money guard: ${environment}`,
    "",
    `${ok ? "Every step is well." : "**Not every step is well.**"} Account ${account}, by ${by}, ${iso(startedAt)}, ${seconds(endedAt - startedAt)}.`,
    live === undefined
      ? "Dry: nothing was changed. Each change was a question to IAM for the guard's role, and to EC2 as a dry run."
      : `Live: slot ${live} was started and stopped; everything else was a question that changes nothing.`,
    "",
    "| step | result | found | began | took |",
    "| --- | --- | --- | --- | --- |",
    ...steps.map(
      ({ title, status, found, startedAt: began, ms }) =>
        `| ${title} | ${status} | ${cell(found)} | ${iso(began)} | ${seconds(ms)} |`,
    ),
    ...(calls.length === 0
      ? []
      : [
          "",
          "## Calls that were tried",
          "",
          "| step | call | result | took |",
          "| --- | --- | --- | --- |",
          ...calls.map(
            ({ step, call, refused, ms }) =>
              `| ${step} | ${codeInTable(call)} | ${cell(refused ?? "would go through")} | ${seconds(ms)} |`,
          ),
        ]),
    "",
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", "<br>");
}

function seconds(ms: number): string {
  return `${(ms / SECOND).toFixed(1)} s`;
}
