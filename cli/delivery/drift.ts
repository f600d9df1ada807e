import { code } from "../comment/markdown.ts";
import { joinWithin } from "../comment/limit.ts";
import { MOST_CHARACTERS } from "../comment/sticky.ts";
import type { GitHub } from "../github-client.ts";
import { loginOf, type RepositoryName } from "./repository.ts";
import { count, type Run } from "./run.ts";

/** What was done about an environment's issue. */
export interface DriftReport {
  readonly done: "opened" | "updated" | "closed" | "none";
  readonly url?: string;
}

/** Begins the issue of an environment and tells it from all others; GitHub does not show it. */
export function driftMarker(stack: string): string {
  return `<!-- proving-ground: drift of ${stack} -->`;
}

/** The issue's body: what in the account is not as the program says. Names only, no values. */
export function renderDrift({ stack, changes }: Run, runUrl: string | undefined): string {
  const head = [
    driftMarker(stack),
    `The account differs from what was deployed as ${code(stack)}: ${count(changes.length, "resource")}.`,
    "The next deployment would undo it like this:",
    "",
    "",
  ].join("\n");
  const foot = [
    "",
    "What to do:",
    "",
    `1. Was it a mistake, or somebody in the console? Deploy ${code(stack)} again: it puts everything back.`,
    "2. Was it meant? Change the stack file to match, by a pull request.",
    `3. Then \`pulumi preview --stack ${stack} --refresh --expect-no-changes\` ends with 0, and the next run closes this issue.`,
    "",
    runUrl === undefined ? "" : `<sub>[run](${runUrl})</sub>`,
  ].join("\n");
  const rows = changes.map(({ kind, type, name, properties }) => {
    const which = properties.length === 0 ? "" : `: ${properties.map(code).join(", ")}`;
    return `- ${kind} ${code(name)} ${code(type)}${which}`;
  });
  const block = {
    before: "",
    rows,
    after: "",
    leftOut: (missing: number) => `- … and ${String(missing)} more, in the log of the run\n`,
  };
  return `${head}${joinWithin(MOST_CHARACTERS - head.length - foot.length, [block])}${foot}`;
}

/**
 * Keeps one open issue per environment while there is drift: opens it, brings it up to date, closes it. An issue of
 * another login is left alone, as with comments.
 */
export async function reportDrift(
  client: GitHub,
  repository: RepositoryName,
  run: Run,
  runUrl: string | undefined,
  environment?: NodeJS.ProcessEnv,
): Promise<DriftReport> {
  const login = await loginOf(client, environment);
  const issues = await client.paginate(client.rest.issues.listForRepo, {
    ...repository,
    state: "open",
    per_page: 100,
  });
  const [first, ...surplus] = issues
    .filter(
      ({ pull_request: pullRequest, user, body }) =>
        pullRequest === undefined &&
        user?.login === login &&
        body?.startsWith(driftMarker(run.stack)) === true,
    )
    .sort((a, b) => a.number - b.number);
  const close = async (number: number) => {
    const where = { ...repository, issue_number: number };
    await client.rest.issues.update({ ...where, state: "closed", state_reason: "completed" });
  };
  for (const { number } of surplus) await close(number);

  if (run.changes.length === 0) {
    if (first === undefined) return { done: "none" };
    await client.rest.issues.createComment({
      ...repository,
      issue_number: first.number,
      body: `The drift is gone.${runUrl === undefined ? "" : ` <sub>[run](${runUrl})</sub>`}`,
    });
    await close(first.number);
    return { done: "closed", url: first.html_url };
  }
  const text = { title: `Drift: ${run.stack} is not as deployed`, body: renderDrift(run, runUrl) };
  const { data } =
    first === undefined
      ? await client.rest.issues.create({ ...repository, ...text })
      : await client.rest.issues.update({ ...repository, issue_number: first.number, ...text });
  return { done: first === undefined ? "opened" : "updated", url: data.html_url };
}
