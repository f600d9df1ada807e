import type { SealingKey } from "./sealing.ts";

export interface OwnerSettings {
  readonly login: string;
  /** Default: User. */
  readonly kind?: "User" | "Organization";
  /** Default: free. */
  plan?: "free" | "pro" | "team" | "enterprise";
  /** Actions minutes used this month, before multipliers. Default: 0. */
  minutesUsed?: number;
}

export interface Owner extends Required<OwnerSettings> {
  readonly id: number;
  readonly nodeId: string;
  readonly teams: Map<string, Team>;
  readonly installations: Installation[];
  /** Rows of the billing usage report. */
  usageItems: UsageItem[];
}

export interface Team {
  readonly id: number;
  readonly nodeId: string;
  readonly slug: string;
  readonly name: string;
}

export interface Installation {
  readonly id: number;
  readonly app: string;
}

export interface UsageItem {
  readonly date: string;
  readonly product: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitType: string;
  readonly pricePerUnit: number;
  readonly grossAmount: number;
  readonly discountAmount: number;
  readonly netAmount: number;
  readonly organizationName?: string;
  readonly repositoryName?: string;
}

export interface TokenOptions {
  readonly login: string;
  /** Scopes of a classic token; undefined for a fine-grained one, which has none. */
  readonly scopes?: readonly string[];
}

export type Token = TokenOptions;

/** Secrets as they came: sealed. `open` shows what GitHub would hand to a workflow. */
export interface Store {
  readonly key: SealingKey;
  readonly sealed: Map<string, Sealed>;
}

interface Sealed {
  readonly value: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** Names as in the REST API. */
export interface Settings {
  visibility: "public" | "private" | "internal";
  description: string | null;
  homepage: string | null;
  default_branch: string;
  topics: readonly string[];
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  has_discussions: boolean;
  has_downloads: boolean;
  is_template: boolean;
  archived: boolean;
  allow_merge_commit: boolean;
  allow_squash_merge: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  allow_forking: boolean;
  delete_branch_on_merge: boolean;
  web_commit_signoff_required: boolean;
  squash_merge_commit_title: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
  squash_merge_commit_message: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
  merge_commit_title: "PR_TITLE" | "MERGE_MESSAGE";
  merge_commit_message: "PR_BODY" | "PR_TITLE" | "BLANK";
}

export interface RepositoryOptions {
  readonly settings?: Partial<Settings>;
  /** Text of files of the default branch, by path. Default: a README. */
  readonly files?: Readonly<Record<string, string>>;
  /** Without a commit and a branch. */
  readonly empty?: boolean;
}

export interface Branch {
  sha: string;
  readonly files: Map<string, string>;
}

export interface Commit {
  readonly sha: string;
  readonly branch: string;
  readonly message: string;
  readonly paths: readonly string[];
  readonly date: string;
}

/** Fields as in GraphQL's BranchProtectionRule; actors by node id. */
export interface Protection {
  readonly id: number;
  readonly nodeId: string;
  pattern: string;
  allowsDeletions: boolean;
  allowsForcePushes: boolean;
  blocksCreations: boolean;
  dismissesStaleReviews: boolean;
  isAdminEnforced: boolean;
  lockBranch: boolean;
  requireLastPushApproval: boolean;
  requiredApprovingReviewCount: number | null;
  requiredStatusCheckContexts: readonly string[];
  requiresApprovingReviews: boolean;
  requiresCodeOwnerReviews: boolean;
  requiresCommitSignatures: boolean;
  requiresConversationResolution: boolean;
  requiresLinearHistory: boolean;
  requiresStatusChecks: boolean;
  requiresStrictStatusChecks: boolean;
  restrictsPushes: boolean;
  restrictsReviewDismissals: boolean;
  pushActorIds: readonly string[];
  bypassForcePushActorIds: readonly string[];
  bypassPullRequestActorIds: readonly string[];
  reviewDismissalActorIds: readonly string[];
}

/** Parts that nothing here interprets stay as they came, in the names of the REST API. */
export interface Ruleset {
  readonly id: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "disabled" | "active" | "evaluate";
  bypass_actors: readonly Record<string, unknown>[];
  conditions: Record<string, unknown>;
  rules: readonly Rule[];
  readonly createdAt: string;
  updatedAt: string;
}

export interface Rule {
  readonly type: string;
  readonly parameters?: Record<string, unknown>;
}

export interface Environment {
  readonly id: number;
  readonly name: string;
  waitMinutes: number;
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  reviewers: readonly { type: "User" | "Team"; id: number }[];
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  readonly policies: Map<number, { name: string; readonly type: "branch" | "tag" }>;
  readonly secrets: Store;
  readonly variables: Map<string, Variable>;
  readonly createdAt: string;
}

export interface Variable {
  value: string;
  readonly createdAt: string;
  updatedAt: string;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
  readonly default: boolean;
}

export interface Workflow {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  /** Default: active. */
  readonly state?: "active" | "disabled_fork" | "disabled_inactivity" | "disabled_manually";
}

export interface WorkflowRun {
  readonly id: number;
  readonly workflow: number;
  readonly event: string;
  readonly branch: string;
  readonly createdAt: string;
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly runner: string;
  readonly seconds: number;
  readonly conclusion?: "success" | "failure" | "cancelled" | "skipped";
}

export interface Issue {
  readonly number: number;
  readonly id: number;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: readonly string[];
  readonly author: string;
  /** A pull request is an issue with a branch. */
  readonly pull?: { readonly head: string; readonly base: string };
  readonly comments: { readonly id: number; body: string; readonly author: string }[];
}

export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: Owner;
  name: string;
  readonly settings: Settings;
  readonly security: {
    secretScanning: boolean;
    pushProtection: boolean;
    /** Vulnerability (Dependabot) alerts. */
    alerts: boolean;
    /** Dependabot security updates. */
    fixes: boolean;
  };
  readonly branches: Map<string, Branch>;
  readonly commits: Commit[];
  /** Branch protection by pattern. */
  readonly protection: Map<string, Protection>;
  readonly rulesets: Map<number, Ruleset>;
  /** Names as in the REST API. */
  readonly actions: {
    enabled: boolean;
    allowed_actions: "all" | "local_only" | "selected";
    sha_pinning_required: boolean;
    selected: { github_owned_allowed: boolean; verified_allowed: boolean; patterns_allowed: string[] };
    workflow: {
      default_workflow_permissions: "read" | "write";
      can_approve_pull_request_reviews: boolean;
    };
  };
  readonly secrets: { readonly actions: Store; readonly dependabot: Store };
  readonly variables: Map<string, Variable>;
  readonly environments: Map<string, Environment>;
  readonly labels: Map<string, Label>;
  readonly workflows: Workflow[];
  readonly runs: WorkflowRun[];
  readonly issues: Issue[];
  readonly createdAt: string;
}
