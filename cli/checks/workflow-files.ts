import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import type { GitHub } from "../github-client.ts";
import type { WorkflowFile } from "./workflow.ts";

/** Where GitHub looks for workflows, and nowhere below. Source: GitHub Docs, "Workflow syntax". */
const FOLDER = ".github/workflows";

/**
 * The workflows of a checkout, or of a folder that holds nothing but workflows.
 *
 * @throws GroundError (exit code 2) where there is no such folder or no workflow in it.
 */
export function workflowsIn(folder: string): WorkflowFile[] {
  const below = join(folder, FOLDER);
  const place = existsSync(below) ? below : folder;
  let names: string[];
  try {
    names = readdirSync(place).filter(isWorkflow).sort();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GroundError(`${folder}: cannot be read as a folder: ${reason}`, EXIT.badConfiguration);
  }
  if (names.length === 0)
    throw new GroundError(
      `${folder}: holds no workflow; it must be a checkout with ${FOLDER}/*.yml, or that folder itself`,
      EXIT.badConfiguration,
    );
  return names.map((name) => ({
    path: `${FOLDER}/${name}`,
    text: readFileSync(join(place, name), "utf8"),
  }));
}

/**
 * The workflows of a repository on its default branch, with those that are switched off marked; none where it has no
 * such folder.
 */
export async function workflowsOnGitHub(
  github: GitHub,
  { owner, repository }: { readonly owner: string; readonly repository: string },
): Promise<WorkflowFile[]> {
  const entries = await listed(github, { owner, repository });
  if (entries.length === 0) return [];
  const off = await switchedOff(github, { owner, repository });
  const limit = pLimit(4);
  return Promise.all(
    entries.map((path) =>
      limit(async () => {
        const disabled = off.get(path);
        const text = await textOf(github, { owner, repo: repository, path });
        return { path, text, ...(disabled === undefined ? {} : { disabled }) };
      }),
    ),
  );
}

/** State by path. Source: GitHub's REST API, "List repository workflows": `state` is active, deleted or disabled_…. */
async function switchedOff(
  github: GitHub,
  { owner, repository: repo }: { readonly owner: string; readonly repository: string },
): Promise<ReadonlyMap<string, string>> {
  const known = await github.paginate(github.rest.actions.listRepoWorkflows, { owner, repo, per_page: 100 });
  return new Map(
    known.flatMap(({ path, state }) => (state.startsWith("disabled_") ? [[path, state] as const] : [])),
  );
}

async function listed(
  github: GitHub,
  { owner, repository }: { readonly owner: string; readonly repository: string },
): Promise<string[]> {
  try {
    const { data } = await github.rest.repos.getContent({ owner, repo: repository, path: FOLDER });
    if (!Array.isArray(data)) return [];
    return data.flatMap(({ type, name, path }) => (type === "file" && isWorkflow(name) ? [path] : [])).sort();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // The same answer for no folder and for no right to see the repository: the second must not pass for the first.
    await refuseHidden(github, { owner, repository });
    return [];
  }
}

async function refuseHidden(
  github: GitHub,
  { owner, repository }: { readonly owner: string; readonly repository: string },
): Promise<void> {
  try {
    await github.rest.repos.get({ owner, repo: repository });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new GroundError(
      `${owner}/${repository}: GitHub shows this token no such repository; check the name, and that the token may read it`,
      EXIT.resourceFailed,
      { cause: error },
    );
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 404;
}

async function textOf(
  github: GitHub,
  file: { readonly owner: string; readonly repo: string; readonly path: string },
): Promise<string> {
  const { data } = await github.rest.repos.getContent(file);
  if (Array.isArray(data) || data.type !== "file" || !("content" in data))
    throw new GroundError(`${file.owner}/${file.repo}: ${file.path} is no file`, EXIT.resourceFailed);
  return Buffer.from(data.content, "base64").toString("utf8");
}

function isWorkflow(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
