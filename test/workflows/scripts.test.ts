import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runSchema, type Run } from "../../cli/delivery/run.ts";
import type { Finished } from "../support/engine-command.ts";
import { EngineWorkspace, skipWithoutEngine } from "../support/engine.ts";
import { ROOT } from "../support/engine-plans.ts";
import { needTool } from "../support/tools.ts";

const program = join(ROOT, "test/engine/programs/small");
const pack = join(ROOT, "test/engine/packs/tiny");
const SCRIPTS = join(ROOT, ".github/scripts");
const VPC = "aws:ec2/vpc:Vpc";
const CANARY = /canary-1234/;

/** The scripts as the workflows call them, around the real engine: a project with `cli` and `policies` in it. */
describe("the scripts of the workflows, with the real engine", function () {
  this.timeout(120_000);
  let workspace: EngineWorkspace | undefined;
  let commit = "";
  let plan = "";

  before(async function () {
    skipWithoutEngine(this);
    needTool(this, "git");
    workspace = await EngineWorkspace.start({ project: program });
    const project = workspace.path("project");
    symlinkSync(join(ROOT, "cli"), join(project, "cli"));
    symlinkSync(pack, join(project, "policies"));
    // Stands in for the checkout of the deployed commit.
    symlinkSync(project, join(project, "deployed"));
    mkdirSync(workspace.path("runner"));
    plan = workspace.path("plan.json");
    commit = committed(project);
  });

  after(() => workspace?.dispose());

  function account(): EngineWorkspace {
    assert.ok(workspace !== undefined, "the workspace did not start");
    return workspace;
  }

  function script(name: string, ...words: readonly string[]): Promise<Finished> {
    const variables = {
      STACK: "dev",
      PROJECT: name === "preview.sh" && words.includes("--refresh") ? "deployed" : "",
      RUNNER_TEMP: account().path("runner"),
      GITHUB_STEP_SUMMARY: account().path("summary.md"),
    };
    return account().script(join(SCRIPTS, name), words, variables);
  }

  function delivery(...words: readonly string[]): Promise<Finished> {
    return account().script(process.execPath, ["cli/ground.mjs", "delivery", ...words], {});
  }

  function bound(): readonly string[] {
    return ["--stack", "dev", "--plan", plan, "--commit", commit, "--cli", "v3.260.0"];
  }

  function lastRun(): Run {
    return runSchema.parse(JSON.parse(readFileSync(account().path("project/run.json"), "utf8")));
  }

  /** Nothing that the engine knows stays on the machine, or goes into a log. */
  function assertNothingLeft({ stdout, stderr }: Finished): void {
    for (const name of ["events.ndjson", "state.json", "shown.txt"])
      assert.ok(!existsSync(account().path(`runner/${name}`)), `${name} is still there`);
    assert.doesNotMatch(stdout + stderr + JSON.stringify(lastRun()), CANARY);
  }

  it("keep a preview as a plan that holds no secret, and end with 0 (FM-65)", async () => {
    const preview = await script("preview.sh", "--policy-pack", "policies", "--save-plan", plan);
    assert.equal(preview.exitCode, 0, preview.stdout + preview.stderr);
    assert.ok(lastRun().changes.some(({ kind, type }) => kind === "create" && type === VPC));
    assert.equal(lastRun().policiesAsked, 2);
    assert.doesNotMatch(readFileSync(plan, "utf8"), CANARY);
    assertNothingLeft(preview);
  });

  it("refuse what is not what was approved, and a plan that no longer fits, before anything is made (FM-43)", async () => {
    const approved = (await delivery("bind", ...bound())).stdout.trim();
    const same = await delivery("check", "--approved", approved, ...bound());
    assert.equal(same.exitCode, 0, same.stderr);

    account().configure({ "simulated:cidr": "10.77.0.0/16" });
    const other = await delivery("check", "--approved", approved, ...bound());
    assert.equal(other.exitCode, 7);
    assert.match(other.stderr, /stack file: approved [0-9a-f]{64}, now [0-9a-f]{64}/);

    const up = await script("up.sh", plan);
    account().restoreStackFile();
    assert.equal(up.exitCode, 4, up.stdout + up.stderr);
    assert.match(lastRun().errors.join("\n"), /violates plan/);
    assert.deepEqual(account().cloud.resources(), []);
    assertNothingLeft(up);
  });

  it("apply the approved plan, and know the commit that it was made from", async () => {
    const up = await script("up.sh", plan);
    assert.equal(up.exitCode, 0, up.stdout + up.stderr);
    assert.equal(lastRun().operation, "up");
    assert.equal(account().cloud.resources(VPC).length, 1);
    assertNothingLeft(up);

    const { stdout } = await account().command("stack", "history", "--json", "--stack", "dev");
    const history = account().path("history.json");
    writeFileSync(history, stdout);
    assert.equal((await delivery("deployed", "--history", history)).stdout, `${commit}\n`);
  });

  it("find no bucket where the stack has none", async () => {
    const bucket = await script("bucket.sh");
    assert.equal(bucket.exitCode, 0, bucket.stderr);
    assert.equal(bucket.stdout.trim(), "");
  });

  it("end with 0 without drift, with 7 and the names with it, from the folder of another commit", async () => {
    const looks = ["--refresh", "--expect-no-changes"];
    const none = await script("preview.sh", ...looks);
    assert.equal(none.exitCode, 0, none.stdout + none.stderr);
    account().cloud.remove("aws:s3/bucket:Bucket", "store");
    const drift = await script("preview.sh", ...looks);
    assert.equal(drift.exitCode, 7, drift.stdout + drift.stderr);
    assert.deepEqual(
      lastRun().changes.map(({ kind, name }) => `${kind} ${name}`),
      ["create store"],
    );
    assertNothingLeft(drift);
  });

  it("end with 5 where a policy says no, though the engine ends with 1", async () => {
    account().configure({ "simulated:instanceType": "c7a.48xlarge" });
    const preview = await script("preview.sh", "--policy-pack", "policies");
    account().restoreStackFile();
    assert.equal(preview.exitCode, 5, preview.stdout + preview.stderr);
    assert.match(preview.stderr, /refused by no-large-instances: .*c7a\.48xlarge is too large/);
  });

  it("stop where an earlier deployment was cut off, with the way out (FM-42)", async () => {
    assert.equal((await script("pending.sh")).exitCode, 0);
    // Written into the backend's file: `pulumi stack import` takes pending operations out.
    const { stateFile } = account();
    writeFileSync(stateFile, withPendingCreation(readFileSync(stateFile, "utf8")));
    const pending = await script("pending.sh");
    assert.equal(pending.exitCode, 4, pending.stdout + pending.stderr);
    assert.match(pending.stderr, /pulumi refresh --stack dev --clear-pending-creates/);
    assertNothingLeft(pending);
  });

  it("show a command in the summary as it is, and end as it does", async () => {
    const shown = await script("shown.sh", "bash", "-c", "echo '| a |'; echo '# b' >&2; exit 5");
    assert.equal(shown.exitCode, 5);
    const summary = readFileSync(account().path("summary.md"), "utf8");
    assert.equal(summary, "~~~~~~~~text\n| a |\n# b\n~~~~~~~~\n");
    assertNothingLeft(shown);
  });
});

/** Makes the folder a checkout with one commit, as a runner has it; the engine writes it into the stack's history. */
function committed(folder: string): string {
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...words], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message", "first");
  return git("rev-parse", "HEAD");
}

const stateSchema = z.looseObject({ checkpoint: z.looseObject({ latest: z.looseObject({}) }) });

/** The state with an operation that never ended. */
function withPendingCreation(document: string): string {
  const state = stateSchema.parse(JSON.parse(document));
  const urn = `urn:pulumi:dev::simulated::${VPC}::lost`;
  const pending_operations = [{ type: "creating", resource: { urn, type: VPC, custom: true } }];
  const latest = { ...state.checkpoint.latest, pending_operations };
  return JSON.stringify({ ...state, checkpoint: { ...state.checkpoint, latest } });
}
