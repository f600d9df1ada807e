import { z } from "zod";
import type { BranchSettings } from "../../infra/settings/governance.ts";
import { fieldDifferences } from "./fields.ts";
import type { Place } from "./github-place.ts";

const actor = z
  .object({
    __typename: z.string(),
    login: z.string().optional(),
    combinedSlug: z.string().optional(),
    id: z.string(),
  })
  .nullable();
const allowances = z.object({ nodes: z.array(z.object({ actor })) });

const ruleSchema = z.object({
  pattern: z.string(),
  allowsDeletions: z.boolean(),
  allowsForcePushes: z.boolean(),
  dismissesStaleReviews: z.boolean(),
  isAdminEnforced: z.boolean(),
  requireLastPushApproval: z.boolean(),
  requiredApprovingReviewCount: z.int().nullable(),
  requiredStatusCheckContexts: z.array(z.string()).nullable(),
  requiresApprovingReviews: z.boolean(),
  requiresCodeOwnerReviews: z.boolean(),
  requiresCommitSignatures: z.boolean(),
  requiresConversationResolution: z.boolean(),
  requiresLinearHistory: z.boolean(),
  requiresStatusChecks: z.boolean(),
  requiresStrictStatusChecks: z.boolean(),
  restrictsPushes: z.boolean(),
  pushAllowances: allowances,
  bypassPullRequestAllowances: allowances,
});

type Rule = z.output<typeof ruleSchema>;

const pageSchema = z.object({
  node: z.object({
    branchProtectionRules: z.object({
      nodes: z.array(ruleSchema),
      pageInfo: z.object({ endCursor: z.string().nullable(), hasNextPage: z.boolean() }),
    }),
  }),
});

const ACTOR =
  "nodes { actor { __typename ... on User { login, id } ... on Team { combinedSlug, id } ... on App { id } } }";

/** GraphQL, which knows rules by their pattern; REST knows branches, and a pattern may match none yet. */
const QUERY = `query($id: ID!, $cursor: String) {
  node(id: $id) { ... on Repository { branchProtectionRules(first: 50, after: $cursor) {
    pageInfo { endCursor, hasNextPage }
    nodes {
      pattern, allowsDeletions, allowsForcePushes, dismissesStaleReviews, isAdminEnforced, requireLastPushApproval,
      requiredApprovingReviewCount, requiredStatusCheckContexts, requiresApprovingReviews, requiresCodeOwnerReviews,
      requiresCommitSignatures, requiresConversationResolution, requiresLinearHistory, requiresStatusChecks,
      requiresStrictStatusChecks, restrictsPushes
      pushAllowances(first: 100) { ${ACTOR} }
      bypassPullRequestAllowances(first: 100) { ${ACTOR} }
    }
  } } }
}`;

/** Classic protection against the stack, field by field. */
export async function protectionDifferences(
  place: Place,
  pattern: string,
  planned: BranchSettings,
): Promise<string[]> {
  const rule = await ruleOf(place, pattern);
  if (rule === undefined) return ["is not protected"];
  return fieldDifferences([
    [
      "approvals",
      rule.requiresApprovingReviews ? rule.requiredApprovingReviewCount : "not required",
      planned.approvals,
    ],
    ["dismissStaleApprovals", rule.dismissesStaleReviews, planned.dismissStaleApprovals],
    ["codeOwnerReview", rule.requiresCodeOwnerReviews, planned.codeOwnerReview],
    ["lastPushApproval", rule.requireLastPushApproval, planned.lastPushApproval],
    ["checks", rule.requiresStatusChecks ? (rule.requiredStatusCheckContexts ?? []) : [], planned.checks],
    ["upToDate", rule.requiresStrictStatusChecks, planned.checks.length === 0 ? undefined : planned.upToDate],
    ["conversationsResolved", rule.requiresConversationResolution, planned.conversationsResolved],
    ["linearHistory", rule.requiresLinearHistory, planned.linearHistory],
    ["signedCommits", rule.requiresCommitSignatures, planned.signedCommits],
    ["administratorsIncluded", rule.isAdminEnforced, planned.administratorsIncluded],
    ["forcePushes", rule.allowsForcePushes, planned.forcePushes],
    ["deletion", rule.allowsDeletions, planned.deletion],
    ["pushers", rule.restrictsPushes ? actors(rule.pushAllowances) : "everybody", lowered(planned.pushers)],
    ["bypass", actors(rule.bypassPullRequestAllowances), lowered(planned.bypass ?? [])],
  ]);
}

async function ruleOf({ client, live }: Place, pattern: string): Promise<Rule | undefined> {
  let cursor: string | null = null;
  do {
    const answer: unknown = await client.graphql(QUERY, { id: live.node_id, cursor });
    const { nodes, pageInfo } = pageSchema.parse(answer).node.branchProtectionRules;
    const found = nodes.find((rule) => rule.pattern === pattern);
    if (found !== undefined) return found;
    cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (cursor !== null);
  return undefined;
}

/** Named as in a stack file: /LOGIN, ORGANIZATION/TEAM or an App's node id. */
function actors({ nodes }: z.output<typeof allowances>): string[] {
  return nodes.flatMap(({ actor: one }) => {
    if (one === null) return [];
    if (one.login !== undefined) return [`/${one.login}`.toLowerCase()];
    return [one.combinedSlug?.toLowerCase() ?? one.id];
  });
}

/** GitHub compares names without case; node ids have no slash, and keep theirs. */
function lowered(names: readonly string[] | undefined): readonly string[] | undefined {
  return names?.map((name) => (name.includes("/") ? name.toLowerCase() : name));
}
