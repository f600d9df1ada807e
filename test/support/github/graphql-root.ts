import { z } from "zod";
import { canBeProtected, newProtection } from "./protection.ts";
import type { GitHubState } from "./state.ts";
import type { Owner, Protection, Repository, Team, Token } from "./state-types.ts";

/** An error in the answer beside the data, with GitHub's type. */
export class GraphQLRefusal extends Error {
  override readonly name = "GraphQLRefusal";
  readonly type: "NOT_FOUND" | "UNPROCESSABLE" | "FORBIDDEN" | "INSUFFICIENT_SCOPES";

  constructor(type: GraphQLRefusal["type"], message: string) {
    super(message);
    this.type = type;
  }
}

/** Null is "not said", as in every nullable field of an input. */
const ids = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? undefined);

/** Source: GraphQL, CreateBranchProtectionRuleInput and UpdateBranchProtectionRuleInput. */
const ruleInput = z
  .object({
    pattern: z.string(),
    allowsDeletions: z.boolean(),
    allowsForcePushes: z.boolean(),
    blocksCreations: z.boolean(),
    dismissesStaleReviews: z.boolean(),
    isAdminEnforced: z.boolean(),
    lockBranch: z.boolean(),
    requireLastPushApproval: z.boolean(),
    requiredApprovingReviewCount: z.int().min(0).max(6),
    requiredStatusCheckContexts: z.array(z.string()),
    requiresApprovingReviews: z.boolean(),
    requiresCodeOwnerReviews: z.boolean(),
    requiresCommitSignatures: z.boolean(),
    requiresConversationResolution: z.boolean(),
    requiresLinearHistory: z.boolean(),
    requiresStatusChecks: z.boolean(),
    requiresStrictStatusChecks: z.boolean(),
    restrictsPushes: z.boolean(),
    restrictsReviewDismissals: z.boolean(),
    pushActorIds: ids,
    bypassForcePushActorIds: ids,
    bypassPullRequestActorIds: ids,
    reviewDismissalActorIds: ids,
  })
  .partial();

/** What the fields `Query` and `Mutation` start from; the library calls a function for a field with arguments. */
export function rootOf(state: GitHubState, token: Token) {
  const readable = ({ settings }: Repository): boolean =>
    settings.visibility === "public" || (token.scopes?.includes("repo") ?? true);

  const rules = () =>
    state.repositories.flatMap((repository) =>
      [...repository.protection.values()].map((rule) => ({ repository, rule })),
    );

  const ruleOf = (id: string) => {
    const found = rules().find(({ rule }) => rule.nodeId === id);
    if (found === undefined) throw noNode(id);
    return found;
  };

  const administered = (repository: Repository): void => {
    const isPublic = repository.settings.visibility === "public";
    const { scopes } = token;
    if (scopes !== undefined && !scopes.includes("repo") && !(isPublic && scopes.includes("public_repo")))
      throw new GraphQLRefusal(
        "INSUFFICIENT_SCOPES",
        `Your token has not been granted the required scopes to execute this query. The 'repository' field requires one of the following scopes: ['public_repo', 'repo'], but your token has only been granted the: [${scopes.map((scope) => `'${scope}'`).join(", ")}] scopes.`,
      );
    if (!canBeProtected(repository))
      throw new GraphQLRefusal(
        "FORBIDDEN",
        "Upgrade to GitHub Pro or make this repository public to enable this feature.",
      );
  };

  const repositoryNode = (repository: Repository) => ({
    __typename: "Repository",
    id: repository.nodeId,
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: `${repository.owner.login}/${repository.name}`,
    isPrivate: repository.settings.visibility !== "public",
    branchProtectionRules: ({ first = 100, after }: { first?: number; after?: string | null }) =>
      connection(
        [...repository.protection.values()].map((rule) => ruleNode(repository, rule)),
        first,
        after,
      ),
  });

  const ruleNode = (repository: Repository, rule: Protection): object => {
    const allowances = (actorIds: readonly string[]) => () =>
      connection(
        actorIds.map((id) => ({ actor: actorNode(state, id) })),
        100,
        null,
      );
    return {
      ...rule,
      __typename: "BranchProtectionRule",
      id: rule.nodeId,
      databaseId: rule.id,
      repository: () => repositoryNode(repository),
      pushAllowances: allowances(rule.pushActorIds),
      bypassForcePushAllowances: allowances(rule.bypassForcePushActorIds),
      bypassPullRequestAllowances: allowances(rule.bypassPullRequestActorIds),
      reviewDismissalAllowances: allowances(rule.reviewDismissalActorIds),
    };
  };

  return {
    node: ({ id }: { id: string }) => {
      const repository = state.repositories.find(({ nodeId }) => nodeId === id);
      if (repository !== undefined && readable(repository)) return repositoryNode(repository);
      const { repository: of, rule } = ruleOf(id);
      return ruleNode(of, rule);
    },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = state.findRepository(`${owner}/${name}`);
      if (repository === undefined || !readable(repository))
        throw new GraphQLRefusal(
          "NOT_FOUND",
          `Could not resolve to a Repository with the name '${owner}/${name}'.`,
        );
      return repositoryNode(repository);
    },
    viewer: () => userNode(state.owner(token.login)),
    user: ({ login }: { login: string }) => {
      const owner = state.owners.get(login.toLowerCase());
      if (owner?.kind !== "User")
        throw new GraphQLRefusal("NOT_FOUND", `Could not resolve to a User with the login of '${login}'.`);
      return userNode(owner);
    },
    organization: ({ login }: { login: string }) => {
      const owner = state.owners.get(login.toLowerCase());
      if (owner?.kind !== "Organization")
        throw new GraphQLRefusal(
          "NOT_FOUND",
          `Could not resolve to an Organization with the login of '${login}'.`,
        );
      const team = ({ slug }: { slug: string }) => {
        const found = owner.teams.get(slug);
        return found === undefined ? null : teamNode(owner, found);
      };
      return { __typename: "Organization", id: owner.nodeId, login: owner.login, team };
    },
    createBranchProtectionRule: ({ input }: { input: Record<string, unknown> }) => {
      const { repositoryId } = z.object({ repositoryId: z.string() }).parse(input);
      const repository = state.repositories.find(({ nodeId }) => nodeId === repositoryId);
      if (repository === undefined) throw noNode(repositoryId);
      administered(repository);
      const { pattern } = z.object({ pattern: z.string() }).parse(input);
      if (repository.protection.has(pattern))
        throw new GraphQLRefusal("UNPROCESSABLE", `Name already protected: ${pattern}`);
      const rule = newProtection(state.id(), pattern);
      change(rule, input, repository);
      repository.protection.set(pattern, rule);
      return payload(input, { branchProtectionRule: ruleNode(repository, rule) });
    },
    updateBranchProtectionRule: ({ input }: { input: Record<string, unknown> }) => {
      const { repository, rule } = ruleOf(
        z.object({ branchProtectionRuleId: z.string() }).parse(input).branchProtectionRuleId,
      );
      administered(repository);
      const before = rule.pattern;
      change(rule, input, repository);
      repository.protection.delete(before);
      repository.protection.set(rule.pattern, rule);
      return payload(input, { branchProtectionRule: ruleNode(repository, rule) });
    },
    deleteBranchProtectionRule: ({ input }: { input: Record<string, unknown> }) => {
      const { repository, rule } = ruleOf(
        z.object({ branchProtectionRuleId: z.string() }).parse(input).branchProtectionRuleId,
      );
      administered(repository);
      repository.protection.delete(rule.pattern);
      return payload(input, {});
    },
  };
}

