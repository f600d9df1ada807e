import { loginOf, type RepositoryName } from "../delivery/repository.ts";
import type { GitHub } from "../github-client.ts";

/** Begins the comment and tells it from all others; GitHub does not show it. */
export const MARKER = "<!-- proving-ground: plan -->";

/** GitHub's limit for the body of a comment, characters. */
export const MOST_CHARACTERS = 65_536;

export interface PullRequest extends RepositoryName {
  readonly number: number;
}

/**
 * Writes the one comment: changes it where it is there, on whatever page of comments, else adds it. Only comments of
 * the token's own login count: a body with the marker may be planted by anybody, who could then edit the verdict.
 * Later ones of two runs at once are removed.
 *
 * @param body begins with the marker
 * @returns address of the comment
 */
export async function upsertComment(
  client: GitHub,
  { owner, repo, number }: PullRequest,
  body: string,
  environment?: NodeJS.ProcessEnv,
): Promise<string> {
  const login = await loginOf(client, environment);
  const comments = await client.paginate(client.rest.issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  const [first, ...surplus] = comments.filter(
    (comment) => comment.user?.login === login && comment.body?.startsWith(MARKER) === true,
  );
  for (const { id } of surplus) await client.rest.issues.deleteComment({ owner, repo, comment_id: id });
  const { data } =
    first === undefined
      ? await client.rest.issues.createComment({ owner, repo, issue_number: number, body })
      : await client.rest.issues.updateComment({ owner, repo, comment_id: first.id, body });
  return data.html_url;
}
