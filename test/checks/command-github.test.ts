import assert from "node:assert/strict";
import { startGitHub, type GitHubStandIn } from "../support/github/server.ts";
import { ground } from "../support/plans.ts";
import { SOUND, Workplace } from "./command-support.ts";
import { system } from "./support.ts";

const TOKEN = "ghp_checks0000000000000000000000000000000";

describe("ground checks by GitHub's API", function () {
  this.timeout(60_000);
  const place = new Workplace();

  let github: GitHubStandIn;
  const saved = { ...process.env };

  before(async () => {
    github = await startGitHub();
    github.state.addOwner({ login: "example" });
    github.state.addToken(TOKEN, { login: "example", scopes: ["repo"] });
    github.state.addRepository("example/octollm", {
      files: {
        "README.md": "#",
        ...Object.fromEntries(system("octollm").map(({ path, text }) => [path, text])),
      },
    });
    github.state.addRepository("example/empty");
    delete process.env["GH_TOKEN"];
    process.env["GITHUB_API_URL"] = github.url;
  });

  beforeEach(() => {
    process.env["GITHUB_TOKEN"] = TOKEN;
  });

  after(async () => {
    for (const name of ["GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL"]) {
      const value = saved[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await github.close();
  });

  it("reads the default branch's workflows, and changes nothing there", async () => {
    const file = place.stack({ octollm: { branches: { main: { checks: SOUND } } } });
    const { exitCode, stdout, stderr } = await ground(["checks", "--config", file]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /example\/octollm: 4 workflows[\s\S]*2 ok\n/);
    assert.deepEqual(github.writes, []);
  });

  it("refuses what a workflow would report that is switched off, exit 4 (FM-61)", async () => {
    github.state.addRepository("example/off", {
      files: Object.fromEntries(system("octollm").map(({ path, text }) => [path, text])),
    });
    const path = system("octollm").find(({ text }) => text.includes("name: Lint Python Code"))?.path ?? "";
    const off = github.state.repositories.find(({ name }) => name === "off");
    off?.workflows.push({ id: 7, name: "Lint", path, state: "disabled_manually" });
    const file = place.stack({
      off: { branches: { main: { checks: ["Lint Python Code", "Integration Tests"] } } },
    });
    const { exitCode, stdout } = await ground(["checks", "--config", file]);
    assert.equal(exitCode, 4, stdout);
    assert.match(stdout, /Lint Python Code +FAILED +\S+ is switched off\s+\(disabled_manually\)/);
    assert.match(stdout, /Integration Tests +warning/);
  });

  it("refuses every check of a repository without workflows, exit 4 (FM-61)", async () => {
    const file = place.stack({ empty: { branches: { main: { checks: ["build"] } } } });
    const { exitCode, stdout } = await ground(["checks", "--config", file]);
    assert.equal(exitCode, 4);
    assert.match(stdout, /example\/empty: 0 workflows[\s\S]*build +FAILED +no workflow reports it/);
  });

  it("does not take a repository that it may not see for one without workflows", async () => {
    const file = place.stack({ hidden: { branches: { main: { checks: ["build"] } } } });
    const { exitCode, stdout, stderr } = await ground(["checks", "--config", file]);
    assert.deepEqual([exitCode, stdout], [4, ""]);
    assert.match(stderr, /example\/hidden: GitHub shows this token no such repository/);
  });

  it("says that a token is missing, or refused, exit 3", async () => {
    const file = place.stack({ octollm: { branches: { main: { checks: SOUND } } } });
    process.env["GITHUB_TOKEN"] = "";
    const missing = await ground(["checks", "--config", file]);
    assert.deepEqual([missing.exitCode, missing.stdout], [3, ""]);
    assert.match(missing.stderr, /No GitHub token: set GITHUB_TOKEN/);
    process.env["GITHUB_TOKEN"] = "ghp_wrong";
    const refused = await ground(["checks", "--config", file]);
    assert.equal(refused.exitCode, 3);
    assert.match(refused.stderr, /GitHub did not accept the token/);
    assert.ok(!refused.stderr.includes("ghp_wrong"), "the token is never shown");
  });
});
