import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makePlan } from "../../cli/plan/make-plan.ts";
import { pulumiConfig, readStackFile, settingsOf } from "../../cli/stack-file.ts";
import type { Plan } from "../../model/plan.ts";
import { configSecretPaths } from "../../infra/settings/governance-secrets.ts";
import { skipWithoutEngine } from "../support/engine.ts";
import { startCommand } from "../support/engine-command.ts";
import { ROOT } from "../support/engine-plans.ts";

const EXAMPLES = readdirSync(join(ROOT, "examples")).filter((file) => file.endsWith(".yaml"));

/** Day on which the examples' waivers are judged. */
const TODAY = "2026-12-01";

/** A person copies an example, makes its stack and sets its secrets: the CLI rewrites the file each time. */
describe("stack files that Pulumi rewrote", function () {
  this.timeout(120_000);
  let folder = "";

  before(function () {
    skipWithoutEngine(this);
    process.chdir(ROOT);
    folder = mkdtempSync(join(tmpdir(), "stack-file-rewritten-"));
    for (const part of ["home", "state"]) mkdirSync(join(folder, part));
    copyFileSync(join(ROOT, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  });

  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  async function pulumi(...words: readonly string[]): Promise<void> {
    const { exitCode, stdout, stderr } = await startCommand("pulumi", [...words, "--non-interactive"], {
      folder,
      environment: {
        PATH: process.env["PATH"],
        HOME: join(folder, "home"),
        PULUMI_HOME: join(folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "of the test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
      limit: 60_000,
    }).finished;
    assert.equal(exitCode, 0, stdout + stderr);
  }

  for (const example of EXAMPLES) {
    it(`plans ${example} as before stack init and config set (FM-40)`, async () => {
      const stack = basename(example, ".yaml");
      const file = join(folder, `Pulumi.${stack}.yaml`);
      copyFileSync(join(ROOT, "examples", example), file);
      const before = await planOf(file, stack);

      await pulumi("stack", "init", stack);
      const { governance } = settingsOf(readStackFile(file), { stack });
      const keys = [...configSecretPaths(governance).keys(), "github-secrets:another"];
      for (const key of keys) await pulumi("config", "set", "--stack", stack, "--secret", key, "a value");

      const text = readFileSync(file, "utf8");
      assert.match(text, /secure:/, "Pulumi did not write the file: the test shows nothing");
      if (governance !== undefined) assert.match(text, /hosts: "false"/, "Pulumi writes false as false now");
      assert.deepEqual(await planOf(file, stack), before);
    });
  }
});

function planOf(path: string, stack: string): Promise<Plan> {
  const file = readStackFile(path);
  settingsOf(file, { stack });
  return makePlan({ project: file.project, stack, today: TODAY, ...pulumiConfig(file) });
}
