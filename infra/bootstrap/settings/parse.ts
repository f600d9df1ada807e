import { z } from "zod";
import { didYouMean } from "../../../model/nearest.ts";
import { SECRET } from "../../../model/resource.ts";
import { maskSecrets, secretsIn } from "../../../model/secret-shapes.ts";
import { crossFieldFaults } from "./rules.ts";
import { settingsSchema, type Settings } from "./schema.ts";

/** Every problem of one stack file, a line each. Exit code 2. */
export class BootstrapSettingsError extends Error {
  constructor(source: string, lines: readonly string[]) {
    const count = lines.length === 1 ? "1 problem" : `${String(lines.length)} problems`;
    super([`${source}: ${count}`, ...lines.map((line) => `  ${line}`)].join("\n"));
    this.name = "BootstrapSettingsError";
  }
}

/**
 * Checks the values under `proving-ground-bootstrap:` and fills in the defaults.
 *
 * The checks of the main program's settings are not used: they speak of its schema, and a project that
 * makes the state must run where nothing else of the program does.
 *
 * @param source file named in messages
 * @throws BootstrapSettingsError naming every problem with its path, the value and what is allowed.
 */
export function parseSettings(document: Readonly<Record<string, unknown>>, source: string): Settings {
  const given = withoutStandIns(document);
  const result = settingsSchema.safeParse(given);
  const sound = result.success ? result.data : soundFields(given);
  const lines = [
    ...(result.success ? [] : result.error.issues.flatMap((issue) => linesOf(issue, given))),
    ...[...crossFieldFaults(sound)].map(([path, value, message]) => line(path, value, message)),
  ];
  if (!result.success || lines.length > 0) throw new BootstrapSettingsError(source, [...new Set(lines)]);
  return result.data;
}

/** The engine demands a default for each optional key of Pulumi.yaml: "", {} and [] stand there for "not set". */
function withoutStandIns(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).filter(([key, value]) => !(isOptional(key) && isEmpty(value))),
  );
}

function isOptional(key: string): boolean {
  const field: unknown = (settingsSchema.shape as Readonly<Record<string, unknown>>)[key];
  return field instanceof z.ZodType && field.safeParse(undefined).success;
}

function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function soundFields(document: Readonly<Record<string, unknown>>): Partial<Settings> {
  const sound = Object.entries(settingsSchema.shape).flatMap(([key, field]) => {
    const result = field.safeParse(document[key]);
    return result.success ? [[key, result.data]] : [];
  });
  return Object.fromEntries(sound) as Partial<Settings>;
}

function linesOf(issue: z.core.$ZodIssue, document: unknown): string[] {
  const found = valueAt(document, issue.path);
  const path = renderPath(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(issue.path, key, document));
    case "invalid_type":
      return [line(path, found, `${found === undefined ? "is missing; " : ""}must be ${titleOf(issue)}`)];
    case "invalid_value": {
      const allowed = issue.values.map(String);
      return [line(path, found, `must be one of ${allowed.join(", ")}${didYouMean(found, allowed)}`)];
    }
    default:
      return [line(path, found, issue.message)];
  }
}

const TITLES: Readonly<Record<string, string>> = {
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function titleOf({ expected, message }: z.core.$ZodIssueInvalidType): string {
  // A message of our own says more than the type does.
  return message.startsWith("must be ") ? message.slice("must be ".length) : (TITLES[expected] ?? expected);
}

function unknownKey(path: readonly PropertyKey[], key: string, document: unknown): string {
  const allowed = keysAt(path);
  const value = valueAt(document, [...path, key]);
  const nearest = didYouMean(key, allowed);
  return line(
    renderPath([...path, key]),
    value,
    `is not a setting${nearest === "" ? ";" : nearest} allowed here: ${allowed.join(", ")}`,
  );
}

function keysAt(path: readonly PropertyKey[]): string[] {
  const schema = path.reduce<unknown>((found, part) => {
    const inner = unwrapped(found);
    if (inner instanceof z.ZodArray) return inner.element;
    return inner instanceof z.ZodObject
      ? (inner.shape as Readonly<Record<PropertyKey, unknown>>)[part]
      : undefined;
  }, settingsSchema);
  const object = unwrapped(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap())
    : schema;
}

function line(path: string, value: unknown, message: string): string {
  // A key may hold a secret too, and so the path.
  const [where, what] = [maskSecrets(path, false), maskSecrets(message, false)];
  return value === undefined ? `${where}: ${what}` : `${where} = ${shown(value, path)}: ${what}`;
}

/**
 * One line, cut at 80 characters. A value that the stack file encrypts was replaced before; what stands where secrets
 * are named, in whose place people write the secret itself, is not shown, nor what looks like one.
 */
function shown(value: unknown, path: string): string {
  if (/secrets\b/i.test(path) || value === SECRET) return SECRET;
  const name = path.split(".").at(-1) ?? "";
  const text = JSON.stringify(value, (key, item: unknown) => withoutSecret(item, key === "" ? name : key));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function withoutSecret(value: unknown, name: string): unknown {
  const hidden = /secrets$/i.test(name) || (typeof value === "string" && secretsIn(value, name).length > 0);
  return hidden ? SECRET : value;
}

function renderPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${String(part)}]` : `${index > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined,
    document,
  );
}
