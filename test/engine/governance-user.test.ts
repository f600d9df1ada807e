import assert from "node:assert/strict";
import { join } from "node:path";
import { CLAIM_VARIABLE } from "../../model/owners.ts";
import { EngineWorkspace } from "../support/engine.ts";
import { ROOT } from "../support/engine-plans.ts";
import { EXIT } from "../../cli/exit-codes.ts";
import type { GitHubStandIn, Repository } from "../support/github/index.ts";
import { changesIn, governanceOf, present, QUICK, startForEngine, told } from "../support/github/engine.ts";

const OWNER = "octollm";
const NAME = "OctoLLM";
const TOKEN = "canary-of-the-token";
const READING_TOKEN = "canary-of-the-reading-token";
/** Values that GitHub must hold in the end, and that must be found nowhere else. */
const CANARIES = {
  codecov: "canary-of-the-configuration",
  snyk: "canary-of-the-other-key",
  gitleaks: "canary-of-secrets-manager",
};
const MANAGED = "octollm/gitleaks-license";

/**
 * OctoLLM's governance as its example has it, with a third secret out of AWS Secrets Manager: the real engine, the
 * real program, the real GitHub provider. The tests are steps of one life; each says what it starts from.
 */
describe("governance of a user's repository under the real engine and GitHub provider", function () {
  this.timeout(300_000);
  let github: GitHubStandIn | undefined;
  let workspace: EngineWorkspace | undefined;
  let before_: Repository["settings"] | undefined;

  before(async function () {
    github = await startForEngine(this);
    const { state } = github;
    state.addOwner({ login: OWNER });
    state.addToken(TOKEN, { login: OWNER, scopes: ["repo", "workflow"] });
    state.addToken(READING_TOKEN, { login: OWNER, scopes: ["read:org"] });
    const repository = state.addRepository(`${OWNER}/${NAME}`, {
      settings: { description: "Set by hand", has_wiki: true, allow_merge_commit: true, topics: ["llm"] },
      files: { "README.md": "# OctoLLM\n", ".github/workflows/lint.yml": "name: lint\n" },
    });
    repository.actions.workflow.default_workflow_permissions = "read";
    before_ = structuredClone(repository.settings);
    workspace = await EngineWorkspace.start({
      project: ROOT,
      stack: "octollm",
      github: { url: github.url, token: TOKEN },
    });
    workspace.configure({
      ...QUICK,
      ...governanceOf(join(ROOT, "examples/octollm.yaml"), {
        [NAME]: ({ secrets }) => ({ secrets: { ...secrets, GITLEAKS_LICENSE: { secretsManager: MANAGED } } }),
      }),
    });
    for (const key of ["codecov", "snyk"] as const)
      await workspace.command("config", "set", "--secret", `github-secrets:${key}`, CANARIES[key]);
  });

  after(async () => {
    await workspace?.dispose();
    await github?.close();
  });

  const engine = (): EngineWorkspace => present(workspace);
  const server = (): GitHubStandIn => present(github);
  const repository = (): Repository => server().state.repository(`${OWNER}/${NAME}`);

  it("names a secret that Secrets Manager does not hold, and changes nothing (FM-66)", async () => {
    const run = await engine().run("up");
    assert.notEqual(run.exitCode, 0);
    assert.match(told(run), new RegExp(MANAGED));
    assert.deepEqual(server().changes, []);
    engine().cloud.setSecret(MANAGED, CANARIES.gitleaks);
  });

  it("fails with a token that may not administer the repository, and changes nothing (FM-60)", async () => {
    const run = await engine().run("up", { githubToken: READING_TOKEN });
    assert.notEqual(run.exitCode, 0);
    assert.match(told(run), /403 Must have admin rights to Repository/);
    assert.deepEqual(server().changes, []);
  });

  it("refuses a saved plan that no longer fits before anything is changed (FM-43)", async () => {
    const plan = engine().path("plan.json");
    const preview = await engine().run("preview", { arguments: ["--save-plan", plan] });
    assert.equal(preview.exitCode, 0, told(preview));
    const file = engine().stackFile;
    engine().configure(governanceOf(file, { [NAME]: () => ({ variables: { NOT_IN_THE_PLAN: "yes" } }) }));
    server().forget();
    const run = await engine().run("up", { withPreview: true, arguments: ["--plan", plan] });
    engine().configure(governanceOf(file, { [NAME]: () => ({ variables: {} }) }));
    assert.notEqual(run.exitCode, 0);
    assert.match(told(run), /variable-NOT_IN_THE_PLAN.*create is not allowed by the plan/s);
    assert.deepEqual(server().changes, []);
  });

  it("adopts the repository: what the stack file says is set, what it leaves out stays", async () => {
    const run = await engine().run("up");
    assert.equal(run.exitCode, 0, told(run));
    assert.ok(!server().changes.some((change) => /POST \/(?:user|orgs\/[^/]+)\/repos/.test(change)));
    assert.deepEqual(repository().settings, { ...before_, delete_branch_on_merge: true });
    assert.deepEqual(repository().actions.workflow, {
      default_workflow_permissions: "write",
      can_approve_pull_request_reviews: true,
    });
    assert.equal(repository().variables.get(CLAIM_VARIABLE)?.value, "proving-ground/octollm");
    assert.deepEqual([...repository().environments.keys()], []);
    assert.deepEqual([...repository().labels.keys()], ["bug", "enhancement"]);
    const rule = present(repository().protection.get("main"));
    const wanted = {
      requiresApprovingReviews: true,
      requiredApprovingReviewCount: 1,
      dismissesStaleReviews: true,
      requiresCodeOwnerReviews: true,
      requiresStatusChecks: true,
      requiresStrictStatusChecks: true,
      requiresConversationResolution: true,
      requiresLinearHistory: true,
      isAdminEnforced: false,
      allowsForcePushes: false,
      allowsDeletions: false,
      restrictsPushes: false,
    };
    assert.deepEqual({ ...rule, ...wanted }, rule);
    assert.equal(rule.requiredStatusCheckContexts.length, 10);
  });

  it("has nothing to do the second time, nor after a look at GitHub", async () => {
    server().forget();
    for (const looking of [[], ["--refresh"]]) {
      const run = await engine().run("up", { arguments: looking });
      assert.equal(run.exitCode, 0, told(run));
      assert.deepEqual(run.changes, {});
    }
    assert.deepEqual(server().writes, []);
  });

  it("finds what was weakened by hand, and mends it", async () => {
    const rule = present(repository().protection.get("main"));
    rule.requiredApprovingReviewCount = 0;
    rule.requiredStatusCheckContexts = rule.requiredStatusCheckContexts.slice(1);
    repository().actions.workflow.can_approve_pull_request_reviews = false;
    repository().secrets.actions.sealed.delete("SNYK_TOKEN");
    repository().settings.has_wiki = false;

    server().forget();
    const found = await engine().run("preview", { arguments: ["--refresh", "--expect-no-changes"] });
    assert.equal(found.exitCode, EXIT.unexpectedChanges, told(found));
    assert.deepEqual(changesIn(found), [
      "create ActionsSecret",
      "update BranchProtection",
      "update WorkflowRepositoryPermissions",
    ]);
    assert.deepEqual(server().writes, []);

    const mended = await engine().run("up", { arguments: ["--refresh"] });
    assert.equal(mended.exitCode, 0, told(mended));
    assert.equal(rule.requiredApprovingReviewCount, 1);
    assert.equal(rule.requiredStatusCheckContexts.length, 10);
    assert.equal(repository().actions.workflow.can_approve_pull_request_reviews, true);
    // The stack file says nothing of the wiki.
    assert.equal(repository().settings.has_wiki, false);
  });

  it("does not let a second stack govern the repository, which stays as it is (FM-67)", async () => {
    const second = await EngineWorkspace.start({
      project: ROOT,
      stack: "rival",
      github: { url: server().url, token: TOKEN },
    });
    try {
      second.configure({
        ...QUICK,
        ...governanceOf(engine().stackFile, { [NAME]: () => ({ secrets: {} }) }),
      });
      server().forget();
      const run = await second.run("up");
      assert.notEqual(run.exitCode, 0);
      assert.match(told(run), /409/);
      assert.deepEqual(server().changes, []);
      assert.equal(repository().variables.get(CLAIM_VARIABLE)?.value, "proving-ground/octollm");
    } finally {
      await second.dispose();
    }
  });

  it("has given GitHub secrets that it can open, and left them nowhere else (FM-65)", async () => {
    const { sealed, key } = repository().secrets.actions;
    const opened = Object.fromEntries([...sealed].map(([name, { value }]) => [name, key.open(value)]));
    assert.deepEqual(opened, {
      CODECOV_TOKEN: CANARIES.codecov,
      SNYK_TOKEN: CANARIES.snyk,
      GITLEAKS_LICENSE: CANARIES.gitleaks,
    });
    // What makes a sealed value unguessable to whoever reads the state.
    const salt = engine().cloud.get("random:index/randomBytes:RandomBytes", "governance-salt");
    const canaries = [...Object.values(CANARIES), TOKEN, READING_TOKEN, String(salt.properties["base64"])];
    const exported = await engine().command("stack", "export", "--stack", "octollm");
    assert.match(exported.stdout, /"variableName": "PROVING_GROUND_STACK"/);

    const places = new Map(engine().written());
    // The account itself, which holds what it was given.
    places.delete(engine().cloud.file);
    for (const kind of [/plan\.json$/, /events-\d+\.ndjson$/, /printed-\d+\.txt$/, /octollm\.json$/])
      assert.ok(
        [...places.keys()].some((file) => kind.test(file)),
        `nothing was looked at of ${String(kind)}`,
      );
    const requests = server().allRequests.map(({ path, body }) => `${path}\n${body}`);
    places.set("the requests to GitHub", requests.join("\n"));
    const found = [...places].flatMap(([place, text]) =>
      canaries
        .filter((value) => text.includes(value) || text.includes(btoa(value)))
        .map((value) => `${place} holds ${value}`),
    );
    assert.deepEqual(found, []);
  });

  it("leaves the repository with its contents when the stack is destroyed, and takes what it made", async () => {
    const files = new Map(repository().branches.get("main")?.files);
    const settings = structuredClone(repository().settings);
    const run = await engine().run("destroy");
    assert.equal(run.exitCode, 0, told(run));
    assert.deepEqual(new Map(repository().branches.get("main")?.files), files);
    assert.deepEqual(repository().settings, settings);
    assert.deepEqual([...repository().secrets.actions.sealed.keys()], []);
    assert.deepEqual([...repository().variables.keys()], []);
    assert.deepEqual([...repository().protection.keys()], []);
  });
});
