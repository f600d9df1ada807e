import { spawnSync } from "node:child_process";
import type { Context } from "mocha";

/** Skips the running test, and says why, where a tool is not installed. */
export function needTool(test: Context, tool: string): void {
  const { error } = spawnSync(tool, ["--version"], { stdio: "ignore" });
  if (error === undefined) return;
  console.log(`      skipped: ${tool} is not on PATH (${error.message})`);
  test.skip();
}
