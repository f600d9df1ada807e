import assert from "node:assert/strict";
import { governedRepositories } from "../../cli/report/governed.ts";
import { renderHtml } from "../../cli/report/html.ts";
import { renderText } from "../../cli/report/text.ts";
import type { Plan, PlannedResource } from "../../model/plan.ts";
import { samplePlan } from "./sample-plan.ts";

const OPTIONS = { stackFile: "Pulumi.github.yaml", rules: 14, schedules: [] };
const COMPONENT = "urn:app";

function resource(type: string, name: string, inputs: PlannedResource["inputs"]): PlannedResource {
  return { urn: `urn:${name}`, type, name, parent: COMPONENT, dependencies: [], protect: false, inputs };
}

function github(kind: string, inputs: PlannedResource["inputs"]): PlannedResource {
  const module = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
  return resource(`github:index/${module}:${kind}`, `${kind} ${JSON.stringify(inputs)}`, inputs);
}

/** A plan of one governed repository that costs nothing. */
function governedPlan(...parts: readonly PlannedResource[]): Plan {
  const sample = samplePlan();
  const component = resource("proving-ground:infra:GovernedRepository", "app", { repository: "octo/app" });
  return {
    ...sample,
    resources: [{ ...component, urn: COMPONENT, parent: null }, ...parts],
    cost: { ...sample.cost, lines: [] },
    policies: [],
  };
}

function rowsOf(...parts: readonly PlannedResource[]): Record<string, readonly string[]> {
  const [only, ...others] = governedRepositories(governedPlan(...parts));
  assert.equal(only?.repository, "octo/app");
  assert.deepEqual(others, []);
  return Object.fromEntries(only.rows.map(({ topic, items }) => [topic, items]));
}

describe("governed repositories in reports", () => {
  it("say what is set and nothing of what is left to GitHub", () => {
    assert.deepEqual(rowsOf(github("Repository", { visibility: "private", hasWiki: false, topics: ["a"] })), {
      repository: ["private", "no wiki", "topics a"],
    });
  });

  it("tell protection and ruleset in the same words, and their checks one by one", () => {
    const protection = github("BranchProtection", {
      pattern: "main",
      enforceAdmins: true,
      requiredLinearHistory: true,
      requiredPullRequestReviews: [{ requiredApprovingReviewCount: 2, requireCodeOwnerReviews: true }],
      requiredStatusChecks: [{ strict: true, contexts: ["build", "lint"] }],
      restrictPushes: [{ pushAllowances: ["octo/release"] }],
    });
    const ruleset = github("RepositoryRuleset", {
      name: "release/*",
      bypassActors: [
        { actorType: "RepositoryRole", actorId: 5 },
        { actorType: "Team", actorId: "[team.sre]" },
      ],
      rules: {
        deletion: true,
        nonFastForward: true,
        mergeQueue: {},
        pullRequest: { requiredApprovingReviewCount: 1, dismissStaleReviewsOnPush: true },
        requiredStatusChecks: { requiredChecks: [{ context: "build" }] },
      },
    });
    const open = github("BranchProtection", {
      pattern: "dev",
      allowsForcePushes: true,
      allowsDeletions: true,
    });
    assert.deepEqual(rowsOf(protection, ruleset, open), {
      "branch main": [
        "protection",
        "2 approvals",
        "code owners",
        "up to date",
        "linear history",
        "administrators included",
        "no force push",
        "no deletion",
        "pushed by octo/release",
      ],
      "checks of main": ["build", "lint"],
      "branch release/*": [
        "ruleset",
        "1 approval, stale ones dismissed",
        "merge queue",
        "administrators may go round it",
        "team sre may go round it",
        "no force push",
        "no deletion",
      ],
      "checks of release/*": ["build"],
      "branch dev": [
        "protection",
        "no review",
        "administrators may go round it",
        "force pushes allowed",
        "deletion allowed",
      ],
      "checks of dev": ["none required"],
    });
  });

  it("gather an environment with its policies, secrets and variables", () => {
    const place = { environment: "prod" };
    assert.deepEqual(
      rowsOf(
        github("RepositoryEnvironment", {
          ...place,
          preventSelfReview: true,
          waitTimer: 5,
          reviewers: [{ users: ["[user.alice]"], teams: ["[team.sre]"] }],
        }),
        github("RepositoryEnvironment", {
          environment: "dev",
          deploymentBranchPolicy: { protectedBranches: true },
        }),
        github("RepositoryEnvironmentDeploymentPolicy", { ...place, branchPattern: "main" }),
        github("RepositoryEnvironmentDeploymentPolicy", { ...place, tagPattern: "v*" }),
        github("ActionsEnvironmentSecret", { ...place, secretName: "KEY", valueEncrypted: "[secret]" }),
        github("ActionsEnvironmentVariable", { ...place, variableName: "SIZE", value: "large" }),
      ),
      {
        "environment prod": [
          "approved by alice or team sre",
          "not by whoever started it",
          "waits 5 min",
          "from main, tag v*",
          "secrets KEY",
          "variables SIZE = large",
        ],
        "environment dev": ["no review", "from protected branches"],
      },
    );
  });

  it("tell Actions, alerts, secrets, files and labels", () => {
    assert.deepEqual(
      rowsOf(
        github("ActionsRepositoryPermissions", {
          enabled: true,
          allowedActions: "selected",
          allowedActionsConfig: { githubOwnedAllowed: true, patternsAlloweds: ["codecov/*"] },
          shaPinningRequired: true,
        }),
        github("WorkflowRepositoryPermissions", { defaultWorkflowPermissions: "read" }),
        github("ActionsSecret", { secretName: "TOKEN" }),
        github("DependabotSecret", { secretName: "REGISTRY" }),
        github("RepositoryVulnerabilityAlerts", { enabled: true }),
        github("RepositoryDependabotSecurityUpdates", { enabled: false }),
        github("RepositoryFile", { file: ".github/CODEOWNERS" }),
        github("IssueLabel", { name: "drift" }),
      ),
      {
        Actions: ["only GitHub's own, codecov/*", "pinned to commits", "token may only read"],
        secrets: ["TOKEN"],
        "Dependabot secrets": ["REGISTRY"],
        security: ["Dependabot alerts", "no Dependabot updates"],
        files: [".github/CODEOWNERS"],
        labels: ["drift"],
      },
    );
  });

  it("stand in the text in place of prices, each line within the width", () => {
    const checks = Array.from({ length: 30 }, (_, index) => `check number ${String(index)}`);
    const plan = governedPlan(
      github("BranchProtection", { pattern: "main", requiredStatusChecks: [{ contexts: checks }] }),
    );
    const text = renderText(plan, { ...OPTIONS, color: false, width: 80 });
    assert.match(text, /^GitHub octo\/app\n {2}branch main {5}protection · /m);
    for (const check of checks) assert.ok(text.includes(check.split(" ").at(-1) ?? check));
    for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
    assert.doesNotMatch(text, /\$0|at worst|budget/);
  });

  it("cannot break out of page or terminal by their names", async () => {
    const hostile = '<img src=x onerror=alert(1)>\u001b[31m"';
    const plan = governedPlan(
      github("Repository", { visibility: hostile }),
      github("BranchProtection", { pattern: hostile }),
      github("RepositoryEnvironment", { environment: hostile, reviewers: "none", waitTimer: {} }),
    );
    const page = await renderHtml(plan, OPTIONS);
    assert.ok(!page.includes("<img src=x"));
    assert.match(page, /<table class="governed">/);
    assert.ok(!renderText(plan, { ...OPTIONS, color: false, width: 100 }).includes("\u001b"));
  });
});
