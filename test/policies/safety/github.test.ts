import { SECRET, UNKNOWN } from "../../../model/resource.ts";
import { actionsRestricted } from "../../../policies/rules/safety/actions-restricted.ts";
import { githubSecretValuesEncrypted } from "../../../policies/rules/safety/github-secret-values-encrypted.ts";
import { repositoryProtected } from "../../../policies/rules/safety/repository-protected.ts";
import { repositoryVisibilityStated } from "../../../policies/rules/safety/repository-visibility-stated.ts";
import { workflowTokenBounded } from "../../../policies/rules/safety/workflow-token-bounded.ts";
import { judge } from "./support.ts";

const reviews = { requiredPullRequestReviews: [{ requiredApprovingReviewCount: 1 }] };
const checks = { requiredStatusChecks: [{ contexts: ["build"] }] };
judge({
  rule: repositoryProtected,
  type: "github:index/branchProtection:BranchProtection",
  bad: {
    "a protection without demands": [{}, "approvals required: not set", "no status check is required"],
    "force pushes and deletion": [
      { ...reviews, ...checks, allowsForcePushes: true, allowsDeletions: true },
      "force pushes are allowed",
      "the branch may be deleted",
    ],
    "what is unknown": [
      { requiredPullRequestReviews: UNKNOWN, requiredStatusChecks: UNKNOWN, allowsForcePushes: UNKNOWN },
      "approvals required: unknown before deployment",
      "status checks are unknown before deployment",
      "force pushes are allowed",
    ],
  },
  good: { "one approval and one check": { ...reviews, ...checks } },
});

const rules = {
  deletion: true,
  nonFastForward: true,
  pullRequest: { requiredApprovingReviewCount: 1 },
  requiredStatusChecks: { requiredChecks: [{ context: "build" }] },
};
judge({
  rule: repositoryProtected,
  type: "github:index/repositoryRuleset:RepositoryRuleset",
  bad: {
    "a ruleset that only watches": [
      { target: "branch", enforcement: "evaluate", rules },
      'enforcement is "evaluate"',
    ],
    "an empty ruleset": [
      { target: "branch", enforcement: "active", rules: {} },
      "approvals required: not set",
      "no status check is required",
      "force pushes are allowed",
      "the branch may be deleted",
    ],
    "no approvals": [
      {
        target: "branch",
        enforcement: "active",
        rules: { ...rules, pullRequest: { requiredApprovingReviewCount: 0 } },
      },
      "approvals required: 0",
    ],
  },
  good: {
    "a whole ruleset": { target: "branch", enforcement: "active", rules },
    "a ruleset of tags": { target: "tag", enforcement: "active", rules: {} },
  },
});

judge({
  rule: repositoryProtected,
  type: "proving-ground:infra:GovernedRepository",
  bad: {
    "rules of other branches alone (FM-62)": [
      { defaultBranch: "main", requiredChecks: { "nobody/*": ["test"], dev: ["test"] } },
      "nothing protects the default branch main; the rules are of nobody/*, dev",
    ],
    "no rules at all": [
      { defaultBranch: "trunk", requiredChecks: {} },
      "nothing protects the default branch trunk",
    ],
  },
  good: {
    "the branch by its name": { defaultBranch: "main", requiredChecks: { dev: [], main: ["test"] } },
    "a pattern that covers it": { defaultBranch: "main", requiredChecks: { "m*": ["test"] } },
    "a ruleset's name for it": { defaultBranch: "main", requiredChecks: { "~DEFAULT_BRANCH": ["test"] } },
    "a component that does not say": { requiredChecks: {} },
  },
});

judge({
  rule: repositoryVisibilityStated,
  type: "github:index/repository:Repository",
  bad: { silence: [{ name: "claudefs" }, "the repository is public by default"] },
  good: {
    "a private one": { visibility: "private" },
    "one that is public on purpose": { visibility: "public" },
  },
});
judge({
  rule: actionsRestricted,
  type: "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
  bad: {
    "all actions": [{ allowedActions: "all" }, 'allowedActions is "all"'],
    silence: [{}, "allowedActions is not set"],
    "what is unknown": [{ allowedActions: UNKNOWN }, "allowedActions is unknown before deployment"],
  },
  good: { "selected ones": { allowedActions: "selected" }, "none at all": { enabled: false } },
});
judge({
  rule: workflowTokenBounded,
  type: "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
  bad: {
    "a token that writes and approves": [
      { defaultWorkflowPermissions: "write", canApprovePullRequestReviews: true },
      "workflows get a token that can write",
      "workflows may approve pull requests",
    ],
    silence: [{}, "workflows get a token that can write", "workflows may approve pull requests"],
  },
  good: { "a token that reads": { defaultWorkflowPermissions: "read", canApprovePullRequestReviews: false } },
});
judge({
  rule: githubSecretValuesEncrypted,
  type: "github:index/actionsSecret:ActionsSecret",
  bad: {
    "a value that is marked secret": [{ plaintextValue: SECRET }, "plaintextValue holds the value itself"],
    "a value in clear": [{ value: "hush" }, "value holds the value itself"],
    "what is unknown": [{ plaintextValue: UNKNOWN }, "plaintextValue holds the value itself"],
  },
  good: { "a sealed value": { encryptedValue: "c2VhbGVk" }, "a name alone": { secretName: "CODECOV_TOKEN" } },
});
