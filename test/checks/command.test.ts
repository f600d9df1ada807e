import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { valueAt } from "../../model/inputs.ts";
import { startGitHub, type GitHubStandIn } from "../support/github/server.ts";
import { ground, ROOT } from "../support/plans.ts";
import { system, SYSTEMS, workflow } from "./support.ts";

const TOKEN = "ghp_checks0000000000000000000000000000000";

/** Checks of OctoLLM that hold, and one that does not. */
const SOUND = ["Lint Python Code", "Python Unit Tests (3.11)"];

interface RepositoryExtras {
  readonly workflows?: string;
  readonly branches?: Readonly<Record<string, unknown>>;
  readonly checks?: Readonly<Record<string, unknown>>;
}

function stackText(repositories: Readonly<Record<string, RepositoryExtras>>): string {
  const entries = Object.entries(repositories).map(([name, extras]) => [
    name,
    { details: { visibility: "public" }, ...extras },
  ]);
  const governance = {
    owner: "example",
    ownerKind: "user",
    repositories: Object.fromEntries(entries) as unknown,
  };
  const config = {
    "proving-ground:owner": "example",
    "proving-ground:hosts": false,
    "proving-ground:governance": governance,
  };
  return `# Governed by hand until now.\n${stringify({ config })}`;
}

const reportedSchema = z.record(
  z.string(),
  z.strictObject({
    mergeQueue: z.boolean(),
    defaultBranch: z.string().optional(),
    checks: z.array(z.string()),
  }),
);

/** What the command left in a stack file. */
function reportedIn(file: string, repository: string): z.output<typeof reportedSchema> {
  const path = ["config", "proving-ground:governance", "repositories", repository, "checks", "reported"];
  return reportedSchema.parse(valueAt(parse(readFileSync(file, "utf8")), ...path));
}

