import type { Protection, Repository } from "./state-types.ts";

/** The rule that holds for a branch: that of its exact name, else of the first pattern that fits. */
export function protectionOf(repository: Repository, branch: string): Protection | undefined {
  return (
    repository.protection.get(branch) ??
    [...repository.protection.values()].find(({ pattern }) => fits(pattern, branch))
  );
}

/** Source: "Managing a branch protection rule": fnmatch, where * does not match a slash. */
function fits(pattern: string, branch: string): boolean {
  const source = pattern.replaceAll(/\*\*\/?|\*|\?|[.+^${}()|\\]/g, (part) => {
    if (part.startsWith("**")) return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : `\\${part}`;
  });
  return new RegExp(`^${source}$`).test(branch);
}

/** A private repository of a free account has no protection. Source: "About protected branches", availability. */
export function canBeProtected({ settings, owner }: Repository): boolean {
  return settings.visibility === "public" || owner.plan !== "free";
}

/** What a new rule has where the client says nothing. Source: GraphQL, CreateBranchProtectionRuleInput. */
export function newProtection(id: number, pattern: string): Protection {
  return {
    id,
    nodeId: `BPR_${String(id)}`,
    pattern,
    allowsDeletions: false,
    allowsForcePushes: false,
    blocksCreations: false,
    dismissesStaleReviews: false,
    isAdminEnforced: false,
    lockBranch: false,
    requireLastPushApproval: false,
    requiredApprovingReviewCount: null,
    requiredStatusCheckContexts: [],
    requiresApprovingReviews: false,
    requiresCodeOwnerReviews: false,
    requiresCommitSignatures: false,
    requiresConversationResolution: false,
    requiresLinearHistory: false,
    requiresStatusChecks: false,
    requiresStrictStatusChecks: false,
    restrictsPushes: false,
    restrictsReviewDismissals: false,
    pushActorIds: [],
    bypassForcePushActorIds: [],
    bypassPullRequestActorIds: [],
    reviewDismissalActorIds: [],
  };
}
