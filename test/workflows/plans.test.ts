import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/engine-plans.ts";
import { needTool } from "../support/tools.ts";

const SCRIPTS = join(ROOT, ".github/scripts");

/** In place of `ground plan`: each stack ends as its name says. */
const COMMAND = `
const stack = process.argv[process.argv.indexOf("--stack") + 1];
const policies = stack === "refused" ? [{ level: "mandatory" }] : [{ level: "advisory" }];
if (stack === "broken") {
  console.error("Pulumi.broken.yaml: 1 problem");
  process.exitCode = 2;
} else {
  console.log(JSON.stringify({ stack, policies }));
  process.exitCode = stack === "refused" ? 5 : 0;
}
`;

describe("the scripts that plan every stack of a pull request", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "proving-ground-plans-"));
    mkdirSync(join(folder, "cli"));
    writeFileSync(join(folder, "cli/ground.mjs"), COMMAND);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function verdictOf(...stacks: readonly string[]): {
    readonly status: number | null;
    readonly stdout: string;
  } {
    for (const stack of stacks) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "config: {}\n");
    const out = join(folder, "plans");
    execFileSync(join(SCRIPTS, "plan-all.sh"), [folder, out], { stdio: "pipe" });
    return spawnSync(join(SCRIPTS, "plan-verdict.sh"), [out], { encoding: "utf8" });
  }

  it("end with 0 where each has a plan that no mandatory policy refuses", () => {
    assert.equal(verdictOf("good", "better").status, 0);
    assert.deepEqual(readdirSync(join(folder, "plans")).toSorted(), [
      "better.json",
      "exit-code",
      "good.json",
    ]);
  });

  it("end with 5 where a policy says no, and keep the plan that shows it", () => {
    const { status, stdout } = verdictOf("good", "refused");
    assert.equal(status, 5);
    assert.match(stdout, /The plan of refused breaks a mandatory policy/);
    assert.ok(existsSync(join(folder, "plans/refused.json")));
  });

  it("end with 2 where a stack has no plan, keep the reason, and plan the others all the same", () => {
    assert.equal(verdictOf("broken", "good", "refused").status, 2);
    assert.match(readFileSync(join(folder, "plans/broken.problem"), "utf8"), /1 problem/);
    assert.ok(!existsSync(join(folder, "plans/broken.json")));
    assert.ok(existsSync(join(folder, "plans/good.json")));
  });
});

describe("the files of a release", function () {
  this.timeout(60_000);
  let folder = "";

  before(function () {
    needTool(this, "git");
    if (!existsSync(join(ROOT, ".git"))) {
      console.log("      skipped: this is no checkout, and the archive is of a commit");
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "proving-ground-release-"));
  });

  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  function released(name: string): string {
    const out = join(folder, name);
    mkdirSync(out);
    execFileSync(join(SCRIPTS, "release-files.sh"), [out], { cwd: ROOT, stdio: "pipe" });
    return out;
  }

  it("are the same archive of the same commit, with its bill of materials, and sums that hold", () => {
    const [first, second] = [released("first"), released("second")];
    const archive = readdirSync(first).find((name) => name.endsWith(".tar.gz")) ?? "";
    assert.match(archive, /^proving-ground-\d+\.\d+\.\d+\.tar\.gz$/);
    assert.ok(readFileSync(join(first, archive)).equals(readFileSync(join(second, archive))));
    execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: first, stdio: "pipe" });

    const materials = readFileSync(join(first, "sbom.cdx.json"), "utf8");
    assert.match(materials, /"bomFormat": "CycloneDX"/);
    assert.match(materials, /pkg:npm\/%40pulumi\/pulumi@/);
    assert.doesNotMatch(materials, /pkg:npm\/mocha@/, "what only tests need is not in a release");
    const listed = execFileSync("tar", ["-tzf", join(first, archive)], { encoding: "utf8" });
    assert.match(listed, /\/package-lock\.json$/m);
  });
});
