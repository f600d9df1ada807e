import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Governance } from "../../infra/components/governance.ts";
import { governanceSchema } from "../../infra/settings/governance.ts";
import { governanceProblems } from "../../infra/settings/governance-rules.ts";
import { actorReferences } from "../../infra/settings/governance-actors.ts";
import { secretReferences } from "../../infra/settings/governance-secrets.ts";
import { CLAIM_VARIABLE } from "../../model/owners.ts";
import { SECRET } from "../../model/resource.ts";
import { recordComponent, remembered, type RecordedComponent } from "../support/components.ts";

const CANARY = "canary-9f3b";
const VARIABLE = "github:index/actionsVariable:ActionsVariable";
const REPOSITORY = "github:index/repository:Repository";

/** The settings of one repository `app` and its owner, checked. */
function governanceOf(repository: object, owner: object = {}) {
  const settings = governanceSchema.parse({
    owner: "octo",
    ownerKind: "user",
    repositories: { app: { details: { visibility: "public" }, ...repository } },
    ...owner,
  });
  assert.deepEqual([...governanceProblems(settings)], []);
  return settings;
}

const governed = remembered((repository: object, owner: object = {}): Promise<RecordedComponent> => {
  const settings = governanceOf(repository, owner);
  return recordComponent((opts) => {
    const sources = secretReferences(settings).map(({ source }) => source);
    const configSecrets = new Map(
      sources.flatMap((source) =>
        "config" in source ? [[source.config, pulumi.secret(`${CANARY} ${source.config}`)] as const] : [],
      ),
    );
    const actors = actorReferences(settings);
    return new Governance(
      "governance",
      { settings, sources, actors, configSecrets, awsProvider: undefined },
      opts,
    );
  });
});

const ORGANIZATION = { ownerKind: "organization", plan: "team" };

/** What every governance is made of besides what its settings ask for. */
const ALWAYS = [
  `${VARIABLE} governance-app-claim`,
  `${REPOSITORY} governance-app-repository`,
  "proving-ground:infra:Governance governance",
  "proving-ground:infra:GovernedRepository governance-app",
  "pulumi:providers:github governance-provider",
  "random:index/randomBytes:RandomBytes governance-salt",
];