describe("ground checks", function () {
  this.timeout(60_000);
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ground-checks-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function stack(repositories: Readonly<Record<string, RepositoryExtras>>): string {
    const file = join(folder, "octollm.yaml");
    writeFileSync(file, stackText(repositories));
    return file;
  }

  /** A checkout of OctoLLM beside the stack file. */
  function checkout(): string {
    cpSync(join(SYSTEMS, "octollm"), join(folder, "octollm"), { recursive: true });
    return "octollm";
  }

  describe("on a folder by itself", () => {
    const octollm = ["checks", "--workflows", join(SYSTEMS, "octollm")];

    it("lists what can be required, exit 0", async () => {
      const { exitCode, stdout, stderr } = await ground(octollm);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.match(stdout, /no check is required.*\n {2}Dependency Scan - Snyk \(Python\)\n/);
      assert.doesNotMatch(stdout, /Trivy/, "what never runs on a pull request is no check to require");
    });

    it("names the jobs that it cannot list, with why", async () => {
      writeFileSync(
        join(folder, "ci.yml"),
        workflow("on: pull_request", {
          lint: "uses: example/shared/.github/workflows/lint.yml@v1",
          plan: "",
          test: 'needs: plan\nstrategy: { matrix: "${{ fromJSON(needs.plan.outputs.m) }}" }',
        }),
      );
      const { exitCode, stdout } = await ground(["checks", "--workflows", folder]);
      assert.equal(exitCode, 0);
      assert.match(
        stdout,
        /so that it can be:\n {2}plan\nNot readable, so that their names are not in the list:\n {2}lint in \S+ci\.yml: it calls example\/shared\S+, a workflow of another repository, which cannot be read here\n {2}test in \S+ci\.yml: needs\.plan is known only while the workflow runs\n/,
      );
      const json = await ground(["checks", "--workflows", folder, "--json"]);
      const said = z
        .object({
          repositories: z.array(
            z.object({ branches: z.array(z.object({ unreadable: z.array(z.object({ job: z.string() })) })) }),
          ),
        })
        .parse(JSON.parse(json.stdout));
      assert.deepEqual(
        said.repositories[0]?.branches[0]?.unreadable.map(({ job }) => job),
        ["lint", "test"],
      );
    });

    it("refuses ids, proposes the names and ends with 4 (FM-61)", async () => {
      const { exitCode, stdout } = await ground([
        ...octollm,
        "--require",
        "lint-python",
        "--require",
        "test-python",
      ]);
      assert.equal(exitCode, 4);
      assert.match(stdout, /lint-python +FAILED/);
      assert.match(
        stdout,
        /checks:\n {2}- Lint Python Code\n {2}- Python Unit Tests \(3\.11\)\n {2}- Python Unit/,
      );
    });

    it("takes the folder of workflows itself, another branch and a queue", async () => {
      const rbee = join(SYSTEMS, "rbee/.github/workflows");
      const args = ["checks", "--workflows", rbee, "--branch", "main", "--merge-queue"];
      const good = await ground([...args, "--require", "worker-orcd (cpu)"]);
      assert.deepEqual([good.exitCode, good.stderr], [0, ""]);
      assert.equal((await ground([...args, "--require", "precommit"])).exitCode, 4);
    });

    it("prints one JSON document", async () => {
      const { exitCode, stdout } = await ground([...octollm, "--json", "--require", "lint-python"]);
      const said = JSON.parse(stdout) as {
        ok: boolean;
        repositories: { branches: { proposed: string[]; verdicts: { status: string }[] }[] }[];
      };
      const branch = said.repositories[0]?.branches[0];
      assert.deepEqual(
        [exitCode, said.ok, branch?.proposed, branch?.verdicts[0]?.status],
        [4, false, ["Lint Python Code"], "never"],
      );
    });

    const REFUSED: Readonly<Record<string, readonly [args: readonly string[], said: RegExp]>> = {
      "a folder that is not there": [
        ["--workflows", "no/such/folder"],
        /no\/such\/folder: cannot be read as a folder/,
      ],
      "a folder without workflows": [
        ["--workflows", "docs"],
        /docs: holds no workflow; it must be a checkout/,
      ],
      "what only a stack file can take": [
        ["--workflows", "docs", "--write"],
        /--write: needs a stack; add --stack NAME or --config FILE/,
      ],
      "what a stack file says": [
        ["--stack", "dev", "--require", "a", "--branch", "b"],
        /--branch, --require: goes with --workflows FOLDER alone/,
      ],
      "a stack without repositories": [["--stack", "dev"], /has no governance settings/],
    };
    for (const [what, [args, said]] of Object.entries(REFUSED))
      it(`refuses ${what}, exit 2`, async () => {
        const { exitCode, stdout, stderr } = await ground(["checks", ...args]);
        assert.deepEqual([exitCode, stdout], [2, ""]);
        assert.match(stderr, said);
      });
  });

  describe("on a stack file", () => {
    it("reads a checkout beside the file, and writes what it verified once", async () => {
      const file = stack({
        octollm: {
          workflows: checkout(),
          branches: { main: { checks: [...SOUND, "codecov/patch"] } },
          checks: { fromApps: { "codecov/patch": "Codecov" } },
        },
      });
      const before = readFileSync(file, "utf8");
      const first = await ground(["checks", "--config", file, "--write"]);
      assert.deepEqual([first.exitCode, first.stderr], [0, ""]);
      assert.match(first.stdout, /codecov\/patch +ok +reported by Codecov, as declared/);
      assert.match(first.stdout, /Written into .*: 10 verified checks of octollm on main\n/);
      const after = readFileSync(file, "utf8");
      const added = after.split("\n").filter((line) => !before.split("\n").includes(line));
      assert.deepEqual([added[0]?.trim(), added.length], ["reported:", 14], added.join("\n"));
      const others = after.split("\n").filter((line) => !added.includes(line));
      assert.equal(others.join("\n"), before, "every other line stays");

      const second = await ground(["checks", "--config", file, "--write"]);
      assert.match(second.stdout, /holds the verified checks already; it is unchanged/);
      assert.equal(readFileSync(file, "utf8"), after);
      assert.deepEqual(readdirSync(folder).sort(), ["octollm", "octollm.yaml"]);
    });

    it("says after writing what is still to be done by hand, and why it ends with 4", async () => {
      const branches = { main: { checks: ["Lint Pythn Code"] } };
      const file = stack({ octollm: { workflows: checkout(), branches } });
      const { exitCode, stdout } = await ground(["checks", "--config", file, "--write"]);
      assert.equal(exitCode, 4);
      assert.match(
        stdout,
        /Written into .*\nStill to do, hence exit code 4: change branches\.main\.checks of [\w-]+\/octollm as said above\.\n$/,
      );
    });

    it("takes a ruleset's own names for branches, for rulesets alone", async () => {
      const workflows = checkout();
      const checks = ["Lint Python Code"];
      const file = stack({
        octollm: { workflows, branches: { "~DEFAULT_BRANCH": { kind: "ruleset", checks } } },
      });
      const ruleset = await ground(["checks", "--config", file]);
      assert.deepEqual([ruleset.exitCode, ruleset.stderr], [0, ""]);
      assert.match(ruleset.stdout, /^main: 1 required check$/m);
      const protection = await ground([
        ...["checks", "--config"],
        stack({ octollm: { workflows, branches: { "~DEFAULT_BRANCH": { checks } } } }),
      ]);
      assert.deepEqual([protection.exitCode, protection.stdout], [2, ""]);
      assert.match(protection.stderr, /~DEFAULT_BRANCH.*needs kind: ruleset/);
    });

    it("writes for each branch what its pull requests get (FM-61)", async () => {
      cpSync(join(SYSTEMS, "terraphim"), join(folder, "terraphim"), { recursive: true });
      const branches = { main: { checks: ["Tests / Suite core"] }, develop: { checks: ["CI summary"] } };
      const file = stack({ terraphim: { workflows: "terraphim", branches } });
      const { exitCode } = await ground(["checks", "--config", file, "--write"]);
      assert.equal(exitCode, 4);
      const { main, develop } = reportedIn(file, "terraphim");
      assert.deepEqual([main?.mergeQueue, develop?.mergeQueue], [false, false]);
      assert.ok(main?.checks.includes("CI summary") && main.checks.includes("Tests / Suite core"));
      assert.ok(!develop?.checks.includes("CI summary"), "its workflow is for main alone");
      const planned = await ground(["plan", "--config", file]);
      assert.equal(planned.exitCode, 5, planned.stderr);
      assert.match(
        planned.stdout,
        /develop requires "CI summary", which no\s+workflow\s+reports[^;]*; those to main get it/,
      );
    });

    it("a plan refuses rules that changed after they were verified (FM-61)", async () => {
      const branches = { main: { kind: "ruleset", checks: SOUND } };
      const file = stack({ octollm: { workflows: checkout(), branches } });
      assert.equal((await ground(["checks", "--config", file, "--write"])).exitCode, 0);
      const before = await ground(["plan", "--config", file]);
      assert.equal(before.exitCode, 0, before.stdout);
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace("kind: ruleset", "kind: ruleset\n            mergeQueue: true"));
      const { exitCode, stdout } = await ground(["plan", "--config", file]);
      assert.equal(exitCode, 5, stdout);
      assert.match(stdout, /main requires was verified without\s+the\s+merge\s+queue\s+it\s+has\s+now/);
      const again = await ground(["checks", "--config", file, "--write"]);
      assert.equal(again.exitCode, 4, "the queue locks the branch");
      assert.match(again.stdout, /has no merge_group/);
    });

    it("writes the flat list of an older file anew, which a plan refuses, exit 2", async () => {
      const branches = { main: { checks: SOUND } };
      const file = stack({
        octollm: { workflows: checkout(), branches, checks: { reported: SOUND } },
      });
      const refused = await ground(["plan", "--config", file]);
      assert.deepEqual([refused.exitCode, refused.stdout], [2, ""]);
      assert.match(
        refused.stderr,
        /octollm\.checks\.reported.* must be by branch.*: run `ground checks --write`, which writes it so/,
      );
      const { exitCode, stderr } = await ground(["checks", "--config", file, "--write"]);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.deepEqual(Object.keys(reportedIn(file, "octollm")), ["main"]);
      assert.equal((await ground(["plan", "--config", file])).exitCode, 0);
    });

    it("writes which branch ~DEFAULT_BRANCH was", async () => {
      const branches = { "~DEFAULT_BRANCH": { kind: "ruleset", checks: SOUND } };
      const file = stack({ octollm: { workflows: checkout(), branches } });
      assert.equal((await ground(["checks", "--config", file, "--write"])).exitCode, 0);
      assert.equal(reportedIn(file, "octollm")["~DEFAULT_BRANCH"]?.defaultBranch, "main");
      assert.equal((await ground(["plan", "--config", file])).exitCode, 0);
    });

    it("names the repository that was meant, exit 2", async () => {
      const file = stack({ octollm: {}, other: {} });
      const wrong = await ground(["checks", "--config", file, "--repository", "octolm"]);
      assert.deepEqual([wrong.exitCode, wrong.stdout], [2, ""]);
      assert.match(wrong.stderr, /did you mean "octollm"\?/);
      const ambiguous = await ground(["checks", "--config", file, "--workflows", SYSTEMS]);
      assert.equal(ambiguous.exitCode, 2);
      assert.match(
        ambiguous.stderr,
        /belongs to one repository; add --repository with one of octollm, other/,
      );
    });
  });

  describe("by GitHub's API", () => {
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
      const file = stack({ octollm: { branches: { main: { checks: SOUND } } } });
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
      const file = stack({
        off: { branches: { main: { checks: ["Lint Python Code", "Integration Tests"] } } },
      });
      const { exitCode, stdout } = await ground(["checks", "--config", file]);
      assert.equal(exitCode, 4, stdout);
      assert.match(stdout, /Lint Python Code +FAILED +\S+ is switched off\s+\(disabled_manually\)/);
      assert.match(stdout, /Integration Tests +warning/);
    });

    it("refuses every check of a repository without workflows, exit 4 (FM-61)", async () => {
      const file = stack({ empty: { branches: { main: { checks: ["build"] } } } });
      const { exitCode, stdout } = await ground(["checks", "--config", file]);
      assert.equal(exitCode, 4);
      assert.match(stdout, /example\/empty: 0 workflows[\s\S]*build +FAILED +no workflow reports it/);
    });

    it("does not take a repository that it may not see for one without workflows", async () => {
      const file = stack({ hidden: { branches: { main: { checks: ["build"] } } } });
      const { exitCode, stdout, stderr } = await ground(["checks", "--config", file]);
      assert.deepEqual([exitCode, stdout], [4, ""]);
      assert.match(stderr, /example\/hidden: GitHub shows this token no such repository/);
    });

    it("says that a token is missing, or refused, exit 3", async () => {
      const file = stack({ octollm: { branches: { main: { checks: SOUND } } } });
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

  it("no other command loads GitHub's parser", async () => {
    await ground(["--help"]);
    const loaded = new Set<string>();
    const follow = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      const text = readFileSync(join(ROOT, "dist/cli", name), "utf8");
      for (const [, part = ""] of text.matchAll(/^(?:import|\} from|import .* from) "\.\/([^"]+)";$/gm))
        follow(part);
    };
    follow("main.mjs");
    const holding = [...loaded].filter((name) =>
      readFileSync(join(ROOT, "dist/cli", name), "utf8").includes("workflow-root-strict"),
    );
    assert.ok(loaded.size > 1, "the parts of the bundle were not found");
    assert.deepEqual(holding, []);
  });
});
