import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../support/engine-plans.ts";
import { needTool } from "../support/tools.ts";

function script(name: string, words: readonly string[], cwd: string) {
  const { status, stdout } = spawnSync(join(ROOT, ".github/scripts", name), [...words], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout };
}

describe("the scripts of the workflows that need no engine", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ground-scripts-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("binaries.sh tells any change of a name or a content, and nothing else", () => {
    const digest = (files: Readonly<Record<string, string>>) => {
      const place = mkdtempSync(join(folder, "binaries-"));
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(join(place, name, ".."), { recursive: true });
        writeFileSync(join(place, name), content);
      }
      const { status, stdout } = script("binaries.sh", [place], folder);
      assert.equal(status, 0);
      assert.match(stdout, /^[0-9a-f]{64}\n$/);
      return stdout;
    };
    const built = digest({ "boot.mjs": "a", "units/x y": "b" });
    assert.equal(digest({ "units/x y": "b", "boot.mjs": "a" }), built);
    for (const other of [
      { "boot.mjs": "A", "units/x y": "b" },
      { "boot.mjs": "b", "units/x y": "a" },
      { "boot.mjs": "a" },
      { "boot.mjs": "a", "units/x y": "b", more: "" },
      { "boot.mjs": "a", "units/x-y": "b" },
    ])
      assert.notEqual(digest(other), built, JSON.stringify(other));
  });

  it("binaries.sh without its folder fails, rather than give the digest of nothing", () => {
    assert.notEqual(script("binaries.sh", [join(folder, "missing")], folder).status, 0);
    assert.notEqual(script("binaries.sh", [], folder).status, 0);
  });

  it("merged.sh lets commits of main through, and no other, nor what is none", function () {
    needTool(this, "git");
    const git = (...words: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=one", "-c", "user.email=one@example.com", ...words], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      }).trim();
    git("init", "--quiet", "--initial-branch=main");
    const commit = (message: string) => {
      git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    };
    const [old, tip] = [commit("one"), commit("two")];
    git("update-ref", "refs/remotes/origin/main", tip);
    const foreign = commit("pushed to a branch, never merged");
    for (const merged of [old, tip]) assert.equal(script("merged.sh", [merged], folder).status, 0, merged);
    for (const other of [foreign, "0".repeat(40), "main", "--help", "x\n::error::y"]) {
      const { status, stdout } = script("merged.sh", [other], folder);
      assert.equal(status, 1, other);
      assert.match(stdout, /^::error title=Not looked at::[^\n]*no commit of main[^\n]*\n$/);
    }
  });
});
