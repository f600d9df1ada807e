import assert from "node:assert/strict";
import { EngineWorkspace } from "../support/engine.ts";
import type { EngineRun } from "../support/engine-events.ts";
import { ROOT } from "../support/engine-plans.ts";
import { QUICK, startForEngine } from "../support/github/engine.ts";
import type { Environment, GitHubStandIn, Repository } from "../support/github/index.ts";

const TOKEN = "organization-token";
const CHECK = "Build and test";

/** One repository that exists, with everything the settings know, and one that the stack makes. */
const GOVERNANCE = {
  owner: "octo-org",
  ownerKind: "organization",
  plan: "enterprise",
  repositories: {
    platform: {
      details: { visibility: "private", topics: ["platform", "storage"], wiki: false },
      actions: {
        allowed: "selected",
        selected: { patterns: ["codecov/codecov-action@*"] },
        shaPinningRequired: true,
        workflowToken: "read",
      },
      branches: { main: { kind: "ruleset", checks: [CHECK], codeOwnerReview: true } },
      variables: { REGION: "us-west-2" },
      dependabotSecrets: { REGISTRY_TOKEN: { config: "github-secrets:registry" } },
      environments: {
        production: {
          reviewers: { users: ["octo-person"], teams: ["maintainers"] },
          preventSelfReview: true,
          waitMinutes: 10,
          branches: ["main", "release/*"],
          tags: ["v*"],
          secrets: { DEPLOY_KEY: { config: "github-secrets:deploy" } },
          variables: { CLUSTER: "prod" },
        },
      },
      vulnerabilityAlerts: true,
      dependabotSecurityUpdates: true,
      codeOwners: { "*": ["@octo-org/maintainers"] },
      labels: {
        flaky: { color: "fbca04", description: "Fails now and then" },
        bug: { color: "ff0000", existing: true },
      },
    },
    fresh: {
      create: true,
      details: { visibility: "public", description: "Made by the stack" },
      branches: { main: { approvals: 2, upToDate: false, pushers: ["octo-org/maintainers"] } },
      secretScanning: true,
      pushProtection: true,
    },
  },
};

