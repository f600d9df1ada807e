import assert from "node:assert/strict";
import type { CheckLine } from "../../cli/checklist.ts";
import { diagnose } from "../../cli/doctor/doctor.ts";
import { GitHubAccount } from "../../cli/doctor/github-account.ts";
import { gitHub } from "../../cli/github-client.ts";
import { gitHubChecks } from "../../cli/verify/github-checks.ts";
import { governanceSchema } from "../../infra/settings/governance.ts";
import {
  loadContract,
  startGitHub,
  type Contract,
  type Environment,
  type GitHubStandIn,
  type Protection,
  type Repository,
} from "../support/github/index.ts";
import { NPM_INSTALL_LIMIT, orSkip } from "../support/npm-tools.ts";
import { newProtection } from "../support/github/protection.ts";

const GOVERNANCE = governanceSchema.parse({
  owner: "example-org",
  ownerKind: "organization",
  plan: "enterprise",
  repositories: {
    octollm: {
      details: {
        visibility: "private",
        description: "Orchestrator",
        topics: ["llm", "rust"],
        wiki: false,
        deleteBranchOnMerge: true,
      },
      actions: { allowed: "selected", selected: { patterns: ["codecov/codecov-action@*"] } },
      branches: {
        main: {
          approvals: 1,
          checks: ["build", "test"],
          administratorsIncluded: true,
          bypass: ["example-org/release"],
        },
        "release/*": { kind: "ruleset", approvals: 2, administratorsIncluded: true },
      },
      secrets: { CODECOV_TOKEN: { config: "github-secrets:codecov" } },
      dependabotSecrets: { NPM_TOKEN: { config: "github-secrets:npm" } },
      variables: { REGION: "us-west-2" },
      environments: {
        prod: {
          reviewers: { users: ["Alex"], teams: ["release"] },
          preventSelfReview: true,
          waitMinutes: 5,
          branches: ["main"],
          tags: ["v*"],
          secrets: { DEPLOY_KEY: { config: "github-secrets:deploy" } },
          variables: { STAGE: "prod" },
        },
      },
      vulnerabilityAlerts: true,
      dependabotSecurityUpdates: true,
      secretScanning: true,
      pushProtection: true,
    },
  },
});

const ID = {
  repository: "github.repository.octollm",
  actions: "github.actions.octollm",
  main: "github.branch.main.octollm",
  release: "github.branch.release/*.octollm",
  secrets: "github.secrets.octollm",
  variables: "github.variables.octollm",
  prod: "github.environment.prod.octollm",
  security: "github.security.octollm",
} as const;

