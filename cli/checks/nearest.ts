import { distance } from "fastest-levenshtein";
import type { Reported, ReportedCheck } from "./reported.ts";

/** What somebody who wrote a name that nothing reports probably meant. */
export interface Suggestion {
  readonly names: readonly string[];
  readonly message: string;
}

/** The right names for a wrong one: by the job's id, by how GitHub's page shows it, by its letters. */
export function suggest(required: string, { checks }: Pick<Reported, "checks">): Suggestion | undefined {
  // Names that a pull request gets come first, so that they are the ones proposed.
  const candidates = [...checks.filter(isNear), ...checks.filter((check) => !isNear(check))];
  return (
    byJobId(required, candidates) ??
    byMatrix(required, candidates) ??
    byCall(required, candidates) ??
    byPage(required, candidates) ??
    byLetters(required, candidates)
  );
}

function isNear({ trigger, obstacles }: ReportedCheck): boolean {
  return trigger !== "other" && trigger !== "merge_group" && obstacles.length === 0;
}

function byJobId(required: string, checks: readonly ReportedCheck[]): Suggestion | undefined {
  const [, id = required, values] = /^(\S+) (\(.+\))$/.exec(required) ?? [];
  const direct = checks.filter(({ job }) => same(job, id) || isWithin(job, id));
  const own = direct.length > 0 ? direct : checks.filter(({ job }) => same(job.split("/").at(-1) ?? job, id));
  const near = own.filter(isNear);
  const shown = near.length > 0 ? near : own;
  const names = namesOf(shown);
  const meant =
    values === undefined
      ? names
      : names.filter((name) => name.split(" / ").some((part) => part.endsWith(` ${values}`)));
  const found = meant.length > 0 ? meant : names;
  if (found.length === 0) return undefined;
  const calls = shown.every(({ job }) => isWithin(job, id)) ? " calls a workflow and" : "";
  return { names: found, message: `the job \`${id}\`${calls} is reported as ${quoted(found)}` };
}

/** True for a job of the workflow that a job calls. */
function isWithin(job: string, caller: string): boolean {
  return job.toLowerCase().startsWith(`${caller.toLowerCase()}/`);
}

/** The name of a job that calls a workflow, without the names of the jobs that it calls. */
function byCall(required: string, checks: readonly ReportedCheck[]): Suggestion | undefined {
  const own = checks.filter(({ name }) => name.toLowerCase().startsWith(`${required.toLowerCase()} / `));
  const near = own.filter(isNear);
  const names = namesOf(near.length > 0 ? near : own);
  if (names.length === 0) return undefined;
  return { names, message: `it names a job that calls a workflow and is reported as ${quoted(names)}` };
}

/** The name of a job with a matrix, without the values that GitHub puts behind it. */
function byMatrix(required: string, checks: readonly ReportedCheck[]): Suggestion | undefined {
  const names = namesOf(
    checks.filter(({ name }) => name.toLowerCase().startsWith(`${required.toLowerCase()} (`)),
  );
  if (names.length === 0) return undefined;
  return { names, message: `the job has a matrix and is reported as ${quoted(names)}` };
}

/** GitHub's page shows `WORKFLOW / NAME (EVENT)`; the check is called NAME. */
function byPage(required: string, checks: readonly ReportedCheck[]): Suggestion | undefined {
  const bare = required.replace(/ \((pull_request(_target)?|push|merge_group)\)$/, "");
  const names = namesOf(
    checks.filter(({ name, workflowName }) => same(bare, `${workflowName} / ${name}`) || same(bare, name)),
  );
  if (names.length === 0) return undefined;
  const message = same(required, names[0] ?? "")
    ? `capitals count: it is reported as ${quoted(names)}`
    : `GitHub's page shows the workflow and the event around a name; the check is called ${quoted(names)}`;
  return { names, message };
}

function byLetters(required: string, checks: readonly ReportedCheck[]): Suggestion | undefined {
  const limit = Math.min(Math.max(1, Math.floor(required.length / 3)), required.length - 1);
  const near = checks
    .flatMap((check) => {
      const spellings = [check.name, check.job, `${check.workflowName} / ${check.name}`];
      const far = Math.min(...spellings.map((text) => distance(required.toLowerCase(), text.toLowerCase())));
      return far <= limit ? [{ check, far }] : [];
    })
    .sort((a, b) => a.far - b.far);
  const [nearest] = near;
  if (nearest === undefined) return undefined;
  const names = [nearest.check.name];
  return { names, message: `no workflow reports it; did you mean ${quoted(names)}?` };
}

function namesOf(checks: readonly ReportedCheck[]): string[] {
  return [...new Set(checks.map(({ name }) => name))];
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => `\`${name}\``);
  const more = names.length > shown.length ? [`${String(names.length - shown.length)} more`] : [];
  return [...shown, ...more].join(", ");
}

function same(first: string, second: string): boolean {
  return first.toLowerCase() === second.toLowerCase();
}
