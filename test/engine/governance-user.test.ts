import assert from "node:assert/strict";
import { join } from "node:path";
import { CLAIM_VARIABLE } from "../../model/owners.ts";
import { EngineWorkspace } from "../support/engine.ts";
import { ROOT } from "../support/engine-plans.ts";
import type { EngineRun } from "../support/engine-events.ts";
import type { GitHubStandIn, Repository } from "../support/github/index.ts";
import { governanceOf, QUICK, startForEngine } from "../support/github/engine.ts";

const OWNER = "octollm";
const NAME = "OctoLLM";
const TOKEN = "user-token";
/** Values that must be found nowhere, and what GitHub must hold in the end. */
const CANARIES = { codecov: "canary-of-the-configuration", gitleaks: "canary-of-secrets-manager" };
const MANAGED = "octollm/gitleaks-license";

/**
 * OctoLLM's governance as its example has it, with a third secret out of AWS Secrets Manager: the real engine, the
 * real program, the real GitHub provider. The tests are steps of one life; each says what it starts from.
 */
describe("governance of a user's repository under the real engine and GitHub provider", function () {
  this.timeout(180_000);
  let github: GitHubStandIn | undefined;
  let workspace: EngineWorkspace | undefined;
  let before_: Repository["settings"] | undefined;

  before(async function () {
    github = await startForEngine(this);
    const { state } = github;
    state.addOwner({ login: OWNER });
    state.addToken(TOKEN, { login: OWNER, scopes: ["repo", "workflow"] });
    state.addToken("reading-token", { login: OWNER, scopes: ["read:org"] });
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
    await workspace.command("config", "set", "--secret", "github-secrets:codecov", CANARIES.codecov);
    await workspace.command("config", "set", "--secret", "github-secrets:snyk", "another value");
  });

  after(async () => {
    await workspace?.dispose();
    await github?.close();
  });

  const engine = (): EngineWorkspace => defined(workspace);
  const server = (): GitHubStandIn => defined(github);
  const repository = (): Repository => server().state.repository(`${OWNER}/${NAME}`);

  it("names a secret that Secrets Manager does not hold, and changes nothing (FM-66)", async () => {
    const run = await engine().run("up");
    assert.notEqual(run.exitCode, 0);
    assert.match(told(run), new RegExp(MANAGED));
    assert.deepEqual(server().changes, []);
    engine().cloud.setSecret(MANAGED, CANARIES.gitleaks);
  });

  it("fails with a token that may not administer the repository, and changes nothing (FM-60)", async () => {
    const run = await engine().run("up", { githubToken: "reading-token" });
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
    const rule = defined(repository().protection.get("main"));
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

  it("gives GitHub secrets that it can open and nobody else sees (FM-65)", async () => {
    const { sealed, key } = repository().secrets.actions;
    const opened = Object.fromEntries([...sealed].map(([name, { value }]) => [name, key.open(value)]));
    assert.deepEqual(opened, {
      CODECOV_TOKEN: CANARIES.codecov,
      SNYK_TOKEN: "another value",
      GITLEAKS_LICENSE: CANARIES.gitleaks,
    });
    const exported = await engine().command("stack", "export", "--stack", "octollm");
    const places = new Map<string, string>([
      ...[...engine().written()].filter(([file]) => file !== engine().cloud.file),
      ["the exported state", exported.stdout + exported.stderr],
      [
        "the requests to GitHub",
        server()
          .requests.map(({ path, body }) => `${path}\n${body}`)
          .join("\n"),
      ],
    ]);
    const wanted = [...Object.values(CANARIES), TOKEN].flatMap((value) => [value, btoa(value)]);
    for (const [place, text] of places)
      for (const value of wanted) assert.ok(!text.includes(value), `${place} holds ${value}`);
  });

  it("has nothing to do the second time", async () => {
    server().forget();
    const run = await engine().run("up", { arguments: ["--refresh"] });
    assert.equal(run.exitCode, 0, told(run));
    assert.deepEqual(run.changes, {});
    assert.deepEqual(server().writes, []);
  });

  it("finds what was weakened by hand, and mends it", async () => {
    const rule = defined(repository().protection.get("main"));
    rule.requiredApprovingReviewCount = 0;
    rule.requiredStatusCheckContexts = rule.requiredStatusCheckContexts.slice(1);
    repository().actions.workflow.can_approve_pull_request_reviews = false;
    repository().secrets.actions.sealed.delete("SNYK_TOKEN");
    repository().settings.has_wiki = false;

    const found = await engine().run("preview", { arguments: ["--refresh"] });
    assert.equal(found.exitCode, 0, told(found));
    assert.deepEqual(
      found.steps
        .filter(({ op }) => op === "update" || op === "create")
        .map(({ op, type }) => `${op} ${type}`)
        .sort(),
      [
        "create github:index/actionsSecret:ActionsSecret",
        "update github:index/branchProtection:BranchProtection",
        "update github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
      ],
    );
    const mended = await engine().run("up", { arguments: ["--refresh"] });
    assert.equal(mended.exitCode, 0, told(mended));
    assert.equal(rule.requiredApprovingReviewCount, 1);
    assert.equal(rule.requiredStatusCheckContexts.length, 10);
    assert.equal(repository().actions.workflow.can_approve_pull_request_reviews, true);
    assert.ok(repository().secrets.actions.sealed.has("SNYK_TOKEN"));
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

  it("leaves the repository with its contents when the stack is destroyed, and takes what it made", async () => {
    const files = new Map(repository().branches.get("main")?.files);
    const run = await engine().run("destroy");
    assert.equal(run.exitCode, 0, told(run));
    assert.deepEqual(new Map(repository().branches.get("main")?.files), files);
    assert.equal(repository().settings.delete_branch_on_merge, true);
    assert.deepEqual([...repository().secrets.actions.sealed.keys()], []);
    assert.deepEqual([...repository().variables.keys()], []);
    assert.deepEqual([...repository().protection.keys()], []);
  });
});

function told({ diagnostics, stdout, stderr }: EngineRun): string {
  return [...diagnostics, stdout, stderr].join("\n");
}

function defined<Value>(value: Value | undefined): Value {
  assert.ok(value !== undefined, "the suite did not start");
  return value;
}
