import { Command, CommanderError } from "commander";
import { GroundError } from "./errors.ts";
import { SettingsError } from "../infra/settings/parse.ts";
import { UnpricedError } from "../pricing/errors.ts";
import { EXIT } from "./exit-codes.ts";
import { registerChecks } from "./checks/command.ts";
import { registerCleanup } from "./cleanup/command.ts";
import { registerDeploy } from "./deploy/command.ts";
import { registerDoctor } from "./doctor/command.ts";
import { registerComment } from "./comment/command.ts";
import { registerDelivery } from "./delivery/command.ts";
import { registerInit } from "./init/command.ts";
import { registerPlan } from "./plan/command.ts";
import { registerPrices } from "./prices/command.ts";
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
    .description("Spot test clusters on AWS: plan, price and keep them inside their budget")
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    // `ground verify --version V` is about artifacts; `ground --version` about the command.
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: true });
  registerPlan(program, finish);
  registerChecks(program, finish);
  registerCleanup(program, finish);
  registerDeploy(program, finish);
  registerDoctor(program, finish);
  registerComment(program);
  registerDelivery(program, finish);
  registerInit(program);
  registerPrices(program);
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
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  return EXIT.ownFault;
}
