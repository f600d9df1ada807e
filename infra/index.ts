import { getProject } from "@pulumi/pulumi";
import { FORMER_NAMES } from "../model/former-names.ts";
import { loadCatalogue } from "../pricing/catalogue.ts";
import {
  createEnvironment,
  governanceOutputsOf,
  governRepositories,
  outputsOf,
  type EnvironmentInputs,
  type Outputs,
} from "./environment.ts";
import { guardConfig } from "./guard-config.ts";
import { readGuardProgram } from "./guard-program.ts";
import { readHostProgram } from "./host-program.ts";
import { endDebugLog } from "./lib/debug-log.ts";
import { skipPromiseStacks, withoutSdkFrames } from "./lib/sdk-stacks.ts";
import { asRunError, loadConfigSecrets, loadGithubOptions, loadSettings, ownFile } from "./settings/load.ts";
import { refuseSharedOwners } from "./settings/other-stacks.ts";
import type { Settings, StackSettings } from "./settings/schema.ts";

/**
 * The Pulumi program: settings in, one environment out, and its repositories. Called by the engine, and by
 * `ground plan` without one.
 *
 * @param folder Where other stack files stand, which may own the same; null where that was looked at.
 */
export default function program(folder: string | null = process.cwd()): Outputs {
  endDebugLog();
  skipPromiseStacks();
  try {
    const settings = loadSettings();
    if (folder !== null) refuseOtherOwners(settings, folder);
    const configSecrets = loadConfigSecrets(settings.governance);
    const environment = settings.hosts ? createEnvironment(settings, inputsOf(settings)) : undefined;
    const governance = governRepositories(settings, configSecrets, loadGithubOptions(), environment);
    return {
      ...(environment === undefined ? {} : outputsOf(environment)),
      ...governanceOutputsOf(governance),
    };
  } catch (error) {
    throw withoutSdkFrames(error);
  }
}

function inputsOf(settings: Settings): EnvironmentInputs {
  return {
    hostProgram: readHostProgram(),
    guard: () => ({
      program: readGuardProgram(),
      config: guardConfig(settings, loadCatalogue(), FORMER_NAMES),
    }),
    today: new Date().toISOString().slice(0, 10),
  };
}

function refuseOtherOwners(settings: StackSettings, directory: string): void {
  const own = { directory, file: ownFile(), project: getProject() };
  asRunError(() => {
    refuseSharedOwners(settings, own);
  });
}
