import { getProject } from "@pulumi/pulumi";
import {
  createEnvironment,
  governanceOutputsOf,
  governRepositories,
  outputsOf,
  type Outputs,
} from "./environment.ts";
import { readHostProgram } from "./host-program.ts";
import { asRunError, loadConfigSecrets, loadGithubOptions, loadSettings, ownFile } from "./settings/load.ts";
import { refuseSharedOwners } from "./settings/other-stacks.ts";
import type { StackSettings } from "./settings/schema.ts";

/**
 * The Pulumi program: settings in, one environment out, and its repositories. Called by the engine, and by
 * `ground plan` without one.
 *
 * @param folder Where other stack files stand, which may own the same; null where that was looked at.
 */
export default function program(folder: string | null = process.cwd()): Outputs {
  try {
    const settings = loadSettings();
    if (folder !== null) refuseOtherOwners(settings, folder);
    const configSecrets = loadConfigSecrets(settings.governance);
    const environment = settings.hosts ? createEnvironment(settings, readHostProgram()) : undefined;
    const governance = governRepositories(settings, configSecrets, loadGithubOptions(), environment);
    return {
      ...(environment === undefined ? {} : outputsOf(environment)),
      ...governanceOutputsOf(governance),
    };
  } catch (error) {
    throw withoutSdkFrames(error);
  }
}

function refuseOtherOwners(settings: StackSettings, directory: string): void {
  const own = { directory, file: ownFile(), project: getProject() };
  asRunError(() => {
    refuseSharedOwners(settings, own);
  });
}

/**
 * The same error with the SDK's own frames left out of its stack: Node 20 needs up to 40 seconds and a
 * gigabyte to print them in colour, and they say nothing about the program.
 */
function withoutSdkFrames(error: unknown): unknown {
  if (!(error instanceof Error) || error.stack === undefined) return error;
  error.stack = error.stack
    .split("\n")
    .filter((line) => !line.includes("/node_modules/@pulumi/"))
    .join("\n");
  return error;
}