describe("governance of an organization's repositories under the real engine and GitHub provider", function () {
  this.timeout(180_000);
  let github: GitHubStandIn | undefined;
  let workspace: EngineWorkspace | undefined;

  before(async function () {
    github = await startForEngine(this);
    const { state } = github;
    state.addOwner({ login: "octo-person" });
    state.addOwner({ login: "octo-org", kind: "Organization", plan: "enterprise" });
    state.addTeam("octo-org", "maintainers");
    state.addToken(TOKEN, { login: "octo-person", scopes: ["repo", "workflow", "read:org"] });
    state.addRepository("octo-org/platform", { settings: { visibility: "private", has_issues: true } });
    workspace = await EngineWorkspace.start({
      project: ROOT,
      stack: "organization",
      github: { url: github.url, token: TOKEN },
    });
    workspace.configure({
      ...QUICK,
      "proving-ground:owner": "platform",
      "proving-ground:hosts": false,
      "proving-ground:governance": GOVERNANCE,
    });
    for (const key of ["registry", "deploy"])
      await workspace.command("config", "set", "--secret", `github-secrets:${key}`, `value of ${key}`);
  });

  after(async () => {
    await workspace?.dispose();
    await github?.close();
  });

  const engine = (): EngineWorkspace => defined(workspace);
  const server = (): GitHubStandIn => defined(github);
  const repository = (name: string): Repository => server().state.repository(`octo-org/${name}`);
  const production = (): Environment => defined(repository("platform").environments.get("production"));

  it("adopts one repository, makes the other, and sets everything the stack file names", async () => {
    const run = await engine().run("up");
    assert.equal(run.exitCode, 0, told(run));
    const { settings, actions, security, variables, labels, rulesets, branches, secrets } =
      repository("platform");
    assert.deepEqual([settings.visibility, settings.has_wiki, settings.has_issues], ["private", false, true]);
    assert.deepEqual([...settings.topics].sort(), ["platform", "storage"]);
    assert.deepEqual(actions, {
      enabled: true,
      allowed_actions: "selected",
      sha_pinning_required: true,
      selected: {
        github_owned_allowed: true,
        verified_allowed: false,
        patterns_allowed: ["codecov/codecov-action@*"],
      },
      workflow: { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
    });
    assert.deepEqual([security.alerts, security.fixes], [true, true]);
    assert.equal(variables.get("REGION")?.value, "us-west-2");
    assert.deepEqual([...labels.keys()].sort(), ["bug", "enhancement", "flaky"]);
    assert.deepEqual([labels.get("bug")?.color, labels.get("enhancement")?.color], ["ff0000", "a2eeef"]);
    assert.match(branches.get("main")?.files.get(".github/CODEOWNERS") ?? "", /^\* @octo-org\/maintainers$/m);
    assert.equal(
      secrets.dependabot.key.open(sealed(secrets.dependabot, "REGISTRY_TOKEN")),
      "value of registry",
    );
    const [rules] = [...rulesets.values()];
    assert.equal(rulesets.size, 1);
    assert.deepEqual(rules?.rules.map(({ type }) => type).sort(), [
      "deletion",
      "non_fast_forward",
      "pull_request",
      "required_status_checks",
    ]);
    const environment = production();
    assert.equal(environment.waitMinutes, 10);
    assert.equal(environment.preventSelfReview, true);
    assert.deepEqual(environment.reviewers.map(({ type }) => type).sort(), ["Team", "User"]);
    assert.deepEqual([...environment.policies.values()].map(({ name, type }) => `${type} ${name}`).sort(), [
      "branch main",
      "branch release/*",
      "tag v*",
    ]);
    assert.equal(environment.secrets.key.open(sealed(environment.secrets, "DEPLOY_KEY")), "value of deploy");
    assert.equal(environment.variables.get("CLUSTER")?.value, "prod");

    const fresh = repository("fresh");
    assert.equal(fresh.settings.description, "Made by the stack");
    assert.deepEqual([fresh.security.secretScanning, fresh.security.pushProtection], [true, true]);
    const team = defined(server().state.owner("octo-org").teams.get("maintainers"));
    const rule = defined(fresh.protection.get("main"));
    assert.equal(rule.requiredApprovingReviewCount, 2);
    assert.deepEqual(rule.pushActorIds, [team.nodeId]);
  });

  it("has nothing to do the second time", async () => {
    server().forget();
    const run = await engine().run("up", { arguments: ["--refresh"] });
    assert.equal(run.exitCode, 0, told(run));
    assert.deepEqual(run.changes, {});
    assert.deepEqual(server().writes, []);
  });

  it("finds reviewers, rules and permissions that were changed by hand, and mends them", async () => {
    const platform = repository("platform");
    production().reviewers = production().reviewers.filter(({ type }) => type === "User");
    production().waitMinutes = 0;
    const [ruleset] = [...platform.rulesets.values()];
    assert.ok(ruleset !== undefined);
    ruleset.rules = ruleset.rules.filter(({ type }) => type !== "required_status_checks");
    platform.actions.workflow.default_workflow_permissions = "write";
    platform.actions.allowed_actions = "all";

    const mended = await engine().run("up", { arguments: ["--refresh"] });
    assert.equal(mended.exitCode, 0, told(mended));
    assert.deepEqual(
      mended.steps
        .filter(({ op }) => op === "update")
        .map(({ type }) => type.split(":").at(-1))
        .sort(),
      [
        "ActionsRepositoryPermissions",
        "RepositoryEnvironment",
        "RepositoryRuleset",
        "WorkflowRepositoryPermissions",
      ],
    );
    assert.equal(production().reviewers.length, 2);
    assert.equal(production().waitMinutes, 10);
    assert.ok(ruleset.rules.some(({ type }) => type === "required_status_checks"));
    assert.equal(platform.actions.workflow.default_workflow_permissions, "read");
    assert.equal(platform.actions.allowed_actions, "selected");
    assert.ok(production().secrets.sealed.has("DEPLOY_KEY"));
  });

  it("leaves both repositories, their contents and what was adopted when the stack is destroyed", async () => {
    const run = await engine().run("destroy");
    assert.equal(run.exitCode, 0, told(run));
    const { branches, labels, environments, rulesets } = repository("platform");
    assert.deepEqual([...(branches.get("main")?.files.keys() ?? [])].sort(), [
      ".github/CODEOWNERS",
      "README.md",
    ]);
    assert.deepEqual([...labels.keys()].sort(), ["bug", "enhancement"]);
    assert.deepEqual([environments.size, rulesets.size], [0, 0]);
    assert.equal(repository("fresh").branches.size, 1);
  });
});

function sealed(store: Repository["secrets"]["actions"], name: string): string {
  return defined(store.sealed.get(name)).value;
}

function told({ diagnostics, stdout, stderr }: EngineRun): string {
  return [...diagnostics, stdout, stderr].join("\n");
}

function defined<Value>(value: Value | undefined): Value {
  assert.ok(value !== undefined, "the suite did not start, or GitHub does not hold it");
  return value;
}
