import { readFileSync, writeFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";
import { SIZE_NAMES, type SizeName } from "../../model/sizes.ts";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";
import { gitHubFromEnvironment, gitHubRefusal } from "../github-client.ts";
import { fileName, fromCaller } from "../stack-options.ts";
import { parseBinding, requireSame, type Binding } from "./binding.ts";
import { deployedCommit } from "./deployed.ts";
import { reportDrift } from "./drift.ts";
import type { EngineOperation } from "./events.ts";
import { readInput, readJson, sha256 } from "./files.ts";
import { describePending, pendingOperations } from "./pending.ts";
import { releaseNotes } from "./release-notes.ts";
import { repositoryName, type RepositoryName } from "./repository.ts";
import { runOf, runSchema, verdictOf } from "./run.ts";
import { proposeSize } from "./size-proposal.ts";

/** `ground delivery`: the steps of the workflows that are more than a line, so that they have tests. */
export function registerDelivery(program: Command, finish: (exitCode: number) => void): void {
  const delivery = program.command("delivery").description("the steps of the delivery workflows");
  registerJudge(delivery, finish);
  registerPending(delivery);
  registerBinding(delivery);
  registerSize(delivery, finish);
  registerDeployed(delivery);
  registerDrift(delivery);
  registerNotes(delivery);
  for (const command of delivery.commands) command.exitOverride();
}

function registerJudge(delivery: Command, finish: (exitCode: number) => void): void {
  interface Options {
    readonly stack: string;
    readonly operation: EngineOperation;
    readonly eventLog: string;
    readonly exitCode: number;
    readonly out?: string;
  }
  delivery
    .command("judge")
    .description("how a run of the engine came out, from its event log")
    .requiredOption("-s, --stack <name>", "stack of the run")
    .requiredOption("--event-log <file>", "what `pulumi … --event-log FILE` wrote", fileName)
    .requiredOption("--exit-code <number>", "what it ended with", exitCode)
    .addOption(new Option("--operation <name>", "what was run").choices(["preview", "up"]).default("preview"))
    .option("--out <file>", "write the run without values, for `ground comment --run`", fileName)
    .addHelpText(
      "after",
      "\nThe log itself must stay where it is: the engine writes secrets into it in clear.\n\nExit codes: 0 fine, 4 it failed, 5 a mandatory policy said no, 7 changes where none were expected; others are the engine's.",
    )
    .action(({ stack, operation, eventLog, exitCode: code, out }: Options) => {
      const log = readInput(eventLog).toString("utf8");
      const run = runOf(log, { stack, operation, exitCode: code });
      if (out !== undefined) writeFileSync(fromCaller(out), `${JSON.stringify(run, undefined, 2)}\n`);
      const { exitCode: verdict, words } = verdictOf(run);
      const refusals = run.verdicts.filter(({ level }) => level === "mandatory");
      for (const { name, message } of refusals) console.error(`refused by ${name}: ${message}`);
      for (const text of run.errors) console.error(text);
      console.error(`${operation} of ${stack}: ${words}`);
      finish(verdict);
    });
}

function registerPending(delivery: Command): void {
  delivery
    .command("pending")
    .description("stop where an earlier deployment was cut off, and say the way out")
    .requiredOption("-s, --stack <name>", "stack of the state")
    .requiredOption("--state <file>", "what `pulumi stack export` wrote", fileName)
    .addHelpText("after", "\nExit codes: 0 nothing is pending, 2 no state, 4 operations are pending.")
    .action(({ stack, state }: { readonly stack: string; readonly state: string }) => {
      const message = describePending(pendingOperations(readJson(state)), stack);
      if (message !== "") throw new GroundError(message, EXIT.resourceFailed);
    });
}

function registerBinding(delivery: Command): void {
  interface Options {
    readonly stack: string;
    readonly plan: string;
    readonly stackFile?: string;
    readonly policyPack: string;
    readonly commit: string;
    readonly cli: string;
    readonly approved?: string;
  }
  const subject = (command: Command): Command =>
    command
      .requiredOption("-s, --stack <name>", "stack of the plan")
      .requiredOption("--plan <file>", "saved plan, by `pulumi preview --save-plan`", fileName)
      .option("--stack-file <file>", "its stack file (default: Pulumi.STACK.yaml)", fileName)
      .option("--policy-pack <file>", "bundle of the policy pack", fileName, "policies/index.mjs")
      .requiredOption("--commit <sha>", "commit that is checked out")
      .requiredOption("--cli <version>", "what `pulumi version` says");
  const present = ({ stack, plan, stackFile, policyPack, commit, cli }: Options): Binding =>
    parseBinding(
      JSON.stringify({
        stack,
        commit,
        cli,
        plan: sha256(readInput(plan)),
        stackFile: sha256(readInput(stackFile ?? `Pulumi.${stack}.yaml`)),
        policyPack: sha256(readInput(policyPack)),
      }),
    );

  subject(delivery.command("bind").description("print, in a line, what an approval is for"))
    .addHelpText("after", "\nExit codes: 0 printed, 2 bad options, or a file that cannot be read.")
    .action((options: Options) => {
      process.stdout.write(`${JSON.stringify(present(options))}\n`);
    });
  subject(delivery.command("check").description("refuse to go on unless this is what was approved"))
    .requiredOption("--approved <json>", "what `ground delivery bind` printed")
    .addHelpText("after", "\nExit codes: 0 the same, 2 bad options, 7 something differs.")
    .action((options: Options) => {
      requireSame(parseBinding(options.approved ?? ""), present(options));
    });
}

function registerSize(delivery: Command, finish: (exitCode: number) => void): void {
  interface Options {
    readonly stack: string;
    readonly size: SizeName;
    readonly commit?: string;
    readonly base: string;
    readonly repository?: RepositoryName;
  }
  delivery
    .command("size")
    .description(
      "compare a cluster size with the stack file's; where it differs, propose it by a pull request",
    )
    .requiredOption("-s, --stack <name>", "stack to deploy")
    .addOption(
      new Option("--size <name>", "size that is asked for").choices(SIZE_NAMES).makeOptionMandatory(),
    )
    .option(
      "--repository <owner/name>",
      "where to open the pull request; without it only the answer",
      repositoryName,
    )
    .option("--commit <sha>", "commit that is checked out; needed with --repository")
    .option("--base <branch>", "branch to merge into", "main")
    .addHelpText(
      "after",
      "\nNeeded with --repository: contents: write, pull-requests: write.\n\nExit codes: 0 it is the committed size, 2 bad stack file, 3 no token, 4 GitHub cannot be reached, 6 unknown stack, 7 it differs: nothing was deployed.",
    )
    .action(async (options: Options) => {
      const { stack, size, repository, commit, base } = options;
      const target =
        repository === undefined || commit === undefined
          ? undefined
          : { client: gitHubFromEnvironment(), repository, commit, base };
      if (repository !== undefined && target === undefined)
        throw new GroundError("--repository needs --commit too.", EXIT.badConfiguration);
      try {
        const message = await proposeSize(stack, size, target);
        if (message === undefined) return;
        console.error(message);
        finish(EXIT.unexpectedChanges);
      } catch (error) {
        throw gitHubRefusal(error, "contents: write and pull-requests: write");
      }
    });
}

function registerDeployed(delivery: Command): void {
  delivery
    .command("deployed")
    .description("print the commit that a stack was last deployed from; nothing where none is known")
    .requiredOption("--history <file>", "what `pulumi stack history --json` wrote", fileName)
    .addHelpText("after", "\nExit codes: 0 printed, or none is known; 2 no history.")
    .action(({ history }: { readonly history: string }) => {
      const commit = deployedCommit(readJson(history));
      if (commit === undefined)
        console.error("No deployment from a checkout is known; the present commit stands in for it.");
      else process.stdout.write(`${commit}\n`);
    });
}

function registerDrift(delivery: Command): void {
  interface Options {
    readonly run: string;
    readonly repository: RepositoryName;
    readonly runUrl?: string;
  }
  delivery
    .command("drift")
    .description("keep the environment's issue about drift: open, update or close it")
    .requiredOption("--run <file>", "what `ground delivery judge --out` wrote of the preview", fileName)
    .requiredOption("--repository <owner/name>", "where the issue is", repositoryName)
    .option("--run-url <url>", "address of the workflow's run")
    .addHelpText(
      "after",
      "\nNeeded: issues: write.\n\nExit codes: 0 done, 2 no run, or one that failed, 3 no token, 4 GitHub cannot be reached.",
    )
    .action(async ({ run: file, repository, runUrl }: Options) => {
      const run = runSchema.safeParse(readJson(file)).data;
      const found = run === undefined ? EXIT.badConfiguration : verdictOf(run).exitCode;
      if (run === undefined || (found !== EXIT.ok && found !== EXIT.unexpectedChanges))
        throw new GroundError(
          `${file}: is no preview that ended, so it says nothing about drift; the issue stays as it is.`,
          EXIT.badConfiguration,
        );
      try {
        const { done, url } = await reportDrift(gitHubFromEnvironment(), repository, run, runUrl);
        process.stdout.write(`${done}${url === undefined ? "" : ` ${url}`}\n`);
      } catch (error) {
        throw gitHubRefusal(error, "issues: write");
      }
    });
}

function registerNotes(delivery: Command): void {
  delivery
    .command("notes")
    .description("the changelog's section of a release, once tag, package and changelog agree")
    .requiredOption("--tag <name>", "the pushed tag, for example v1.2.0")
    .addHelpText("after", "\nExit codes: 0 printed, 2 they do not agree.")
    .action(({ tag }: { readonly tag: string }) => {
      process.stdout.write(releaseNotes(tag, packageVersion(), readFileSync("CHANGELOG.md", "utf8")));
    });
}

function packageVersion(): string {
  const manifest = readJson("package.json");
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new GroundError("package.json has no version", EXIT.badConfiguration);
}

function exitCode(value: string): number {
  if (!/^\d{1,3}$/.test(value)) throw new InvalidArgumentError("It must be an exit code, 0 to 255.");
  return Number(value);
}
