import assert from "node:assert/strict";
import { EXIT } from "../../cli/exit-codes.ts";
import { EngineWorkspace, type RunOptions } from "../support/engine.ts";
import { ROOT } from "../support/engine-plans.ts";
import { changesIn, present, QUICK, startForEngine, told } from "../support/github/engine.ts";
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
      secrets: { NEW_KEY: { config: "github-secrets:deploy" } },
      branches: { main: { approvals: 2, upToDate: false, pushers: ["octo-org/maintainers"] } },
      secretScanning: true,
      pushProtection: true,
    },
  },
};

describe("governance of an organization's repositories under the real engine and GitHub provider", function () {
  this.timeout(300_000);
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

  const engine = (): EngineWorkspace => present(workspace);
  const server = (): GitHubStandIn => present(github);
  const repository = (name: string): Repository => server().state.repository(`octo-org/${name}`);
  const production = (): Environment => present(repository("platform").environments.get("production"));

  /** The governance with something else in it, for one run. */
  const governing = (changes: Partial<typeof GOVERNANCE>): RunOptions => ({
    config: { "proving-ground:governance": { ...GOVERNANCE, ...changes } },
  });

  it("asks GitHub for nothing where the owner's plan lacks what the stack file wants (FM-60)", async () => {
    const run = await engine().run("up", governing({ plan: "team" }));
    assert.notEqual(run.exitCode, 0);
    const at = "repositories.platform.environments.production";
    for (const setting of ["reviewers", "waitMinutes"])
      assert.match(told(run), new RegExp(`${at}.${setting}.*needs plan: enterprise on a private repository`));
    assert.deepEqual(server().requests, []);
  });

  it("names everybody whom GitHub does not know, and changes nothing", async () => {
    const { platform, fresh } = GOVERNANCE.repositories;
    const { production } = platform.environments;
    const reviewers = { users: ["octo-person", "octo-nobody"], teams: ["maintainers", "renamed"] };
    const environments = { production: { ...production, reviewers } };
    const { main } = fresh.branches;
    const branches = { main: { ...main, pushers: ["octo-org/maintaners"] } };
    const repositories = { platform: { ...platform, environments }, fresh: { ...fresh, branches } };
    const run = await engine().run("up", governing({ repositories }));
    assert.notEqual(run.exitCode, 0);
    const at = "repositories.platform.environments.production.reviewers";
    for (const unknown of [
      `${at}.users[1] = octo-nobody: is nobody's login`,
      `${at}.teams[1] = renamed: is no team of octo-org`,
      "repositories.fresh.branches.main.pushers[0] = maintaners: is no team of octo-org",
    ])
      assert.ok(told(run).includes(unknown), `${unknown} is not told in: ${told(run)}`);
    assert.doesNotMatch(told(run), /octo-person:|= maintainers:/);
    assert.deepEqual(server().changes, []);
  });

  it("adopts one repository, makes the other, and sets all that the approved plan says", async () => {
    const plan = engine().path("plan.json");
    const preview = await engine().run("preview", { arguments: ["--save-plan", plan] });
    assert.equal(preview.exitCode, 0, told(preview));
    assert.deepEqual(server().changes, []);
    // What a deployment does, save for its own preview: the plan also binds while the work is done.
    const run = await engine().run("up", { arguments: ["--plan", plan] });
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
    assert.equal(fresh.secrets.actions.key.open(sealed(fresh.secrets.actions, "NEW_KEY")), "value of deploy");
    assert.equal(fresh.settings.description, "Made by the stack");
    assert.deepEqual([fresh.security.secretScanning, fresh.security.pushProtection], [true, true]);
    const team = present(server().state.owner("octo-org").teams.get("maintainers"));
    const rule = present(fresh.protection.get("main"));
    assert.equal(rule.requiredApprovingReviewCount, 2);
    assert.deepEqual(rule.pushActorIds, [team.nodeId]);
  });

  it("has nothing to do the second time, after a look at GitHub", async () => {
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
    present(repository("fresh").protection.get("main")).pushActorIds = [];
    const weakened = [
      "update ActionsRepositoryPermissions",
      "update BranchProtection",
      "update RepositoryEnvironment",
      "update RepositoryRuleset",
      "update WorkflowRepositoryPermissions",
    ];

    server().forget();
    const found = await engine().run("preview", { arguments: ["--refresh", "--expect-no-changes"] });
    assert.equal(found.exitCode, EXIT.unexpectedChanges, told(found));
    assert.deepEqual(changesIn(found), weakened);
    assert.deepEqual(server().writes, []);

    const mended = await engine().run("up", { arguments: ["--refresh"] });
    assert.equal(mended.exitCode, 0, told(mended));
    assert.deepEqual(changesIn(mended), weakened);
    assert.equal(production().reviewers.length, 2);
    assert.equal(production().waitMinutes, 10);
    assert.ok(ruleset.rules.some(({ type }) => type === "required_status_checks"));
    assert.equal(platform.actions.workflow.default_workflow_permissions, "read");
    assert.equal(platform.actions.allowed_actions, "selected");
    assert.equal(repository("fresh").protection.get("main")?.pushActorIds.length, 1);
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
  return present(store.sealed.get(name)).value;
}