describe("verify, against the GitHub stand-in", function () {
  this.timeout(30_000);
  let contract: Contract;
  let standIn: GitHubStandIn;
  let live: { repository: Repository; main: Protection; prod: Environment };

  before(async function () {
    this.timeout(NPM_INSTALL_LIMIT);
    contract = await orSkip(this, loadContract());
  });

  beforeEach(async () => {
    standIn = await startGitHub({ contract });
    live = makeGoverned(standIn);
  });
  afterEach(async () => {
    assert.deepEqual(standIn.writes, [], "verify changes nothing");
    await standIn.close();
  });

  function verify() {
    return diagnose(gitHubChecks(GOVERNANCE, new GitHubAccount(gitHub("admin", standIn.url))));
  }

  /** What the one line that is not well found. */
  async function onlyFailure(id: string): Promise<string> {
    const { lines, exitCode } = await verify();
    const bad: CheckLine[] = lines.filter(({ status }) => status !== "ok");
    assert.deepEqual(
      bad.map((line) => line.id),
      [id],
      JSON.stringify(bad, undefined, 1),
    );
    assert.equal(exitCode, 4);
    assert.match(bad[0]?.fix ?? "", /pulumi up --refresh/);
    return bad[0]?.found ?? "";
  }

  it("a repository as the stack says: every line ok; exit 0; nothing is written", async () => {
    const { lines, exitCode } = await verify();
    assert.deepEqual(
      lines.map(({ id, status }) => [id, status]),
      Object.values(ID).map((id) => [id, "ok"]),
      JSON.stringify(lines, undefined, 1),
    );
    assert.equal(exitCode, 0);
  });

  it("weakened protection, field by field", async () => {
    Object.assign(live.main, {
      requiredApprovingReviewCount: 0,
      dismissesStaleReviews: false,
      requiredStatusCheckContexts: ["build"],
      requiresStrictStatusChecks: false,
      isAdminEnforced: false,
      allowsForcePushes: true,
      bypassPullRequestActorIds: [],
    });
    assert.equal(
      await onlyFailure(ID.main),
      [
        "main: approvals is 0, stack says 1",
        "main: dismissStaleApprovals is false, stack says true",
        "main: checks is build, stack says build, test",
        "main: upToDate is false, stack says true",
        "main: administratorsIncluded is false, stack says true",
        "main: forcePushes is true, stack says false",
        "main: bypass is none, stack says example-org/release",
      ].join("\n"),
    );
  });

  it("protection without reviews, and none at all", async () => {
    live.main.requiresApprovingReviews = false;
    assert.equal(await onlyFailure(ID.main), "main: approvals is not required, stack says 1");
    live.repository.protection.clear();
    assert.equal(await onlyFailure(ID.main), "main: is not protected");
  });

  it("a ruleset that only watches, lost a rule and lets others by", async () => {
    const [ruleset] = live.repository.rulesets.values();
    assert.ok(ruleset !== undefined);
    ruleset.enforcement = "evaluate";
    ruleset.rules = ruleset.rules.filter(({ type }) => type !== "deletion");
    ruleset.bypass_actors = [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }];
    assert.equal(
      await onlyFailure(ID.release),
      [
        "release/*: enforcement is evaluate, stack says active",
        "release/*: deletion is true, stack says false",
        "release/*: administratorsIncluded is false, stack says true",
      ].join("\n"),
    );
    live.repository.rulesets.clear();
    assert.equal(await onlyFailure(ID.release), "release/*: has no ruleset");
  });

  it("Actions may do more", async () => {
    live.repository.actions.workflow = {
      default_workflow_permissions: "write",
      can_approve_pull_request_reviews: true,
    };
    live.repository.actions.selected.patterns_allowed = ["*"];
    assert.equal(
      await onlyFailure(ID.actions),
      [
        "workflowToken is write, stack says read",
        "mayApprovePullRequests is true, stack says false",
        "selected.patterns is *, stack says codecov/codecov-action@*",
      ].join("\n"),
    );
    live.repository.actions.allowed_actions = "all";
    live.repository.actions.workflow = {
      default_workflow_permissions: "read",
      can_approve_pull_request_reviews: false,
    };
    assert.equal(await onlyFailure(ID.actions), "allowed is all, stack says selected");
    live.repository.actions.enabled = false;
    assert.match(await onlyFailure(ID.actions), /^enabled is false, stack says true/);
  });

  it("settings somebody clicked", async () => {
    Object.assign(live.repository.settings, { visibility: "public", has_wiki: true, topics: ["rust"] });
    assert.equal(
      await onlyFailure(ID.repository),
      "visibility is public, stack says private\ntopics is rust, stack says llm, rust\nwiki is true, stack says false",
    );
  });

  it("secrets gone, by name, and variables, by value (FM-66)", async () => {
    live.repository.secrets.actions.sealed.delete("CODECOV_TOKEN");
    live.repository.secrets.dependabot.sealed.clear();
    assert.equal(
      await onlyFailure(ID.secrets),
      "secret CODECOV_TOKEN is missing\nDependabot secret NPM_TOKEN is missing",
    );
    live = remade(standIn);
    live.repository.variables.set("REGION", { ...stamped("eu-west-1") });
    assert.equal(await onlyFailure(ID.variables), "variable REGION is eu-west-1, stack says us-west-2");
  });

  it("an environment that anybody may deploy to", async () => {
    Object.assign(live.prod, { reviewers: [], waitMinutes: 0, canAdminsBypass: true, branchPolicy: null });
    live.prod.secrets.sealed.clear();
    live.prod.variables.clear();
    assert.equal(
      await onlyFailure(ID.prod),
      [
        "prod: reviewers is none, stack says alex",
        "prod: reviewing teams is none, stack says release",
        "prod: preventSelfReview is false, stack says true",
        "prod: waitMinutes is 0, stack says 5",
        "prod: administratorsBypass is true, stack says false",
        "prod: branches is any, stack says main",
        "prod: secret DEPLOY_KEY is missing",
        "prod: variable STAGE is missing",
      ].join("\n"),
    );
    live.repository.environments.clear();
    assert.equal(await onlyFailure(ID.prod), "prod: does not exist");
  });

  it("another branch may deploy", async () => {
    live.prod.policies.set(9, { name: "*", type: "branch" });
    assert.equal(await onlyFailure(ID.prod), "prod: branches is *, main, stack says main");
  });

  it("alerts and scanning switched off", async () => {
    Object.assign(live.repository.security, {
      alerts: false,
      fixes: false,
      secretScanning: false,
      pushProtection: false,
    });
    assert.equal(
      await onlyFailure(ID.security),
      [
        "vulnerabilityAlerts is false, stack says true",
        "dependabotSecurityUpdates is false, stack says true",
        "secretScanning is false, stack says true",
        "pushProtection is false, stack says true",
      ].join("\n"),
    );
  });

  it("a token that may not look: unknown, and no ok (FM-60)", async () => {
    standIn.fail(/actions\/permissions$/, {
      status: 403,
      message: "Resource not accessible by personal access token",
    });
    const { lines, exitCode } = await verify();
    const bad = lines.filter(({ status }) => status !== "ok");
    assert.deepEqual(
      bad.map(({ id, status }) => [id, status]),
      [[ID.actions, "unknown"]],
    );
    assert.equal(exitCode, 4);
  });

  it("no token: exit 3", async () => {
    const { lines, exitCode } = await diagnose(gitHubChecks(GOVERNANCE, new GitHubAccount(undefined)));
    assert.equal(exitCode, 3, JSON.stringify(lines));
    assert.match(lines[0]?.found ?? "", /no token/);
  });

  it("a repository that is not there", async () => {
    standIn.state.repositories.length = 0;
    const { lines, exitCode } = await verify();
    assert.equal(lines[0]?.found, "example-org/octollm does not exist, or the token may not see it");
    assert.deepEqual([...new Set(lines.slice(1).map(({ status }) => status))], ["skipped"]);
    assert.equal(exitCode, 4);
  });
});

