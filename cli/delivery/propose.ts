import type { GitHub } from "../github-client.ts";
import type { RepositoryName } from "./repository.ts";

/** A change of one file, to be made by a pull request. */
export interface Proposal {
  /** Path in the repository. */
  readonly path: string;
  readonly text: string;
  readonly branch: string;
  /** Branch it is to be merged into. */
  readonly base: string;
  /** Commit on the base from which the text was made. */
  readonly commit: string;
  readonly title: string;
  readonly body: string;
}

/**
 * Opens the change as a pull request, or finds the one that is open for the branch; a branch from an earlier attempt is
 * moved to the commit first. By the API and not by `git push`: no token lies in a checkout, and GitHub signs the commit.
 *
 * @returns address of the pull request
 */
export async function propose(
  client: GitHub,
  { owner, repo }: RepositoryName,
  { path, text, branch, base, commit, title, body }: Proposal,
): Promise<string> {
  const repository = { owner, repo };
  const { data: open } = await client.rest.pulls.list({
    ...repository,
    state: "open",
    head: `${owner}:${branch}`,
    base,
  });
  const [known] = open;
  // Moving the branch of an open one back to its base would close it.
  if (known === undefined) await placeBranch(client, repository, branch, commit);
  const { data: file } = await client.rest.repos.getContent({ ...repository, path, ref: branch });
  if (Array.isArray(file)) throw new Error(`${path} is a folder in ${owner}/${repo}`);
  await client.rest.repos.createOrUpdateFileContents({
    ...repository,
    path,
    branch,
    sha: file.sha,
    message: title,
    content: Buffer.from(text).toString("base64"),
  });
  if (known !== undefined) return known.html_url;
  const { data } = await client.rest.pulls.create({ ...repository, head: branch, base, title, body });
  return data.html_url;
}

async function placeBranch(
  client: GitHub,
  repository: RepositoryName,
  branch: string,
  sha: string,
): Promise<void> {
  try {
    await client.rest.git.createRef({ ...repository, ref: `refs/heads/${branch}`, sha });
  } catch (error) {
    // 422 is what GitHub answers where the branch is there already.
    if (!(error instanceof Error && "status" in error && error.status === 422)) throw error;
    await client.rest.git.updateRef({ ...repository, ref: `heads/${branch}`, sha, force: true });
  }
}
