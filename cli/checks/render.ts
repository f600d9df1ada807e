import { Scalar, stringify } from "yaml";
import { renderChecklist, type CheckLine } from "../checklist.ts";
import { hasRefused, type Judged, type JudgedBranch } from "./judge.ts";
import { inLog, jsonInLog } from "./printing.ts";
import { isRefused, type Verdict } from "./verdicts.ts";
import { describeProblem } from "./workflow.ts";

/** The verdicts for people: a table for each branch, and the corrected list where one is needed. */
export function renderJudged(judged: readonly Judged[], width = 100): string {
  return judged.map((one) => renderOne(one, width)).join("\n");
}

function renderOne({ repository, files, branches, problems }: Judged, width: number): string {
  const title = `${repository ?? "workflows"}: ${count(files, "workflow")}`;
  const faults = problems.map((problem) => inLog(`GitHub does not run ${describeProblem(problem)}`));
  return [title, ...faults, "", ...branches.map((branch) => renderBranch(branch, width))].join("\n");
}

function renderBranch(branch: JudgedBranch, width: number): string {
  const { branch: name, mergeQueue, verdicts, available, unreadable } = branch;
  const title = `${inLog(name)}${mergeQueue ? " (merge queue)" : ""}`;
  if (verdicts.length === 0) {
    const names = available.map((check) => `  ${inLog(check)}`);
    return [
      `${title}: no check is required. Reported on every pull request, so that it can be:`,
      ...names,
      ...(unreadable.length === 0 ? [] : ["Not readable, so that their names are not in the list:"]),
      ...unreadable.map(({ job, workflow, reason }) => `  ${inLog(`${job} in ${workflow}: ${reason}`)}`),
      "",
    ].join("\n");
  }
  return [
    `${title}: ${count(verdicts.length, "required check")}`,
    renderChecklist(verdicts.map(lineOf), width),
    ...shapes(branch),
    ...proposal(branch),
  ].join("\n");
}

function lineOf({ required, status, message, fix, warnings }: Verdict): CheckLine {
  const refused = status !== "reported" && status !== "declared";
  return {
    id: required,
    title: inLog(required),
    status: status === "unreadable" ? "unknown" : refused ? "failed" : warnings.length > 0 ? "warning" : "ok",
    found: inLog([message, ...warnings].join("; ")),
    ...(fix === undefined ? {} : { fix: inLog(fix) }),
  };
}

/** Below the table, which would break their lines. */
function shapes({ verdicts }: JudgedBranch): string[] {
  return verdicts.flatMap(({ required, shape }) =>
    shape === undefined ? [] : [inLog(`The usual shape, here for ${required}:`), indented(shape), ""],
  );
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${inLog(line)}`)
    .join("\n");
}

/** The list to paste, as YAML. What needs a change of a workflow first stands in it as a comment. */
function proposal(branch: JudgedBranch): string[] {
  const refused = branch.verdicts.filter(isRefused);
  if (refused.length === 0) return [];
  const held = refused.filter(({ proposed }) => proposed.length === 0);
  return [
    `To require instead, under branches.${inLog(branch.key ?? branch.branch)} in the stack file:`,
    proposedYaml(branch).trimEnd(),
    ...held.map(({ required }) => `  # ${inLog(required)}: see above`),
    "",
  ];
}

/** `checks:` with the corrected names, ready to paste. */
export function proposedYaml({ proposed }: Pick<JudgedBranch, "proposed">): string {
  // In quotes YAML has escapes for what a log must not hold as it is.
  const names = proposed.map((name) => {
    const scalar = new Scalar(name);
    if (name.includes("##[")) scalar.type = Scalar.QUOTE_DOUBLE;
    return scalar;
  });
  return stringify({ checks: names }, { lineWidth: 0 }).replaceAll("##[", "#\\x23[");
}

/** The same for scripts. */
export function judgedJson(judged: readonly Judged[]): string {
  const ok = !judged.some(hasRefused);
  return `${jsonInLog({ ok, repositories: judged })}\n`;
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? "" : "s"}`;
}
