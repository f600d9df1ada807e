import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ground } from "../support/plans.ts";
import { Workplace } from "./command-support.ts";
import { SYSTEMS, workflow } from "./support.ts";

describe("ground checks on a folder by itself", function () {
  this.timeout(60_000);
  const place = new Workplace();

  const octollm = ["checks", "--workflows", join(SYSTEMS, "octollm")];

  it("lists what can be required, exit 0", async () => {
    const { exitCode, stdout, stderr } = await ground(octollm);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /no check is required.*\n {2}Dependency Scan - Snyk \(Python\)\n/);
    assert.doesNotMatch(stdout, /Trivy/, "what never runs on a pull request is no check to require");
  });

  it("names the jobs that it cannot list, with why", async () => {
    writeFileSync(
      join(place.path, "ci.yml"),
      workflow("on: pull_request", {
        lint: "uses: example/shared/.github/workflows/lint.yml@v1",
        plan: "",
        test: 'needs: plan\nstrategy: { matrix: "${{ fromJSON(needs.plan.outputs.m) }}" }',
      }),
    );
    const { exitCode, stdout } = await ground(["checks", "--workflows", place.path]);
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /so that it can be:\n {2}plan\nNot readable, so that their names are not in the list:\n {2}lint in \S+ci\.yml: it calls example\/shared\S+, a workflow of another repository, which cannot be read here\n {2}test in \S+ci\.yml: needs\.plan is known only while the workflow runs\n/,
    );
    const json = await ground(["checks", "--workflows", place.path, "--json"]);
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
    "a folder without workflows": [["--workflows", "docs"], /docs: holds no workflow; it must be a checkout/],
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
