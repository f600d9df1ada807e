import { GithubResource } from "./support.ts";

/** For the rules on GitHub. */
export function githubRules(): void {
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
