import assert from "node:assert/strict";
import { REPOSITORY, governed, ORGANIZATION, children, dependsOn } from "./governance-recorded.ts";

describe("governance of repositories", () => {
  it("adopts a repository and touches nothing that the settings do not say", async () => {
    assert.deepEqual(await children({}), []);
    const recorded = await governed({});
    assert.deepEqual(recorded.inputs(REPOSITORY, "governance-app-repository"), {
      name: "app",
      visibility: "public",
    });
    const ignored = recorded.ignored.get("governance-app-repository") ?? [];
    for (const input of [
      "hasIssues",
      "hasWiki",
      "allowMergeCommit",
      "archived",
      "description",
      "securityAndAnalysis",
    ])
      assert.ok(ignored.includes(input), `${input} would be set to the provider's default`);
    assert.ok(!ignored.includes("visibility"));
  });

  it("sets what the settings say, and leaves the rest of it to GitHub", async () => {
    const recorded = await governed({
      details: { visibility: "public", wiki: false, topics: ["a"] },
      secretScanning: true,
    });
    const { name, ...inputs } = recorded.inputs(REPOSITORY, "governance-app-repository");
    assert.equal(name, "app");
    assert.deepEqual(inputs, {
      visibility: "public",
      hasWiki: false,
      topics: ["a"],
      securityAndAnalysis: { secretScanning: { status: "enabled" } },
    });
    const ignored = recorded.ignored.get("governance-app-repository") ?? [];
    assert.ok(!ignored.includes("hasWiki") && !ignored.includes("securityAndAnalysis"));
    assert.ok(ignored.includes("securityAndAnalysis.secretScanningPushProtection"));
    assert.ok(!ignored.includes("securityAndAnalysis.secretScanning"));
  });

  it("makes a repository where the settings say so, with what GitHub gives a new one", async () => {
    const recorded = await governed({ create: true });
    const { hasIssues, hasWiki, autoInit } = recorded.inputs(REPOSITORY, "governance-app-repository");
    assert.deepEqual([hasIssues, hasWiki, autoInit], [true, true, true]);
    // A new one is claimed by whoever made it; an existing one before anything is done to it.
    assert.ok(dependsOn(recorded, "governance-app-claim", "governance-app-repository"));
    assert.ok(dependsOn(await governed({}), "governance-app-repository", "governance-app-claim"));
  });

  it("of a user has every field of OctoLLM's protection", async () => {
    const checks = ["Lint Python Code", "SAST - Bandit (Python)"];
    const branches = { main: { codeOwnerReview: true, linearHistory: true, checks } };
    assert.deepEqual(await children({ branches }), ["BranchProtection protection-main"]);
    const recorded = await governed({ branches });
    const protection = recorded.inputs(
      "github:index/branchProtection:BranchProtection",
      "governance-app-protection-main",
    );
    assert.deepEqual(protection, {
      pattern: "main",
      repositoryId: "[governance-app-repository.nodeId]",
      enforceAdmins: false,
      allowsForcePushes: false,
      allowsDeletions: false,
      requireConversationResolution: true,
      requiredLinearHistory: true,
      requireSignedCommits: false,
      requiredPullRequestReviews: [
        {
          requiredApprovingReviewCount: 1,
          dismissStaleReviews: true,
          requireCodeOwnerReviews: true,
          requireLastPushApproval: false,
        },
      ],
      requiredStatusChecks: [{ strict: true, contexts: checks }],
    });
  });

  it("of an organization may name who pushes and who goes round the review", async () => {
    const branches = { main: { checks: ["build"], pushers: ["octo/release"], bypass: ["/monalisa"] } };
    const recorded = await governed({ branches }, ORGANIZATION);
    const { restrictPushes, requiredPullRequestReviews } = recorded.inputs(
      "github:index/branchProtection:BranchProtection",
      "governance-app-protection-main",
    );
    assert.deepEqual(restrictPushes, [{ pushAllowances: ["octo/release"] }]);
    assert.deepEqual(
      (requiredPullRequestReviews as readonly Record<string, unknown>[])[0]?.["pullRequestBypassers"],
      ["/monalisa"],
    );
  });

  it("makes a ruleset where chosen: it forbids by naming a rule, and lets administrators pass unless included", async () => {
    const branch = { kind: "ruleset", checks: ["build"], mergeQueue: true, deletion: true };
    const of = async (more: object) =>
      (await governed({ branches: { main: { ...branch, ...more } } }, ORGANIZATION)).inputs(
        "github:index/repositoryRuleset:RepositoryRuleset",
        "governance-app-ruleset-main",
      );
    assert.deepEqual(await of({}), {
      repository: "app",
      name: "main",
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: ["refs/heads/main"], excludes: [] } },
      bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "always" }],
      rules: {
        deletion: false,
        nonFastForward: true,
        requiredLinearHistory: false,
        requiredSignatures: false,
        mergeQueue: {},
        pullRequest: {
          requiredApprovingReviewCount: 1,
          dismissStaleReviewsOnPush: true,
          requireCodeOwnerReview: false,
          requireLastPushApproval: false,
          requiredReviewThreadResolution: true,
        },
        requiredStatusChecks: {
          strictRequiredStatusChecksPolicy: true,
          requiredChecks: [{ context: "build" }],
        },
      },
    });
    assert.deepEqual((await of({ administratorsIncluded: true }))["bypassActors"], []);
  });

  it("sets Actions, alerts and updates, and the updates after the alerts", async () => {
    const repository = {
      actions: { allowed: "selected", selected: { patterns: ["codecov/*"] }, workflowToken: "read" },
      vulnerabilityAlerts: true,
      dependabotSecurityUpdates: true,
    };
    assert.deepEqual(await children(repository), [
      "ActionsRepositoryPermissions actions",
      "RepositoryDependabotSecurityUpdates dependabot-updates",
      "RepositoryVulnerabilityAlerts vulnerability-alerts",
      "WorkflowRepositoryPermissions workflow-token",
    ]);
    const recorded = await governed(repository);
    assert.deepEqual(
      recorded.inputs(
        "github:index/actionsRepositoryPermissions:ActionsRepositoryPermissions",
        "governance-app-actions",
      ),
      {
        repository: "app",
        enabled: true,
        allowedActions: "selected",
        allowedActionsConfig: {
          githubOwnedAllowed: true,
          verifiedAllowed: false,
          patternsAlloweds: ["codecov/*"],
        },
      },
    );
    assert.ok(
      dependsOn(recorded, "governance-app-dependabot-updates", "governance-app-vulnerability-alerts"),
    );
  });
});
