import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makePlan } from "../../cli/plan/make-plan.ts";
import {
  PROJECT,
  pulumiConfig,
  readStackFile,
  settingsOf,
  stackFileOf,
  type StackFile,
} from "../../cli/stack-file.ts";
import type { Settings } from "../../infra/settings/schema.ts";
import type { Plan, PlannedResource } from "../../model/plan.ts";
import { remembered, withHosts } from "./components.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The committed stacks of this project. */
export const STACKS = ["dev", "staging", "prod"] as const;

function stackFile(stack: string): StackFile {
  return readStackFile(stackFileOf(stack, ROOT));
}

/** Settings of a committed stack. */
export function stackSettings(stack: string): Settings {
  return withHosts(settingsOf(stackFile(stack), { stack }));
}

/** The plan of a committed stack as `ground plan` makes it, once for all tests of a run. */
export const planOf = remembered(async (stack: string): Promise<Plan> => {
  await ensureBuilt();
  return makePlan({ project: PROJECT, stack, ...pulumiConfig(stackFile(stack)) });
});

/** Plans read the built host programs, relative to the project; `npm ci` builds them, unless told not to. */
async function ensureBuilt(): Promise<void> {
  process.chdir(ROOT);
  if (["dist/host/boot.mjs", "dist/guard/guard.mjs"].every((file) => existsSync(file))) return;
  const result = await run(process.execPath, ["scripts/build.mjs"]);
  if (result.exitCode !== 0) throw new Error(`the host programs cannot be built: ${result.stderr}`);
}

/** Resources of one type. */
export function ofType(plan: Plan, type: string): PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ground` as a user does, without colour, from the project's folder unless told otherwise. */
export function ground(args: readonly string[], cwd = ROOT): Promise<CommandResult> {
  return run(process.execPath, [`${ROOT}cli/ground.mjs`, ...args], cwd);
}

function run(command: string, args: readonly string[], cwd = ROOT): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // INIT_CWD is npm's note of where its user stands; a run of the tests by npm must not pass its own on.
    const env = { ...process.env, NO_COLOR: "1", INIT_CWD: undefined };
    const child = spawn(command, args, { cwd, env });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
      });
    }
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, ...output });
    });
  });
}
