import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { distance } from "fastest-levenshtein";
import { encryptedPaths, isRecord, masked, renderPath, show } from "../infra/settings/describe.ts";
import { configSecretProblems } from "../infra/settings/governance-secrets.ts";
import { parseSettings, SettingsError, type ParseContext, type Problem } from "../infra/settings/parse.ts";
import { settingsSchema, type StackSettings } from "../infra/settings/schema.ts";
import { didYouMean } from "../model/nearest.ts";
import { policySettingProblems } from "../policies/settings-problems.ts";
import { StackFileError, UnknownStackError } from "./errors.ts";
import { parseStackYaml } from "./stack-yaml.ts";

/** Name of the Pulumi project: the namespace of its settings in a stack file. */
export const PROJECT = "proving-ground";

/** Top-level keys of Pulumi's stack file format. Source: `ProjectStack` in Pulumi's Go SDK. */
export const STACK_FILE_KEYS = [
  "config",
  "environment",
  "secretsprovider",
  "encryptedkey",
  "encryptionsalt",
] as const;

/** A stack file as read: encrypted values are replaced by the mark of secrets before anything else sees them. */
export interface StackFile {
  /** Path as messages show it: relative to where the command was called, for a file below it. */
  readonly source: string;
  readonly project: string;
  /** Name of the stack: NAME of `Pulumi.NAME.yaml`, or the name of any other file without its ending. */
  readonly stack: string;
  /** All configuration by full key, for example `aws:region`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The project's part of it, without the namespace: what `parseSettings` takes. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where encrypted values stood, for example `github:token`. */
  readonly encrypted: readonly string[];
  /** Keys that Pulumi would ignore or read elsewhere; `settingsOf` reports them with all others. */
  readonly problems: readonly Problem[];
}

/** Name of the stack itself: a name such as `org/project/dev` means its last part, as in Pulumi. */
export function stackNameOf(stack: string): string {
  return stack.split("/").at(-1) ?? stack;
}

/**
 * Path of a stack's file in a project folder, for any form of its name that {@link stackNameOf} takes.
 *
 * @throws UnknownStackError (exit code 6) naming the known stacks and the nearest one.
 */
export function stackFileOf(stack: string, directory = "."): string {
  const known = knownStacks(directory);
  const name = stackNameOf(stack);
  if (known.includes(name)) return join(directory, `Pulumi.${name}.yaml`);
  const stacks =
    known.length === 0
      ? "No stack file (Pulumi.NAME.yaml) was found; make one with `ground init`."
      : `Known stacks: ${known.join(", ")}.`;
  const hint = didYouMean(name, known);
  throw new UnknownStackError(`Unknown stack ${JSON.stringify(stack)}${hint === "" ? "." : hint} ${stacks}`);
}

/** Stacks with a file `Pulumi.NAME.yaml` in a folder, sorted. */
export function knownStacks(directory = "."): string[] {
  return readdirSync(directory)
    .flatMap((file) => stackOf(file) ?? [])
    .sort();
}

function stackOf(path: string): string | undefined {
  return /^Pulumi\.([\w.-]+)\.yaml$/.exec(basename(path))?.[1];
}

/**
 * Reads a Pulumi stack file as the engine would: keys without a namespace belong to the project,
 * `ns:config:key` is `ns:key`, an empty value is an empty text.
 *
 * @throws StackFileError (exit code 2) where it is missing, not YAML (with line and column), or not a stack file.
 */
export function readStackFile(path: string): StackFile {
  const source = displayPath(path);
  const document = parseStackYaml(readText(path, source), source);
  if (!isRecord(document)) {
    throw new StackFileError(
      `${source}: ${document === null ? "is empty" : "is not a map"}; a stack file starts with "config:". ${HELP}`,
    );
  }
  const { config: raw } = document;
  if (!isRecord(raw)) {
    const near = Object.keys(document)
      .filter((key) => !isKnownKey(key))
      .map((key) => `; found ${JSON.stringify(key)}`);
    const what = raw === undefined || raw === null ? `has no config${near.join("")}` : "config is not a map";
    throw new StackFileError(
      `${source}: ${what}; settings stand under "config:" as ${PROJECT}:owner and so on. ${HELP}`,
    );
  }
  const named = Object.entries(raw).map(([key, value]) => [fullKey(key), masked(value ?? "")] as const);
  const config = Object.fromEntries(named);
  const settings = Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      namespaceOf(key) === PROJECT ? [[nameOf(key), value]] : [],
    ),
  );
  return {
    source,
    project: PROJECT,
    stack: stackOf(path) ?? basename(path, extname(path)),
    config,
    settings,
    encrypted: encryptedPaths(config).map(renderPath),
    problems: [...topLevelProblems(document), ...keyProblems(Object.keys(raw), raw)],
  };
}