/** The resources beyond those, without the prefix of their names. */
async function children(repository: object, owner?: object): Promise<string[]> {
  const { lines } = await governed(repository, owner);
  for (const line of ALWAYS) assert.ok(lines.includes(line), `${line} among:\n${lines.join("\n")}`);
  return lines
    .filter((line) => !ALWAYS.includes(line))
    .map((line) => line.replace(/^github:index\/\w+:/, "").replace("governance-app-", ""));
}

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

  it("makes environments with reviewers, branch and tag policies, secrets and variables", async () => {
    const environments = {
      prod: {
        reviewers: { users: ["monalisa", "hubot"] },
        preventSelfReview: true,
        waitMinutes: 5,
        branches: ["main"],
        tags: ["v*"],
        secrets: { KEY: { config: "github-secrets:key" } },
        variables: { SIZE: "large" },
      },
    };
    assert.deepEqual(await children({ environments }), [
      "ActionsEnvironmentSecret environment-prod-secret-KEY",
      "ActionsEnvironmentVariable environment-prod-variable-SIZE",
      "RepositoryEnvironment environment-prod",
      "RepositoryEnvironmentDeploymentPolicy environment-prod-branch-main",
      "RepositoryEnvironmentDeploymentPolicy environment-prod-tag-v*",
    ]);
    const made = (await governed({ environments })).inputs(
      "github:index/repositoryEnvironment:RepositoryEnvironment",
      "governance-app-environment-prod",
    );
    assert.deepEqual(made, {
      repository: "app",
      environment: "prod",
      canAdminsBypass: false,
      preventSelfReview: true,
      waitTimer: 5,
      // Numbers that only GitHub knows; the plan tells them apart by name.
      reviewers: [{ teams: [], users: ["[user.monalisa]", "[user.hubot]"] }],
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
    });
  });

  it("seals secrets of every store; no value is found in what the engine is told (FM-65)", async () => {
    const secret = { config: "github-secrets:token" };
    const recorded = await governed({
      secrets: { TOKEN: secret },
      dependabotSecrets: { TOKEN: secret },
      environments: { prod: { branches: "any", secrets: { TOKEN: secret } } },
    });
    const sealed = recorded.records.filter(({ type }) => type.endsWith("Secret"));
    assert.equal(sealed.length, 3);
    for (const { inputs } of sealed) {
      assert.equal(inputs["valueEncrypted"], SECRET);
      assert.equal(inputs["keyId"], "[github.public-key-id]");
      assert.deepEqual(
        ["value", "plaintextValue", "encryptedValue"].filter((input) => input in inputs),
        [],
      );
    }
    assert.ok(!JSON.stringify(recorded.records).includes(CANARY));
  });

  it("keeps the token out of what the state keeps (FM-65)", async () => {
    const before = process.env["GITHUB_TOKEN"];
    process.env["GITHUB_TOKEN"] = `${CANARY}-token`;
    try {
      const recorded = await recordComponent(
        (opts) =>
          new Governance(
            "governance",
            {
              settings: governanceOf({}),
              sources: [],
              actors: [],
              configSecrets: new Map(),
              awsProvider: undefined,
            },
            opts,
          ),
      );
      const provider = recorded.inputs("pulumi:providers:github", "governance-provider");
      assert.deepEqual([provider["owner"], provider["token"]], ["octo", undefined]);
      assert.ok(!JSON.stringify(recorded.records).includes(CANARY));
    } finally {
      if (before === undefined) delete process.env["GITHUB_TOKEN"];
      else process.env["GITHUB_TOKEN"] = before;
    }
  });

  it("marks a repository as its own before it changes anything there (FM-67)", async () => {
    const recorded = await governed({
      details: { visibility: "public", wiki: false },
      actions: {},
      secrets: { TOKEN: { config: "github-secrets:token" } },
      variables: { REGION: "us-west-2" },
      branches: { main: { checks: ["build"] } },
      environments: { prod: { branches: ["main"] } },
      codeOwners: { "*": ["@octo"] },
      labels: { drift: { color: "d73a4a" } },
      vulnerabilityAlerts: true,
    });
    assert.deepEqual(recorded.inputs(VARIABLE, "governance-app-claim"), {
      repository: "app",
      variableName: CLAIM_VARIABLE,
      value: "proving-ground/dev",
    });
    const changes = recorded.records.filter(
      ({ type, name }) => type.startsWith("github:") && name !== "governance-app-claim",
    );
    assert.equal(changes.length, 11);
    for (const { name } of changes) assert.ok(dependsOn(recorded, name, "governance-app-claim"), name);
  });

  it("waits with the mark for the marks of all repositories (FM-67)", async () => {
    const two = { app: { details: { visibility: "public" } }, lib: { details: { visibility: "public" } } };
    const recorded = await governed({}, { repositories: two });
    for (const name of ["app", "lib"])
      for (const claim of ["app", "lib"])
        assert.ok(dependsOn(recorded, `governance-${name}-repository`, `governance-${claim}-claim`));
  });

  it("writes CODEOWNERS in the order of the settings, before the rules that would refuse it", async () => {
    const recorded = await governed({
      codeOwners: { "*": ["@octo"], "/docs/a b/": ["@octo", "docs@example.com"] },
      branches: { main: { checks: ["build"] } },
    });
    const { content, file, branch } = recorded.inputs(
      "github:index/repositoryFile:RepositoryFile",
      "governance-app-code-owners",
    );
    assert.deepEqual([file, branch], [".github/CODEOWNERS", "main"]);
    assert.equal(
      content,
      "# Written from the stack file: change it there.\n* @octo\n/docs/a\\ b/ @octo docs@example.com\n",
    );
    assert.ok(dependsOn(recorded, "governance-app-protection-main", "governance-app-code-owners"));
  });

  it("tells policies what is required and verified to be reported, and plans where secrets come from", async () => {
    const recorded = await governed({
      secrets: { TOKEN: { config: "github-secrets:token" } },
      dependabotSecrets: { REGISTRY: { config: "github-secrets:registry" } },
      environments: {
        prod: { branches: ["main"], secrets: { KEY: { config: "github-secrets:key" } } },
        dev: { branches: "any" },
      },
      branches: { main: { checks: ["build", "codecov/patch"] } },
      checks: {
        reported: { main: { mergeQueue: false, checks: ["build", "lint"] } },
        fromApps: { "codecov/patch": "Codecov" },
      },
    });
    assert.deepEqual(recorded.inputs("proving-ground:infra:GovernedRepository", "governance-app"), {
      repository: "octo/app",
      defaultBranch: "main",
      requiredChecks: { main: ["build", "codecov/patch"] },
      mergeQueues: [],
      reportedChecks: { main: { mergeQueue: false, checks: ["build", "lint"] } },
      checksFromApps: { "codecov/patch": "Codecov" },
      secretSources: {
        actions: { TOKEN: "configuration github-secrets:token" },
        dependabot: { REGISTRY: "configuration github-secrets:registry" },
        environments: { prod: { KEY: "configuration github-secrets:key" } },
      },
    });
  });
});

/** True where one resource waits for another, itself or through others. */
function dependsOn(recorded: RecordedComponent, name: string, other: string): boolean {
  const byName = new Map(recorded.records.map((record) => [record.name, record]));
  const byUrn = new Map(recorded.records.map((record) => [record.urn, record.name]));
  const seen = new Set<string>();
  const visit = (current: string): boolean => {
    if (seen.has(current)) return false;
    seen.add(current);
    const needed = (byName.get(current)?.dependencies ?? []).flatMap((urn) => byUrn.get(urn) ?? []);
    return needed.some((one) => one === other || visit(one));
  };
  return visit(name);
}
