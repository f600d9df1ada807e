import { Command, CommanderError, Help, type Option } from "commander";
import { GroundError } from "./errors.ts";
import { SettingsError } from "../infra/settings/parse.ts";
import { UnpricedError } from "../pricing/errors.ts";
import { EXIT } from "./exit-codes.ts";
import { NETWORK_FIX, unreachable } from "./network-errors.ts";
import { printable } from "./report/printable.ts";
import { registerChecks } from "./checks/command.ts";
import { registerCleanup } from "./cleanup/command.ts";
import { registerCluster } from "./cluster/command.ts";
import { registerDeploy } from "./deploy/command.ts";
import { registerDoctor } from "./doctor/command.ts";
import { registerComment } from "./comment/command.ts";
import { registerDelivery } from "./delivery/command.ts";
import { registerCost } from "./cost/command.ts";
import { registerGuard } from "./guard/command.ts";
import { registerInit } from "./init/command.ts";
import { registerPlan } from "./plan/command.ts";
import { registerPrices } from "./prices/command.ts";
import { registerSimulate } from "./simulate/command.ts";
import { registerVerify } from "./verify/command.ts";

/**
 * The `ground` command.
 *
 * @returns the exit code, see exit-codes.ts.
 */
export async function main(args: readonly string[]): Promise<number> {
  // The AWS SDK's warning speaks of its versions of 2027; the one pinned here supports Node 20.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  let exitCode: number = EXIT.ok;
  const finish = (code: number) => {
    exitCode = code;
  };
  const program = new Command("ground")
    .description(
      "Spot test clusters on AWS and repositories on GitHub: plan them, price them, keep them inside budget and rules",
    )
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    // `ground verify --version V` is about artifacts; `ground --version` about the command.
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: true, optionDescription })
    .addHelpText("after", HELP);
  registerPlan(program, finish);
  registerChecks(program, finish);
  registerCleanup(program, finish);
  registerCluster(program, finish);
  registerDeploy(program, finish);
  registerDoctor(program, finish);
  registerComment(program);
  registerDelivery(program, finish);
  registerCost(program, finish);
  registerGuard(program, finish);
  registerInit(program);
  registerPrices(program);
  registerSimulate(program, finish);
  registerVerify(program, finish);
  for (const command of program.commands) command.exitOverride();

  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

const VERSION = "0.1.0";

const HELP = `
For example:
  ground init --help                  start a stack file
  ground plan --stack dev             what a stack makes on AWS and GitHub, what it costs, what policies say
  ground checks --stack acme          whether the required checks of governed repositories will be reported
  ground doctor --stack dev           all that a first deployment builds on
  ground cluster start --size small   start the slots of a small cluster on a lease, if today's money suffices
  ground guard status --stack dev     whether the money guard watches, and what today came to
  ground verify --stack dev           compare what there is with what the stack says

AWS credentials come from the AWS SDK's usual places (AWS_PROFILE), GitHub's token from GITHUB_TOKEN or GH_TOKEN.

Exit codes: 0 fine, 1 a fault of ground itself, 2 bad settings, arguments or files, 3 no credentials, 4 something
failed or cannot be reached, 5 a policy said no, 6 unknown stack, 7 unexpected changes, 9 timed out.`;

/** Commander checks mandatory options, and does not say in the help which they are. */
function optionDescription(option: Option): string {
  const text = new Help().optionDescription(option);
  return option.mandatory && option.defaultValue === undefined ? `${text} (required)` : text;
}

/** Says what went wrong, without a stack trace where the fault is not ours. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badConfiguration;
  if (error instanceof GroundError) {
    console.error(error.message);
    return error.exitCode;
  }
  if (error instanceof SettingsError || error instanceof UnpricedError) {
    console.error(error.message);
    return EXIT.badConfiguration;
  }
  const network = unreachable(error);
  if (network !== undefined) {
    console.error(printable(`${network}. ${NETWORK_FIX}`));
    return EXIT.resourceFailed;
  }
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  return EXIT.ownFault;
}
