import assert from "node:assert/strict";
import { Governance } from "../../infra/components/governance.ts";
import { CLAIM_VARIABLE } from "../../model/owners.ts";
import { SECRET } from "../../model/resource.ts";
import { recordComponent } from "../support/components.ts";
import { CANARY, VARIABLE, governanceOf, governed, children, dependsOn } from "./governance-recorded.ts";

describe("what governance puts into a repository", () => {
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