/** A repository as `pulumi up` of the governance above leaves it. */
function makeGoverned({ state }: GitHubStandIn) {
  state.addOwner({ login: "example-org", kind: "Organization", plan: "enterprise" });
  const { id: user } = state.addOwner({ login: "Alex" });
  const team = state.addTeam("example-org", "release");
  state.addToken("admin", { login: "Alex", scopes: ["repo", "workflow"] });
  const repository = state.addRepository("example-org/octollm", {
    settings: {
      visibility: "private",
      description: "Orchestrator",
      topics: ["rust", "llm"],
      has_wiki: false,
      delete_branch_on_merge: true,
    },
  });
  Object.assign(repository.security, {
    alerts: true,
    fixes: true,
    secretScanning: true,
    pushProtection: true,
  });
  repository.actions.allowed_actions = "selected";
  repository.actions.selected.patterns_allowed = ["codecov/codecov-action@*"];
  repository.secrets.actions.sealed.set("CODECOV_TOKEN", stamped("sealed"));
  repository.secrets.dependabot.sealed.set("NPM_TOKEN", stamped("sealed"));
  repository.variables.set("REGION", stamped("us-west-2"));
  const main: Protection = {
    ...newProtection(state.id(), "main"),
    isAdminEnforced: true,
    requiresApprovingReviews: true,
    requiredApprovingReviewCount: 1,
    dismissesStaleReviews: true,
    requiresStatusChecks: true,
    requiresStrictStatusChecks: true,
    requiredStatusCheckContexts: ["test", "build"],
    requiresConversationResolution: true,
    bypassPullRequestActorIds: [team.nodeId],
  };
  repository.protection.set("main", main);
  const pull = {
    required_approving_review_count: 2,
    dismiss_stale_reviews_on_push: true,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: true,
  };
  const id = state.id();
  repository.rulesets.set(id, {
    id,
    name: "release/*",
    target: "branch",
    enforcement: "active",
    bypass_actors: [],
    conditions: { ref_name: { include: ["refs/heads/release/*"], exclude: [] } },
    rules: [{ type: "deletion" }, { type: "non_fast_forward" }, { type: "pull_request", parameters: pull }],
    createdAt: state.time(),
    updatedAt: state.time(),
  });
  const secrets = state.newStore();
  secrets.sealed.set("DEPLOY_KEY", stamped("sealed"));
  const prod: Environment = {
    id: state.id(),
    name: "prod",
    waitMinutes: 5,
    preventSelfReview: true,
    canAdminsBypass: false,
    reviewers: [
      { type: "User", id: user },
      { type: "Team", id: team.id },
    ],
    branchPolicy: { protected_branches: false, custom_branch_policies: true },
    policies: new Map([
      [1, { name: "main", type: "branch" }],
      [2, { name: "v*", type: "tag" }],
    ]),
    secrets,
    variables: new Map([["STAGE", stamped("prod")]]),
    createdAt: state.time(),
  };
  repository.environments.set("prod", prod);
  return { repository, main, prod };
}

function remade(standIn: GitHubStandIn) {
  standIn.state.repositories.length = 0;
  return makeGoverned(standIn);
}

function stamped(value: string) {
  return { value, createdAt: "2026-08-01T12:00:00Z", updatedAt: "2026-08-01T12:00:00Z" };
}
