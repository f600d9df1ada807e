import { fileURLToPath } from "node:url";
import { reportedChecks, type Reported, type ReportedContext } from "../../cli/checks/reported.ts";
import { verdicts, type Verdict } from "../../cli/checks/verdicts.ts";
import { workflowsIn } from "../../cli/checks/workflow-files.ts";
import type { WorkflowFile } from "../../cli/checks/workflow.ts";

/** Checkouts that hold the workflows of the four systems. */
export const SYSTEMS = fileURLToPath(new URL("workflows", import.meta.url));

export function system(name: string): WorkflowFile[] {
  return workflowsIn(`${SYSTEMS}/${name}`);
}

/** Workflows by the name of their file, without the folder. */
export function files(texts: Readonly<Record<string, string>>): WorkflowFile[] {
  return Object.entries(texts).map(([name, text]) => ({ path: `.github/workflows/${name}`, text }));
}

/** A workflow of jobs that do nothing; each job is the YAML below its id. */
export function workflow(on: string, jobs: Readonly<Record<string, string>>): string {
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => `    ${line}`)
      .join("\n");
  const bodies = Object.entries(jobs).map(([id, body]) => {
    const steps = body.includes("uses:") ? "" : "\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]";
    return `  ${id}:\n${lines(body === "" ? "timeout-minutes: 5" : body)}${steps}\n`;
  });
  return `${on}\njobs:\n${bodies.join("")}`;
}

export const MAIN = { branch: "main", mergeQueue: false } as const;

export function judged(
  texts: readonly WorkflowFile[],
  required: readonly string[],
  context: Partial<ReportedContext> = {},
  apps: Readonly<Record<string, string>> = {},
): Promise<Verdict[]> {
  const whole = { ...MAIN, ...context };
  return reportedChecks(texts, whole).then((reported) => verdicts(required, reported, apps, whole));
}

/** `STATUS NAME: MESSAGE`, without the folder of workflows. */
export function lines(said: readonly Verdict[]): string[] {
  return said.map(({ status, required, message }) =>
    `${status} ${required}: ${message}`.replaceAll(".github/workflows/", ""),
  );
}

/** Names of a report, each once, in order. */
export function names({ checks }: Reported): string[] {
  return [...new Set(checks.map(({ name }) => name))];
}