/**
 * Changes what the input names. A repository of a user has no list of those who may push, or pass by a review.
 * Source: "About protected branches", restrict who can push: organizations only.
 */
function change(rule: Protection, input: Record<string, unknown>, { owner }: Repository): void {
  const wanted = ruleInput.parse(input);
  const lists = [wanted.pushActorIds, wanted.bypassPullRequestActorIds, wanted.reviewDismissalActorIds];
  if (
    owner.kind === "User" &&
    (wanted.restrictsPushes === true || lists.some((list) => (list ?? []).length > 0))
  )
    throw new GraphQLRefusal(
      "UNPROCESSABLE",
      "Only organization repositories can have users and team restrictions",
    );
  Object.assign(rule, Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)));
}

function payload(input: Record<string, unknown>, rest: object) {
  return { clientMutationId: input["clientMutationId"] ?? null, ...rest };
}

function noNode(id: string): GraphQLRefusal {
  return new GraphQLRefusal("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'.`);
}

function userNode(owner: Owner) {
  return {
    __typename: "User",
    id: owner.nodeId,
    databaseId: owner.id,
    login: owner.login,
    name: owner.login,
  };
}

function teamNode(owner: Owner, team: Team) {
  const combinedSlug = `${owner.login}/${team.slug}`;
  return {
    __typename: "Team",
    id: team.nodeId,
    databaseId: team.id,
    slug: team.slug,
    name: team.name,
    combinedSlug,
  };
}

function actorNode(state: GitHubState, id: string): object | null {
  for (const owner of state.owners.values()) {
    if (owner.nodeId === id) return userNode(owner);
    for (const team of owner.teams.values()) if (team.nodeId === id) return teamNode(owner, team);
  }
  return null;
}

/** One page of a connection; a cursor is the number of the last item before the page. */
function connection(items: readonly object[], first: number, after: string | null | undefined) {
  const start = after === undefined || after === null || after === "" ? 0 : Number(after);
  const nodes = items.slice(start, start + first);
  const end = start + nodes.length;
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: String(start + index + 1) })),
    totalCount: items.length,
    pageInfo: {
      startCursor: nodes.length === 0 ? null : String(start + 1),
      endCursor: nodes.length === 0 ? null : String(end),
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
    },
  };
}
