import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EngineWorkspace, skipWithoutEngine } from "./engine.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * For a suite's `before` hook: the policy pack built from the sources as they are, and a workspace of the
 * real engine for the program; skips the suite, visibly, where there is no engine.
 */
export async function startWithPolicyPack(context: Mocha.Context, project: string): Promise<EngineWorkspace> {
  skipWithoutEngine(context);
  const built = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: ROOT, encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
  return EngineWorkspace.start({ project });
}
