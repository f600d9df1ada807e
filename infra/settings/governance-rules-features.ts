import type { GovernanceSettings } from "./governance.ts";
import type { RepositoryContext } from "./governance-rules.ts";
import type { Broken } from "./rules.ts";

/** What the owner's GitHub plan or kind does not offer, each rule with its page in GitHub's documentation (FM-60). */

const PLANS = {
  user: ["free", "pro"],
  organization: ["free", "team", "enterprise"],
} as const;

/** Source: "GitHub's plans". */
export function* planProblems({ owner, ownerKind, plan }: GovernanceSettings): Generator<Broken> {
  const plans: readonly string[] = PLANS[ownerKind];
  if (!plans.includes(plan))
    yield [
      "governance.plan",
      plan,
      `must be ${plans.join(" or ")}: ${owner} is ${ownerKind === "user" ? "a user" : "an organization"}`,
    ];
}

export function* featureProblems(context: RepositoryContext): Generator<Broken> {
  yield* visibilityProblems(context);
  yield* privateProblems(context);
  yield* environmentProblems(context);
  yield* ownerProblems(context);
  yield* mergeQueueProblems(context);
}

/** Source: "About repositories", repository visibility. */
function* visibilityProblems({ governance, repository, path }: RepositoryContext): Generator<Broken> {
  if (repository.details.visibility !== "internal" || governance.plan === "enterprise") return;
  yield [`${path}.details.visibility`, "internal", "needs an organization with plan: enterprise"];
}

function* privateProblems({ governance, repository, path }: RepositoryContext): Generator<Broken> {
  if (repository.details.visibility === "public") return;
  const kind = repository.details.visibility;
  if (governance.plan === "free") {
    const needs = `needs ${governance.ownerKind === "user" ? "plan: pro" : "plan: team or enterprise"} on a ${kind} repository`;
    // Sources: "About protected branches"; "About rulesets", availability.
    for (const pattern of Object.keys(repository.branches))
      yield [`${path}.branches.${pattern}`, undefined, needs];
    // Source: "About code owners", availability.
    if (repository.codeOwners !== undefined) yield [`${path}.codeOwners`, undefined, needs];
    // Source: "Managing environments for deployment", availability.
    for (const name of Object.keys(repository.environments))
      yield [`${path}.environments.${name}`, undefined, needs];
  }
  // Source: "About secret scanning", availability: private repositories of organizations with Secret Protection.
  if (governance.plan === "team" || governance.plan === "enterprise") return;
  for (const feature of ["secretScanning", "pushProtection"] as const)
    if (repository[feature] === true)
      yield [
        `${path}.${feature}`,
        true,
        `needs an organization with plan: team or enterprise on a ${kind} repository`,
      ];
}

/** Source: "Deployments and environments", deployment protection rules: on private repositories of enterprises only. */
function* environmentProblems({ governance, repository, path }: RepositoryContext): Generator<Broken> {
  if (repository.details.visibility === "public" || governance.plan === "enterprise") return;
  const needs = `needs plan: enterprise on a ${repository.details.visibility} repository`;
  for (const [name, { reviewers, waitMinutes }] of Object.entries(repository.environments)) {
    const at = `${path}.environments.${name}`;
    if (reviewers !== undefined) yield [`${at}.reviewers`, reviewers, needs];
    if (waitMinutes > 0) yield [`${at}.waitMinutes`, waitMinutes, needs];
  }
}

/** Source: "About protected branches": actors belong to lists of repositories of organizations only. */
function* ownerProblems({ governance, repository, path }: RepositoryContext): Generator<Broken> {
  const { owner, ownerKind } = governance;
  for (const [pattern, branch] of Object.entries(repository.branches)) {
    for (const list of ["pushers", "bypass"] as const) {
      const actors = branch[list];
      if (actors === undefined) continue;
      const at = `${path}.branches.${pattern}.${list}`;
      if (ownerKind === "user")
        yield [at, actors, `is for repositories of organizations only; ${owner} is a user`];
      else yield* foreignTeams(at, actors, owner);
    }
  }
  if (ownerKind === "organization") return;
  for (const [name, { reviewers }] of Object.entries(repository.environments))
    if (reviewers !== undefined && reviewers.teams.length > 0)
      yield [
        `${path}.environments.${name}.reviewers.teams`,
        reviewers.teams,
        `are for repositories of organizations only; ${owner} is a user`,
      ];
}

function* foreignTeams(path: string, actors: readonly string[], owner: string): Generator<Broken> {
  for (const [index, actor] of actors.entries()) {
    const [, organization] = /^([^/]+)\//.exec(actor) ?? [];
    if (organization === undefined || organization.toLowerCase() === owner.toLowerCase()) continue;
    yield [`${path}[${String(index)}]`, actor, `must be a team of ${owner}, which owns the repository`];
  }
}

/** Source: "Managing a merge queue", availability. */
function* mergeQueueProblems({ governance, repository, path }: RepositoryContext): Generator<Broken> {
  const { ownerKind, plan } = governance;
  const offered =
    ownerKind === "organization" && (repository.details.visibility === "public" || plan === "enterprise");
  if (offered) return;
  for (const [pattern, { mergeQueue }] of Object.entries(repository.branches))
    if (mergeQueue)
      yield [
        `${path}.branches.${pattern}.mergeQueue`,
        mergeQueue,
        "needs a public repository of an organization, or plan: enterprise",
      ];
}