const HELP = "`ground init` writes a stack file to start from.";

/**
 * The settings of a stack file, checked, those of policies against the rules there are.
 *
 * @throws SettingsError with the problems of the file's keys and of its values at once.
 */
export function settingsOf(
  file: StackFile,
  { stack, check }: { readonly stack: string } & Pick<ParseContext, "check">,
): StackSettings {
  const context: ParseContext = {
    stack,
    source: file.source,
    check: (parsed) => [
      ...(parsed.policies === undefined ? [] : policySettingProblems(parsed.policies)),
      // A missing value is no fault of the file: the plan does without, and `up` asks for it.
      ...configSecretProblems(parsed.governance, (key) =>
        file.config[key] === undefined || file.encrypted.includes(key) ? "encrypted" : "clear",
      ),
      ...(check?.(parsed) ?? []),
    ],
  };
  const settings = orError(() => parseSettings(file.settings, context));
  const found = settings instanceof SettingsError ? settings.problems : [];
  if (settings instanceof SettingsError || file.problems.length > 0)
    throw new SettingsError(file.source, [...file.problems, ...found]);
  return settings;
}

function orError<Value>(read: () => Value): Value | SettingsError {
  try {
    return read();
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}

/**
 * The configuration as the engine hands it to a program: strings bare, everything else as JSON.
 * Secret keys are those that hold an encrypted value anywhere; each shows as the mark of secrets.
 */
export function pulumiConfig(file: StackFile): { config: Record<string, string>; secretKeys: string[] } {
  const entries = Object.entries(file.config);
  return {
    config: Object.fromEntries(
      entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
    secretKeys: entries.filter(([, value]) => encryptedPaths(value).length > 0).map(([key]) => key),
  };
}

function displayPath(path: string): string {
  // `ground` runs in the project's folder, wherever it was called.
  const below = relative(process.env["GROUND_CALLER_DIRECTORY"] ?? process.cwd(), path);
  return below.startsWith("..") ? path : below;
}

function readText(path: string, source: string): string {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!missing)
      throw new StackFileError(`${source}: cannot be read as a file (${String(error)})`, { cause: error });
    const files = neighbours(dirname(path));
    const found =
      files.length === 0 ? "no stack file stands beside it" : `stack files there: ${files.join(", ")}`;
    throw new StackFileError(`${source}: there is no such file; ${found}. ${HELP}`, { cause: error });
  }
}

function neighbours(directory: string): string[] {
  try {
    return knownStacks(directory).map((stack) => `Pulumi.${stack}.yaml`);
  } catch {
    return [];
  }
}

function fullKey(key: string): string {
  const [, namespace, name] = /^([^:]+):config:([^:]+)$/.exec(key) ?? [];
  if (namespace !== undefined && name !== undefined) return `${namespace}:${name}`;
  return key.includes(":") ? key : `${PROJECT}:${key}`;
}

function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf(":"));
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(":") + 1);
}

function isKnownKey(key: string): boolean {
  return STACK_FILE_KEYS.some((known) => known === key);
}

function topLevelProblems(document: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(document)
    .filter((key) => !isKnownKey(key))
    .map((key) => {
      const nearest = isSetting(key)
        ? `; did you mean config: ${PROJECT}:${key}?`
        : didYouMean(key, STACK_FILE_KEYS);
      const message = `is not a key of a stack file${nearest === "" ? ";" : nearest} allowed here: ${STACK_FILE_KEYS.join(", ")}`;
      // Without the value: under a misspelt `encryptedkey` it would be the key that the stack's secrets hang on.
      return { path: key, value: undefined, message };
    });
}

/** Wrong namespaces and keys written twice: Pulumi would drop the one and pick one of the other by chance. */
function keyProblems(keys: readonly string[], config: Readonly<Record<string, unknown>>): Problem[] {
  return keys.flatMap((key, index) => {
    const full = fullKey(key);
    const earlier = keys.slice(0, index).find((other) => fullKey(other) === full);
    const message =
      earlier === undefined
        ? namespaceProblem(full)
        : `is the same setting as ${earlier} above; keep one of the two`;
    return message === undefined
      ? []
      : [{ path: `config.${key}`, value: show(config[key], `config.${key}`), message }];
  });
}

function namespaceProblem(full: string): string | undefined {
  const namespace = namespaceOf(full);
  if (namespace === PROJECT || distance(namespace.toLowerCase(), PROJECT) > 4) return undefined;
  return `is of no known namespace; did you mean ${JSON.stringify(`${PROJECT}:${nameOf(full)}`)}?`;
}

function isSetting(key: string): boolean {
  return Object.hasOwn(settingsSchema.shape, key);
}
