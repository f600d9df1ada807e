import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { BranchSettings } from "../settings/governance.ts";
import type { RepositoryScope } from "./governance-repository.ts";

/** @param before What is written to the branches themselves: their rules would refuse it. */
export function makeBranchRules(scope: RepositoryScope, before: readonly pulumi.Resource[]): void {
  for (const [pattern, branch] of Object.entries(scope.settings.branches)) {
    if (branch.kind === "protection") protectBranch(scope, pattern, branch, before);
    else makeRuleset(scope, pattern, branch, before);
  }
}

function protectBranch(
  { name, repository, made, ...scope }: RepositoryScope,
  pattern: string,
  branch: BranchSettings,
  before: readonly pulumi.Resource[],
): void {
  new github.BranchProtection(
    `${name}-protection-${pattern}`,
    {
      repositoryId: made.nodeId,
      pattern,
      enforceAdmins: branch.administratorsIncluded,
      allowsForcePushes: branch.forcePushes,
      allowsDeletions: branch.deletion,
      requireConversationResolution: branch.conversationsResolved,
      requiredLinearHistory: branch.linearHistory,
      requireSignedCommits: branch.signedCommits,
      requiredPullRequestReviews: [
        {
          requiredApprovingReviewCount: branch.approvals,
          dismissStaleReviews: branch.dismissStaleApprovals,
          requireCodeOwnerReviews: branch.codeOwnerReview,
          requireLastPushApproval: branch.lastPushApproval,
          ...(branch.bypass === undefined ? {} : { pullRequestBypassers: branch.bypass }),
        },
      ],
      ...(branch.checks.length === 0
        ? {}
        : { requiredStatusChecks: [{ strict: branch.upToDate ?? true, contexts: branch.checks }] }),
      ...(branch.pushers === undefined ? {} : { restrictPushes: [{ pushAllowances: branch.pushers }] }),
    },
    optionsOf(scope, branch, `${repository}:${pattern}`, before),
  );
}

function makeRuleset(
  { name, repository, made, numberOf, ...scope }: RepositoryScope,
  pattern: string,
  branch: BranchSettings,
  before: readonly pulumi.Resource[],
): void {
  new github.RepositoryRuleset(
    `${name}-ruleset-${pattern}`,
    {
      repository: made.name,
      name: pattern,
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: [refOf(pattern)], excludes: [] } },
      bypassActors: bypassActorsOf(branch, numberOf),
      rules: {
        // A rule forbids by being there.
        deletion: !branch.deletion,
        nonFastForward: !branch.forcePushes,
        requiredLinearHistory: branch.linearHistory,
        requiredSignatures: branch.signedCommits,
        pullRequest: {
          requiredApprovingReviewCount: branch.approvals,
          dismissStaleReviewsOnPush: branch.dismissStaleApprovals,
          requireCodeOwnerReview: branch.codeOwnerReview,
          requireLastPushApproval: branch.lastPushApproval,
          requiredReviewThreadResolution: branch.conversationsResolved,
        },
        ...(branch.checks.length === 0
          ? {}
          : {
              requiredStatusChecks: {
                strictRequiredStatusChecksPolicy: branch.upToDate ?? true,
                requiredChecks: branch.checks.map((context) => ({ context })),
              },
            }),
        ...(branch.mergeQueue ? { mergeQueue: {} } : {}),
      },
    },
    optionsOf(scope, branch, `${repository}:${String(branch.existing)}`, before),
  );
}

/** What was adopted stays when the stack goes. */
function optionsOf(
  { held, kept }: Pick<RepositoryScope, "held" | "kept">,
  { existing }: BranchSettings,
  id: string,
  before: readonly pulumi.Resource[],
): pulumi.CustomResourceOptions {
  const options = existing === false ? held : { ...kept, import: id };
  return { ...options, dependsOn: [...options.dependsOn, ...before] };
}

/** `~DEFAULT_BRANCH` and `~ALL` are GitHub's own; anything else is a pattern of branch names. */
function refOf(pattern: string): string {
  return pattern.startsWith("~") ? pattern : `refs/heads/${pattern}`;
}

/** Number of the role that administrators of a repository have. Source: the provider's documentation of `actor_id`. */
const ADMINISTRATORS = 5;

/** Whoever may go round a ruleset; protection lets administrators do so where it does not include them. */
function bypassActorsOf(
  { administratorsIncluded, bypass = [] }: BranchSettings,
  numberOf: RepositoryScope["numberOf"],
): NonNullable<github.RepositoryRulesetArgs["bypassActors"]> {
  const teams = bypass.map((actor) => {
    const slug = actor.split("/").at(-1) ?? actor;
    return { actorId: numberOf("team", slug), actorType: "Team", bypassMode: "pull_request" };
  });
  const administrators = administratorsIncluded
    ? []
    : [{ actorId: ADMINISTRATORS, actorType: "RepositoryRole", bypassMode: "always" }];
  return [...administrators, ...teams];
}
