import type { GovernedRow } from "./governed.ts";
import {
  actorName,
  firstOf,
  itemsOf,
  objectOf,
  objectsOf,
  on,
  text,
  texts,
  type Inputs,
} from "./governed-inputs.ts";

/** The rules of one pattern of branches, whichever of GitHub's two kinds they are of. */
export interface BranchRules {
  readonly pattern: string;
  readonly kind: "protection" | "ruleset";
  /** Undefined where no pull request is asked for. */
  readonly approvals: number | undefined;
  readonly staleApprovalsDismissed: boolean;
  readonly codeOwnerReview: boolean;
  readonly lastPushApproval: boolean;
  readonly upToDate: boolean;
  readonly conversationsResolved: boolean;
  readonly linearHistory: boolean;
  readonly signedCommits: boolean;
  readonly mergeQueue: boolean;
  readonly administratorsIncluded: boolean;
  readonly forcePushes: boolean;
  readonly deletion: boolean;
  /** The only ones who may push; undefined: whoever may write. */
  readonly pushers: readonly string[] | undefined;
  /** Who may go round the rules, administrators aside. */
  readonly bypass: readonly string[];
  readonly checks: readonly string[];
}

export function branchRules(inputs: Inputs): BranchRules {
  return inputs["pattern"] === undefined ? rulesOfRuleset(inputs) : rulesOfProtection(inputs);
}

function rulesOfProtection(inputs: Inputs): BranchRules {
  const reviews = firstOf(inputs["requiredPullRequestReviews"]);
  const checks = firstOf(inputs["requiredStatusChecks"]);
  const pushes = inputs["restrictPushes"];
  return {
    pattern: text(inputs, "pattern"),
    kind: "protection",
    approvals: approvalsOf(reviews),
    staleApprovalsDismissed: on(reviews, "dismissStaleReviews"),
    codeOwnerReview: on(reviews, "requireCodeOwnerReviews"),
    lastPushApproval: on(reviews, "requireLastPushApproval"),
    upToDate: on(checks, "strict"),
    conversationsResolved: on(inputs, "requireConversationResolution"),
    linearHistory: on(inputs, "requiredLinearHistory"),
    signedCommits: on(inputs, "requireSignedCommits"),
    mergeQueue: false,
    administratorsIncluded: on(inputs, "enforceAdmins"),
    forcePushes: on(inputs, "allowsForcePushes"),
    deletion: on(inputs, "allowsDeletions"),
    pushers: pushes === undefined ? undefined : texts(firstOf(pushes)["pushAllowances"]),
    bypass: texts(reviews["pullRequestBypassers"]),
    checks: texts(checks["contexts"]),
  };
}

function rulesOfRuleset(inputs: Inputs): BranchRules {
  const rules = objectOf(inputs["rules"]);
  const reviews = objectOf(rules["pullRequest"]);
  const checks = objectOf(rules["requiredStatusChecks"]);
  const actors = objectsOf(inputs["bypassActors"]);
  return {
    pattern: text(inputs, "name"),
    kind: "ruleset",
    approvals: approvalsOf(reviews),
    staleApprovalsDismissed: on(reviews, "dismissStaleReviewsOnPush"),
    codeOwnerReview: on(reviews, "requireCodeOwnerReview"),
    lastPushApproval: on(reviews, "requireLastPushApproval"),
    upToDate: on(checks, "strictRequiredStatusChecksPolicy"),
    conversationsResolved: on(reviews, "requiredReviewThreadResolution"),
    linearHistory: on(rules, "requiredLinearHistory"),
    signedCommits: on(rules, "requiredSignatures"),
    mergeQueue: rules["mergeQueue"] !== undefined,
    administratorsIncluded: !actors.some(isAdministrators),
    // A rule of these two forbids by being there.
    forcePushes: !on(rules, "nonFastForward"),
    deletion: !on(rules, "deletion"),
    pushers: undefined,
    bypass: actors.filter((actor) => !isAdministrators(actor)).map(({ actorId }) => actorName(actorId)),
    checks: objectsOf(checks["requiredChecks"]).map((check) => text(check, "context")),
  };
}

/** Number of the role of a repository's administrators. Source: the provider's documentation of `actor_id`. */
function isAdministrators(actor: Inputs): boolean {
  return actor["actorType"] === "RepositoryRole" && text(actor, "actorId") === "5";
}

function approvalsOf(reviews: Inputs): number | undefined {
  const count = reviews["requiredApprovingReviewCount"];
  return typeof count === "number" ? count : undefined;
}

/** The rules in words, and the checks they require. */
export function branchRows(inputs: Inputs): GovernedRow[] {
  const rules = branchRules(inputs);
  const { pattern, checks } = rules;
  return [
    { topic: `branch ${pattern}`, items: items(rules) },
    { topic: `checks of ${pattern}`, items: checks.length === 0 ? ["none required"] : checks },
  ];
}

function items(rules: BranchRules): string[] {
  const said = (is: boolean, words: string): string[] => (is ? [words] : []);
  return [
    rules.kind,
    ...reviewItems(rules),
    ...said(rules.upToDate, "up to date"),
    ...said(rules.conversationsResolved, "conversations resolved"),
    ...said(rules.linearHistory, "linear history"),
    ...said(rules.signedCommits, "signed commits"),
    ...said(rules.mergeQueue, "merge queue"),
    rules.administratorsIncluded ? "administrators included" : "administrators may go round it",
    ...said(rules.bypass.length > 0, `${rules.bypass.join(", ")} may go round it`),
    rules.forcePushes ? "force pushes allowed" : "no force push",
    rules.deletion ? "deletion allowed" : "no deletion",
    ...itemsOf("pushed by", rules.pushers ?? []),
  ];
}

function reviewItems(rules: BranchRules): string[] {
  const { approvals } = rules;
  if (approvals === undefined) return ["no review"];
  const stale = rules.staleApprovalsDismissed ? ", stale ones dismissed" : "";
  return [
    `${String(approvals)} ${approvals === 1 ? "approval" : "approvals"}${stale}`,
    ...(rules.codeOwnerReview ? ["code owners"] : []),
    ...(rules.lastPushApproval ? ["not by the last pusher"] : []),
  ];
}
