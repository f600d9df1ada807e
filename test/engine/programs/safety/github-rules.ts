import { GithubResource, GovernedRepository } from "./support.ts";

/** For the rules on GitHub. */
export function githubRules(): void {
  requiredChecks();
  const ruleset = (name: string, requiredApprovingReviewCount: number) =>
    new GithubResource("index/repositoryRuleset:RepositoryRuleset", name, {
      repository: "claudefs",
      target: "branch",
      enforcement: "active",
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: { requiredApprovingReviewCount },
        requiredStatusChecks: { requiredChecks: [{ context: "build" }] },
      },
    });
  ruleset("repository-protected-bad", 0);
  ruleset("repository-protected-good", 1);
  new GithubResource("index/repository:Repository", "repository-visibility-stated-bad", { name: "one" });
  new GithubResource("index/repository:Repository", "repository-visibility-stated-good", {
    name: "two",
    visibility: "private",
  });
  const actions = (name: string, allowedActions: string) =>
    new GithubResource("index/actionsRepositoryPermissions:ActionsRepositoryPermissions", name, {
      repository: "claudefs",
      allowedActions,
    });
  actions("actions-restricted-bad", "all");
  actions("actions-restricted-good", "selected");
  const token = (name: string, canApprovePullRequestReviews: boolean) =>
    new GithubResource("index/workflowRepositoryPermissions:WorkflowRepositoryPermissions", name, {
      repository: "claudefs",
      defaultWorkflowPermissions: "read",
      canApprovePullRequestReviews,
    });
  token("workflow-token-bounded-bad", true);
  token("workflow-token-bounded-good", false);
  const secret = (name: string, value: Readonly<Record<string, string>>) =>
    new GithubResource("index/actionsSecret:ActionsSecret", name, {
      repository: "claudefs",
      secretName: "CODECOV_TOKEN",
      ...value,
    });
  secret("github-secret-values-encrypted-bad", { plaintextValue: "a value" });
  secret("github-secret-values-encrypted-good", { encryptedValue: "c2VhbGVk" });
}

/** Governed repositories: with a wrong name, never verified, with a name beside the settings, and sound. */
function requiredChecks(): void {
  const rule = "required-checks-reported";
  const facts = (repository: string, ...checks: readonly string[]) => ({
    repository: `example/${repository}`,
    requiredChecks: { main: checks },
    checksFromApps: { "codecov/patch": "Codecov" },
  });
  const reportedChecks = { main: { mergeQueue: false, checks: ["Lint", "Unit Tests (3.11)"] } };
  new GovernedRepository(`${rule}-bad`, { ...facts("wrong", "Lint", "lint-python"), reportedChecks });
  new GovernedRepository(`${rule}-unverified-bad`, facts("unverified", "Lint"));
  new GovernedRepository(`${rule}-good`, { ...facts("sound", "Lint", "codecov/patch"), reportedChecks });
  new GovernedRepository(`${rule}-beside`, { ...facts("beside", "Lint"), reportedChecks });
  new GithubResource("index/branchProtectionV3:BranchProtectionV3", `${rule}-beside-bad`, {
    repository: "beside",
    branch: "main",
    requiredPullRequestReviews: { requiredApprovingReviewCount: 1 },
    requiredStatusChecks: { checks: ["Lint", "by-hand:15368"] },
  });
}
