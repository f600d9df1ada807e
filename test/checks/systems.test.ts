import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judge } from "../../cli/checks/judge.ts";
import { proposedYaml } from "../../cli/checks/render.ts";
import { needTool } from "../support/tools.ts";
import { judged, lines, MAIN, system, SYSTEMS } from "./support.ts";

/** Pinned as in test/workflows. */
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

/** As OctoLLM's team wrote them: the ids of its jobs. */
const OCTOLLM = [
  "lint-python",
  "lint-rust",
  "test-python (3.11)",
  "test-python (3.12)",
  "test-rust",
  "integration-tests",
  "sast-bandit",
  "dependency-scan-python",
  "dependency-scan-rust",
  "secret-scan",
];

const OCTOLLM_RIGHT = [
  "Lint Python Code",
  "Lint Rust Code",
  "Python Unit Tests (3.11)",
  "Python Unit Tests (3.12)",
  "Rust Unit Tests",
  "Integration Tests",
  "SAST - Bandit (Python)",
  "Dependency Scan - Snyk (Python)",
  "Dependency Scan - cargo-audit (Rust)",
  "Secret Scan - gitleaks",
];

describe("required checks of the four systems", () => {
  it("refuses OctoLLM's ten names and proposes the right ten (FM-61)", async () => {
    const said = await judged(system("octollm"), OCTOLLM);
    assert.deepEqual(
      lines(said),
      OCTOLLM.map((name, index) => {
        const id = name.replace(/ \(.*/, "");
        return `never ${name}: the job \`${id}\` is reported as \`${OCTOLLM_RIGHT[index] ?? ""}\``;
      }),
    );
    assert.deepEqual(
      said.flatMap(({ proposed }) => proposed),
      OCTOLLM_RIGHT,
    );
    const proposed = await judged(system("octollm"), OCTOLLM_RIGHT);
    assert.deepEqual(
      proposed.map(({ status, warnings }) => [status, ...warnings]),
      OCTOLLM_RIGHT.map(() => ["reported"]),
    );
    assert.deepEqual(proposedYaml({ proposed: OCTOLLM_RIGHT }).split("\n").slice(0, 4), [
      "checks:",
      "  - Lint Python Code",
      "  - Lint Rust Code",
      "  - Python Unit Tests (3.11)",
    ]);
  });

  it("knows OctoLLM's images and scans as they stand on pull requests", async () => {
    const required = ["Container Scan - Trivy", "Container Scan - Trivy (planner-arm)", "Build orchestrator"];
    const said = await judged(system("octollm"), required);
    assert.deepEqual(lines(said), [
      "reported Container Scan - Trivy: container-scan in security.yml",
      "sometimes Container Scan - Trivy (planner-arm): only a push starts security.yml: pull requests of forks never get the check; the push that starts security.yml is for main, develop only, and a pull request comes from a branch of any name",
      "never Build orchestrator: only a push starts build.yml: pull requests of forks never get the check; the push that starts build.yml is for main only, and a pull request comes from a branch of any name",
    ]);
    assert.deepEqual(said[0]?.warnings, [
      "the job is skipped on every pull request, which counts as passed: this check can never fail",
    ]);
  });

  it("refuses rbee's path-filtered check with the usual way out (FM-61)", async () => {
    const said = await judged(system("rbee"), [
      "contracts-wasm-check",
      "telemetry-tests",
      "provider_verify",
      "engine-ci / precommit",
      "worker-orcd (cuda)",
      "GPU model tests",
    ]);
    assert.deepEqual(lines(said), [
      "sometimes contracts-wasm-check: contracts-wasm-check.yml runs only where a changed file passes paths: bin/97_contracts/**; on all other pull requests the check stays pending for ever",
      "sometimes telemetry-tests: telemetry-tests.yml runs only where a changed file passes paths-ignore: **.md; on all other pull requests the check stays pending for ever",
      "reported provider_verify: provider_verify in engine-ci.yml",
      "never engine-ci / precommit: GitHub's page shows the workflow and the event around a name; the check is called `precommit`",
      "reported worker-orcd (cuda): build in worker-orcd-ci.yml",
      "reported GPU model tests: gpu in worker-orcd-ci.yml",
    ]);
    assert.match(said[0]?.fix ?? "", /^drop the filter and decide in a job of its own/);
    assert.match(said[0]?.shape ?? "", /contracts-wasm-check:\n {4}needs: changes\n {4}if: needs/);
  });

  it("refuses in a merge queue what has no merge_group", async () => {
    const said = await judged(system("rbee"), ["precommit", "worker-orcd (cpu)"], { mergeQueue: true });
    assert.deepEqual(lines(said), [
      "sometimes precommit: engine-ci.yml has no merge_group: in the merge queue of main the check is never reported",
      "reported worker-orcd (cpu): build in worker-orcd-ci.yml",
    ]);
  });

  it("judges Terraphim's matrices, calls and releases", async () => {
    const said = await judged(system("terraphim"), [
      "CI summary",
      "Build (linux/arm/v7)",
      "Build (linux/amd64, true)",
      "Build (darwin/arm64, true)",
      "build-rust",
      "build-rust (x86_64-unknown-linux-gnu)",
      "Tests / Suite core",
      "tests/run",
      "VM execution",
      "deploy",
      "Publish to npm",
    ]);
    assert.deepEqual(lines(said), [
      "reported CI summary: summary in ci-native.yml",
      "reported Build (linux/arm/v7): build-platforms in ci-native.yml",
      "never Build (linux/amd64, true): no workflow reports it; did you mean `Build (linux/amd64)`?",
      "reported Build (darwin/arm64, true): build-platforms in ci-native.yml",
      "unreadable build-rust: the names of build-rust in ci-native.yml cannot be read: needs.setup is known only while the workflow runs",
      "unreadable build-rust (x86_64-unknown-linux-gnu): the names of build-rust in ci-native.yml cannot be read: needs.setup is known only while the workflow runs",
      "reported Tests / Suite core: tests/run in pull-request.yml",
      "never tests/run: the job `tests/run` is reported as `Tests / Suite core`",
      "sometimes VM execution: vm-execution-tests.yml runs only where a changed file passes paths: crates/terraphim_firecracker/**; on all other pull requests the check stays pending for ever",
      "never deploy: only workflow_dispatch starts deploy.yml: its checks never stand on a pull request",
      "never Publish to npm: only a push starts publish-npm.yml: pull requests of forks never get the check; the push that starts publish-npm.yml is for tags only, and a pull request comes from a branch of any name",
    ]);
  });

  it("accepts all of ClaudeFS's build, test and integration jobs, and not its path-filtered ones", async () => {
    const branches = [{ ...MAIN, required: [] }];
    const { branches: found } = await judge({ branches, apps: {}, files: system("claudefs") });
    assert.equal(found[0]?.available.length, 28);
    const said = await judged(system("claudefs"), [
      ...["build", "fmt", "clippy", "security-audit", "docs", "all-tests", "tests-harness", "jepsen-tests"],
      ...["A9 posix", "a9", "GitHub Release", "verify-deployment"],
    ]);
    assert.deepEqual(
      said.map(({ status }) => status),
      [...Array<string>(8).fill("reported"), "sometimes", "never", "never", "never"],
    );
    // Two workflows have a job of this name: a tag's build and a pull request's.
    assert.deepEqual(said[0]?.warnings, []);
  });

  it("accepts a check that an App reports, as declared", async () => {
    const apps = { "codecov/patch": "Codecov" };
    const said = await judged(system("octollm"), ["codecov/patch", "security/snyk"], {}, apps);
    assert.deepEqual(lines(said), [
      "declared codecov/patch: reported by Codecov, as declared",
      "never security/snyk: no workflow reports it",
    ]);
    assert.match(said[1]?.fix ?? "", /declare it under checks.fromApps/);
  });

  it("actionlint accepts the workflows that all this is tried on", function () {
    this.timeout(120_000);
    needTool(this, "go");
    for (const name of readdirSync(SYSTEMS, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    )) {
      const folder = mkdtempSync(join(tmpdir(), "ground-workflows-"));
      try {
        // A folder .git is how actionlint knows a repository, in which it looks up what workflows call.
        mkdirSync(join(folder, ".git"));
        cpSync(join(SYSTEMS, name), folder, { recursive: true });
        const { status, stdout, stderr } = spawnSync(
          "go",
          ["run", ACTIONLINT, "-no-color", "-config-file", join(SYSTEMS, "actionlint.yaml")],
          { cwd: folder, encoding: "utf8" },
        );
        assert.equal(status, 0, `${name}: ${stdout}${stderr}`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  });
});
