import { z } from "zod";
import { SECRET } from "../../model/resource.ts";
import { printable } from "../../model/printable.ts";
import { maskSecrets } from "../../model/secret-shapes.ts";
import {
  describeIssue,
  encryptedPaths,
  isRecord,
  masked,
  renderPath,
  show,
  type Problem,
} from "./describe.ts";
import { fromEngineText } from "./engine-text.ts";
import { NAME_PATTERN, NAME_RULE } from "./fields.ts";
import { crossFieldProblems } from "./rules.ts";
import { hostProblems } from "./hosts.ts";
import {
  settingsSchema,
  type GovernanceOnlySettings,
  type ParsedSettings,
  type Settings,
  type StackSettings,
} from "./schema.ts";

export type { Problem } from "./describe.ts";

/** Every problem of one configuration. Exit code 2. */
export class SettingsError extends Error {
  readonly source: string;
  readonly problems: readonly Problem[];

  constructor(source: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${String(problems.length)} problems`;
    const shown = problems.map(fitToShow);
    super([`${source}: ${count}`, ...shown.map(line)].join("\n"));
    this.name = "SettingsError";
    this.source = source;
    this.problems = shown;
  }
}

/**
 * A key may hold a secret or what drives a terminal, and stands in the path and in messages; of values, `show` has
 * judged the uncut text.
 */
function fitToShow({ path, value, message }: Problem): Problem {
  const shown = (text: string): string => printable(maskSecrets(text, false));
  return {
    path: shown(path),
    value: value === undefined ? undefined : printable(value),
    message: shown(message),
  };
}

function line({ path, value, message }: Problem): string {
  return value === undefined ? `  ${path}: ${message}` : `  ${path} = ${value}: ${message}`;
}

export interface ParseContext {
  /** Name of the stack: the environment's name where the settings give none. */
  readonly stack: string;
  /** File named in messages. */
  readonly source: string;
  /** Further checks, such as prices, of the settings that are sound in themselves: a broken one hides no other. */
  readonly check?: (settings: Partial<ParsedSettings>) => Iterable<Problem>;
}

/**
 * Checks the values under `proving-ground:` and fills in the defaults.
 *
 * @throws SettingsError naming every problem with its path, the value, what is allowed and the nearest name.
 */
export function parseSettings(
  document: Readonly<Record<string, unknown>>,
  context: ParseContext,
): StackSettings {
  const given = withoutStandIns(readable(document));
  const result = settingsSchema.safeParse(given);
  const found = result.success
    ? []
    : firstOfEachPath(result.error.issues.flatMap((issue) => describeIssue(issue, given)));
  const parsed = result.success ? result.data : soundFields(given);
  const problems = [
    ...withEncrypted(found, given),
    ...hostProblems(given),
    ...prototypeProblems(given),
    ...[...crossFieldProblems(parsed)].map(([path, value, message]) => ({
      path,
      value: show(value, path),
      message,
    })),
    ...stackNameProblems(given, context.stack),
    ...(context.check?.(parsed) ?? []),
  ];
  if (!result.success || problems.length > 0) throw new SettingsError(context.source, problems);
  return settingsOf(result.data, context.stack);
}

/** The settings in their final shape, once every rule holds. */
function settingsOf(parsed: ParsedSettings, stack: string): StackSettings {
  const environment = parsed.environment ?? stack;
  const { owner, region, awsAccount, policies, governance } = parsed;
  if (parsed.hosts)
    // The rules above prove what the schema cannot say: budget and zones are given, the zones of the region.
    return { ...parsed, environment } as Settings;
  return {
    hosts: false,
    owner,
    environment,
    region,
    ...(awsAccount === undefined ? {} : { awsAccount }),
    ...(policies === undefined ? {} : { policies }),
    governance,
  } as GovernanceOnlySettings;
}

/** The settings of a document that are sound in themselves, for readers that judge another stack. */
export function soundSettings(document: Readonly<Record<string, unknown>>): Partial<ParsedSettings> {
  return soundFields(withoutStandIns(readable(document)));
}

/** What the engine writes as text is read as it does; encrypted values go first, so that no message can show one. */
function readable(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [key, fromEngineText(key, masked(value))]),
  );
}

/**
 * Leaves out optional texts that are `""`, optional lists that are `[]` and optional objects that are
 * `{}`. The engine demands a default for every key that Pulumi.yaml declares, and these stand there
 * for "not set".
 */
function withoutStandIns(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).filter(([key, value]) => {
      const field: unknown = (settingsSchema.shape as Readonly<Record<string, unknown>>)[key];
      if (!(field instanceof z.ZodOptional)) return true;
      const kind: unknown = field.unwrap();
      if (kind instanceof z.ZodArray) return !Array.isArray(value) || value.length > 0;
      if (kind instanceof z.ZodObject || kind instanceof z.ZodUnion)
        return !isRecord(value) || Object.keys(value).length > 0;
      return value !== "";
    }),
  );
}

/** A value of the wrong type fails its other checks too, where they can be tried on it at all. */
function firstOfEachPath(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ path }, index) => problems.findIndex((other) => other.path === path) === index);
}

/** The top-level settings that are sound in themselves, with their defaults. */
function soundFields(document: Readonly<Record<string, unknown>>): Partial<ParsedSettings> {
  const fields = Object.entries(settingsSchema.shape).flatMap(([key, field]) => {
    const result = field.safeParse(document[key]);
    return result.success ? [[key, result.data]] : [];
  });
  return Object.fromEntries(fields) as Partial<ParsedSettings>;
}

/**
 * No setting is a secret: the plan shows them all. An encrypted value is said to be one, instead of
 * being measured against its field; under an unknown key, the key is the problem.
 */
function withEncrypted(found: readonly Problem[], document: unknown): Problem[] {
  const encrypted = encryptedPaths(document).map(renderPath);
  const others = found.filter(({ path }) => !encrypted.includes(path) || isUnknownKey(path, found));
  const problems = encrypted
    .filter((path) => !others.some((other) => path === other.path || path.startsWith(`${other.path}.`)))
    .map((path) => ({
      path,
      value: SECRET,
      message:
        "must not be encrypted: the plan reads every setting; keep secrets in Secrets Manager and list their names under secrets.names",
    }));
  return [...others, ...problems];
}

/** A key that zod drops from maps without a word: whoever wrote it would believe it took effect. */
function prototypeProblems(value: unknown, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return key === "__proto__"
      ? [
          {
            path: renderPath(here),
            value: show(item, here),
            message: "is not a setting; no key may have this name",
          },
        ]
      : prototypeProblems(item, here);
  });
}

function isUnknownKey(path: string, problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.path === path && problem.message.startsWith("is not a setting"));
}

function* stackNameProblems(document: Readonly<Record<string, unknown>>, stack: string): Generator<Problem> {
  if (document["environment"] !== undefined || NAME_PATTERN.test(stack)) return;
  const message = `is missing, and the stack's name ${JSON.stringify(stack)} cannot stand for it: it ${NAME_RULE}`;
  yield { path: "environment", value: undefined, message };
}
