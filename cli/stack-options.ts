import { relative, resolve } from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import type { ParseContext } from "../infra/settings/parse.ts";
import type { StackSettings } from "../infra/settings/schema.ts";
import { readStackFile, settingsOf, stackFileOf, stackNameOf, type StackFile } from "./stack-file.ts";

/** `--stack` and `--config`, as every command that reads a stack file has them. */
export interface StackOptions {
  readonly stack?: string;
  readonly config?: string;
}

/** A stack file with its settings, checked. */
export interface Stack {
  /** Path of the file. */
  readonly path: string;
  readonly file: StackFile;
  readonly stack: string;
  readonly settings: StackSettings;
}

/** @param verb what the command does with the stack, for its help */
export function withStackOptions(command: Command, verb: string): Command {
  return command
    .option("-s, --stack <name>", `stack to ${verb} (default: dev, or the name of the --config file)`)
    .option("--config <file>", `${verb} any stack file`, fileName);
}

/**
 * The stack a command is about.
 *
 * @param amend what the command leaves out of account of the file, since it writes it anew
 * @throws StackFileError, SettingsError (exit code 2) or UnknownStackError (exit code 6).
 */
export function readStack(
  options: StackOptions,
  check?: ParseContext["check"],
  amend: (file: StackFile) => StackFile = (file) => file,
): Stack {
  const path = stackPath(options);
  const file = amend(readStackFile(path));
  const stack = options.stack === undefined ? file.stack : stackNameOf(options.stack);
  const settings = settingsOf(file, { stack, ...(check === undefined ? {} : { check }) });
  return { path, file, stack, settings };
}

/** Path of the stack's file, whether it can be read or not. */
export function stackPath({ stack, config }: StackOptions): string {
  return config === undefined ? stackFileOf(stack ?? "dev") : fromCaller(config);
}

/** An option's value that names a file. */
export function fileName(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("It must name a file.");
  return value;
}

/** A path as the user meant it, from the folder in which the command was typed; relative where it can be, for messages. */
export function fromCaller(path: string): string {
  const absolute = resolve(process.env["GROUND_CALLER_DIRECTORY"] ?? process.cwd(), path);
  const below = relative(process.cwd(), absolute);
  if (below === "") return ".";
  return below.startsWith("..") ? absolute : below;
}
