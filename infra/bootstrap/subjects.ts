import type { GithubSettings } from "./settings/schema.ts";

/** Issuer of GitHub's tokens; the provider's ARN and the names of its claims in IAM conditions are made of it. */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** The audience that AWS's own action asks GitHub for. */
export const AUDIENCE = "sts.amazonaws.com";

/**
 * The branch whose runs may take a role by an environment. GitHub's rules for the environment say the same; but where
 * nobody has made one, the first job that names it makes it, open to every branch. AWS knows this claim since January
 * 2026 ("Available keys for AWS OIDC federation", GitHub).
 */
export const TRUSTED_REF = "refs/heads/main";

/** What of a repository's workflows may take a role: the end of the token's subject. */
export type Context = "pull_request" | `environment:${string}`;

/**
 * Every subject of a context that is trusted, letter by letter. GitHub writes the first form for repositories
 * from before July 15, 2026, and the second, with ids that never return, for those created, renamed or
 * transferred since, and for those that opted in. Which of them a repository's tokens carry can change in a
 * day, and two whole texts are as narrow as one. Source: GitHub's documentation, "OpenID Connect", immutable
 * subject claims.
 */
export function subjectsOf({ repository, ids, trustNames }: GithubSettings, context: Context): string[] {
  const [owner = "", name = ""] = repository.split("/");
  return [
    ...(trustNames ? [`repo:${owner}/${name}:${context}`] : []),
    ...(ids === undefined
      ? []
      : [`repo:${owner}@${String(ids.owner)}/${name}@${String(ids.repository)}:${context}`]),
  ];
}
