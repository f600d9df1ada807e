import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { ground } from "../support/plans.ts";
import { reportedIn, SOUND, Workplace } from "./command-support.ts";
import { SYSTEMS } from "./support.ts";

describe("ground checks on a stack file", function () {
  this.timeout(60_000);
  const place = new Workplace();

  it("reads a checkout beside the file, and writes what it verified once", async () => {
    const file = place.stack({
      octollm: {
        workflows: place.checkout(),
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
    assert.deepEqual(readdirSync(place.path).sort(), ["octollm", "octollm.yaml"]);
  });

  it("says after writing what is still to be done by hand, and why it ends with 4", async () => {
    const branches = { main: { checks: ["Lint Pythn Code"] } };
    const file = place.stack({ octollm: { workflows: place.checkout(), branches } });
    const { exitCode, stdout } = await ground(["checks", "--config", file, "--write"]);
    assert.equal(exitCode, 4);
    assert.match(
      stdout,
      /Written into .*\nStill to do, hence exit code 4: change branches\.main\.checks of [\w-]+\/octollm as said above\.\n$/,
    );
  });

  it("takes a ruleset's own names for branches, for rulesets alone", async () => {
    const workflows = place.checkout();
    const checks = ["Lint Python Code"];
    const file = place.stack({
      octollm: { workflows, branches: { "~DEFAULT_BRANCH": { kind: "ruleset", checks } } },
    });
    const ruleset = await ground(["checks", "--config", file]);
    assert.deepEqual([ruleset.exitCode, ruleset.stderr], [0, ""]);
    assert.match(ruleset.stdout, /^main: 1 required check$/m);
    const protection = await ground([
      ...["checks", "--config"],
      place.stack({ octollm: { workflows, branches: { "~DEFAULT_BRANCH": { checks } } } }),
    ]);
    assert.deepEqual([protection.exitCode, protection.stdout], [2, ""]);
    assert.match(protection.stderr, /~DEFAULT_BRANCH.*needs kind: ruleset/);
  });

  it("writes for each branch what its pull requests get (FM-61)", async () => {
    place.checkout("terraphim");
    const branches = { main: { checks: ["Tests / Suite core"] }, develop: { checks: ["CI summary"] } };
    const file = place.stack({ terraphim: { workflows: "terraphim", branches } });
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
    const file = place.stack({ octollm: { workflows: place.checkout(), branches } }, "organization");
    assert.equal((await ground(["checks", "--config", file, "--write"])).exitCode, 0);
    const before = await ground(["plan", "--config", file]);
    assert.equal(before.exitCode, 0, before.stdout);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("kind: ruleset", "kind: ruleset\n            mergeQueue: true"));
    const { exitCode, stdout, stderr } = await ground(["plan", "--config", file]);
    assert.equal(exitCode, 5, stderr);
    assert.match(stdout, /main requires was verified without\s+the\s+merge\s+queue\s+it\s+has\s+now/);
    const again = await ground(["checks", "--config", file, "--write"]);
    assert.equal(again.exitCode, 4, "the queue locks the branch");
    assert.match(again.stdout, /has no merge_group/);
  });

  it("writes the flat list of an older file anew, which a plan refuses, exit 2", async () => {
    const branches = { main: { checks: SOUND } };
    const file = place.stack({
      octollm: { workflows: place.checkout(), branches, checks: { reported: SOUND } },
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
    const file = place.stack({ octollm: { workflows: place.checkout(), branches } });
    assert.equal((await ground(["checks", "--config", file, "--write"])).exitCode, 0);
    assert.equal(reportedIn(file, "octollm")["~DEFAULT_BRANCH"]?.defaultBranch, "main");
    assert.equal((await ground(["plan", "--config", file])).exitCode, 0);
  });

  it("names the repository that was meant, exit 2", async () => {
    const file = place.stack({ octollm: {}, other: {} });
    const wrong = await ground(["checks", "--config", file, "--repository", "octolm"]);
    assert.deepEqual([wrong.exitCode, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, /did you mean "octollm"\?/);
    const ambiguous = await ground(["checks", "--config", file, "--workflows", SYSTEMS]);
    assert.equal(ambiguous.exitCode, 2);
    assert.match(ambiguous.stderr, /belongs to one repository; add --repository with one of octollm, other/);
  });
});
