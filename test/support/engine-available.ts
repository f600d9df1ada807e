import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Why the engine tier cannot run here; undefined where it can. Suites print the reason and skip:
 * the CLI is no dependency of the project, since its npm package downloads at first use.
 */
export function engineUnavailable(path = process.env["PATH"] ?? ""): string | undefined {
  const missing = missingOf(["pulumi", "pulumi-language-nodejs"], path);
  return missing.length === 0
    ? undefined
    : `engine tier skipped: no ${missing.join(" and no ")} on PATH; install the Pulumi CLI from https://www.pulumi.com/docs/install/`;
}

function missingOf(programs: readonly string[], path: string): readonly string[] {
  return programs.filter((name) => !path.split(delimiter).some((folder) => isExecutable(join(folder, name))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For a suite's `before` hook: skips everything in it, visibly, where there is no engine. */
export function skipWithoutEngine(context: Mocha.Context): void {
  skipFor(context, engineUnavailable());
}

/** The same where there is no GitHub provider: with the CLI comes none, and nothing is downloaded in a test. */
export function skipWithoutGitHubProvider(context: Mocha.Context): void {
  skipWithoutEngine(context);
  skipFor(
    context,
    missingOf(["pulumi-resource-github"], process.env["PATH"] ?? "").length === 0
      ? undefined
      : "real GitHub provider skipped: no pulumi-resource-github on PATH; put the plugin of @pulumi/github's version there",
  );
}

function skipFor(context: Mocha.Context, reason: string | undefined): void {
  if (reason === undefined) return;
  console.log(`  ${reason}`);
  context.skip();
}
