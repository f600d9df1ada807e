import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { ask } from "./ask.ts";
import { draftOf, problemsOf, type AnswerKey, type AnswerProblem, type Answers } from "./answers.ts";
import { renderStackFile } from "./render.ts";

/** Where questions are shown and answered, and where the file goes; tests give their own. */
export interface InitSurroundings {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** False: nobody can answer, so flags and proposals must do. */
  readonly interactive: boolean;
  /** Folder of the new stack file, where --output does not name one. */
  readonly directory: string;
}

interface InitOptions extends Answers {
  readonly output?: string;
  readonly yes?: true;
  readonly force?: true;
}

const FLAGS: Readonly<Record<AnswerKey, string>> = {
  name: "--name",
  owner: "--owner",
  region: "--region",
  zones: "--zones",
  size: "--size",
  hours: "--hours",
  budget: "--budget",
  worstCase: "--worst-case",
  email: "--email",
  modelApi: "--model-api",
};

/** Adds `ground init`. Bad answers throw a GroundError with exit code 2, before anything is written. */
export function registerInit(program: Command, surroundings: InitSurroundings = terminal()): void {
  program
    .command("init")
    .description("write the stack file of a new environment, by a few questions or by flags")
    .option("--name <name>", "name of the stack (default: dev)")
    .option("--owner <owner>", "team or person who answers for the cost")
    .option("--region <region>", "AWS region (default: us-west-2)")
    .option("--zones <ids>", "zone ids, separated by commas")
    .option("--size <size>", "small, medium or large (default: small)")
    .option("--hours <hours>", 'hours a day, or working days from-to: "8-16 Europe/Berlin"')
    .option("--budget <usd>", "daily budget, US dollars")
    .option("--worst-case <usd>", "ceiling for the worst day, US dollars")
    .option("--email <addresses>", "mail addresses for alarms, separated by commas")
    .option("--model-api <usd>", "model API allowance, US dollars a day, 0 for none")
    .option("--output <file>", "file to write (default: Pulumi.NAME.yaml)")
    .option("--yes", "ask nothing: take the proposal for every flag not given")
    .option("--force", "overwrite an existing file")
    .action(async (options: InitOptions) => {
      await init(options, surroundings);
    });
}

function terminal(): InitSurroundings {
  return {
    input: process.stdin,
    output: process.stdout,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    directory: process.cwd(),
  };
}

async function init(
  { output, yes, force, ...given }: InitOptions,
  surroundings: InitSurroundings,
): Promise<void> {
  const answers = surroundings.interactive && yes !== true ? await askAll(given, surroundings) : given;
  refuse(problemsOf(answers));
  const draft = draftOf(answers);
  const name = `Pulumi.${draft.stack}.yaml`;
  const path = output === undefined ? resolve(surroundings.directory, name) : fromCaller(output);
  write(path, output ?? name, renderStackFile(draft), force === true);
  const plan = output === undefined ? `--stack ${draft.stack}` : `--config ${output}`;
  surroundings.output.write(`Written: ${output ?? name}\nNext: npx ground plan ${plan}\n`);
}

async function askAll(given: Answers, { input, output }: InitSurroundings): Promise<Answers> {
  // A wrong flag is said before the first question, not after the last.
  refuse(problemsOf(given).filter(({ key }) => given[key] !== undefined));
  const lines = createInterface({ input, output });
  try {
    return await ask(given, lines, (text) => output.write(`${text}\n`));
  } finally {
    lines.close();
  }
}

function refuse(problems: readonly AnswerProblem[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "1 problem" : `${String(problems.length)} problems`;
  const lines = problems.map(
    ({ key, value, message }) => `  ${FLAGS[key]}${value === undefined ? "" : ` ${value}`}: ${message}`,
  );
  throw new GroundError(
    [`ground init: ${count}, nothing was written`, ...lines].join("\n"),
    EXIT.badConfiguration,
  );
}

function write(path: string, name: string, text: string, force: boolean): void {
  try {
    // wx: the refusal and the writing are one step, so no file made in between is lost.
    writeFileSync(path, text, { flag: force ? "w" : "wx" });
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    const reason = exists
      ? "already exists; choose another --name or --output, or overwrite it with --force"
      : `cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    throw new GroundError(`${name}: ${reason}`, EXIT.badConfiguration, { cause: error });
  }
}

/** A path as the user meant it: from the folder in which the command was typed. */
function fromCaller(path: string): string {
  return resolve(process.env["GROUND_CALLER_DIRECTORY"] ?? process.cwd(), path);
}
