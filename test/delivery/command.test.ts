import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MARKER } from "../../cli/comment/sticky.ts";
import { RECORDED } from "../comment/recording.ts";
import { change, plan, resource, runWith } from "../comment/samples.ts";
import { ROOT } from "../support/engine-plans.ts";
import { startGitHub, type GitHubStandIn } from "../support/github/server.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const where = ["--repository", "example-org/example"];

/** The commands as the workflows call them: words in, exit code and words out. */
describe("ground delivery and ground comment", function () {
  this.timeout(60_000);
  let folder = "";
  let standIn: GitHubStandIn;
  const issues = () => standIn.state.repository("example-org/example").issues;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "proving-ground-delivery-"));
    standIn = await startGitHub();
    standIn.state.addOwner({ login: "example-org", kind: "Organization" });
    standIn.state.addOwner({ login: "ground-bot" });
    standIn.state.addToken("token", { login: "ground-bot" });
    standIn.state.addRepository("example-org/example");
  });

  afterEach(async () => {
    await standIn.close();
    rmSync(folder, { recursive: true });
  });

  function file(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  function ground(words: readonly string[], token = "token"): Promise<Ended> {
    const env = { PATH: process.env["PATH"], GITHUB_TOKEN: token, GITHUB_API_URL: standIn.url };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(ROOT, "cli/ground.mjs"), ...words],
        { cwd: ROOT, env },
        (error, stdout, stderr) => {
          resolve({
            code: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
            stdout,
            stderr,
          });
        },
      );
    });
  }

  const judge = (log: string, code: number, ...words: readonly string[]) =>
    ground(["delivery", "judge", "-s", "dev", "--event-log", log, "--exit-code", String(code), ...words]);

  it("judge ends with 5 for the recorded preview, and names the rules", async () => {
    const { code, stderr } = await judge(RECORDED, 1);
    assert.equal(code, 5);
    assert.match(stderr, /refused by required-tags: /);
    assert.match(stderr, /preview of dev: 18 mandatory policy violations/);
  });

  it("judge ends with 2 without a log, and with 4 where it has no end (FM-42)", async () => {
    assert.equal((await judge(join(folder, "none"), 0)).code, 2);
    const { code, stderr } = await judge(file("log", ""), 0);
    assert.equal(code, 4);
    assert.match(stderr, /event log has no end/);
  });

  it("comment writes the one comment, from a run that judge wrote (FM-65: never from a log)", async () => {
    const pull = { head: "change", base: "main" };
    const about = { number: 1, id: 1, title: "A change", body: "", state: "open" as const, labels: [] };
    issues().push({ ...about, author: "ground-bot", pull, comments: [] });
    const run = join(folder, "run.json");
    await judge(RECORDED, 1, "--out", run);
    const head = file("head.json", plan([resource("store")]));
    const post = ["comment", "--head", head, "--run", run, "--post", "--pull-request", "1", ...where];
    assert.equal((await ground(post)).code, 0);
    assert.equal((await ground(post)).code, 0);
    assert.equal(issues()[0]?.comments.length, 1);
    assert.ok(issues()[0]?.comments[0]?.body.startsWith(`${MARKER}\n### ❌ Refused by 18`));

    const { code, stderr } = await ground(["comment", "--run", RECORDED]);
    assert.equal(code, 2);
    assert.match(stderr, /Event logs themselves are not taken/);
  });

  it("comment says that it needs a token, and where to write", async () => {
    const post = ["comment", "--post", "--problem", `dev=${file("problem.txt", "it failed")}`];
    const { code, stderr } = await ground(post);
    assert.equal(code, 2);
    assert.match(stderr, /--pull-request and --repository/);
    assert.equal((await ground([...post, "--pull-request", "1", ...where], "")).code, 3);
    assert.equal((await ground([...post, "--pull-request", "1", ...where], "bad")).code, 3);
  });

  it("drift opens the issue for a run with exit code 7, and says nothing about one that failed", async () => {
    const drifted = file("run.json", runWith([change("update", "store")], { exitCode: 7 }));
    const { code, stdout } = await ground(["delivery", "drift", "--run", drifted, ...where]);
    assert.equal(code, 0);
    assert.match(stdout, /^opened https?:/);
    const failed = file("failed.json", runWith([], { exitCode: 1, errors: ["no credentials"] }));
    assert.equal((await ground(["delivery", "drift", "--run", failed, ...where])).code, 2);
    assert.equal(issues().length, 1);
    assert.equal(issues()[0]?.state, "open");
  });

  it("size ends with 0 for the committed one, 7 for another, 6 for an unknown stack", async () => {
    const size = (stack: string, name: string) => ground(["delivery", "size", "-s", stack, "--size", name]);
    assert.equal((await size("dev", "small")).code, 0);
    const { code, stderr } = await size("dev", "large");
    assert.equal(code, 7);
    assert.match(stderr, /Pulumi\.dev\.yaml says size small, asked for was large; nothing has been deployed/);
    assert.equal((await size("nowhere", "small")).code, 6);
  });

  it("notes ends with 2 for a tag that is not the package's version", async () => {
    const { code, stderr } = await ground(["delivery", "notes", "--tag", "v999.0.0"]);
    assert.equal(code, 2);
    assert.match(stderr, /the tag is v999\.0\.0, package\.json says/);
  });
});
