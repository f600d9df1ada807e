import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { didYouMean } from "../../model/nearest.ts";
import { SECRET } from "../../model/resource.ts";
import { secretsIn } from "../../model/secret-shapes.ts";
import { settingsSchema } from "./schema.ts";

/** One thing wrong with the settings, as a person needs it. */
export interface Problem {
  /** Where, for example `cluster.roles.storage.count`. */
  readonly path: string;
  /** The value found, as JSON; absent for a missing one. */
  readonly value: string | undefined;
  /** What is allowed, or what to do. */
  readonly message: string;
}

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** Turns an issue of zod into sentences that name the value, what is allowed and the nearest right name. */
export function describeIssue(issue: Issue, document: unknown): Problem[] {
  const found = valueAt(document, issue.path);
  const here = { path: renderPath(issue.path), value: show(found, issue.path) };
  switch (issue.code) {
    case "unrecognized_keys":
      return (
        contradiction(issue.path, document) ?? issue.keys.map((key) => unknownKey(issue.path, key, document))
      );
    case "invalid_union":
      return describeUnion(issue, document);
    case "invalid_value": {
      const allowed = issue.values.map(String);
      return [
        {
          ...here,
          message: requirement(
            found,
            `${allowed.length > 1 ? "one of " : ""}${allowed.join(", ")}${didYouMean(found, allowed)}`,
          ),
        },
      ];
    }
    case "invalid_key": {
      const [reason] = issue.issues;
      return [
        { path: here.path, value: undefined, message: `this name ${reason?.message ?? issue.message}` },
      ];
    }
    case "invalid_type":
      return [
        {
          ...here,
          message: ownMessage(issue) ?? requirement(found, TYPE_TITLES[issue.expected] ?? issue.expected),
        },
      ];
    default:
      return [{ ...here, message: issue.message }];
  }
}

/** What the schema itself says of a value of another type; zod's own words begin so. */
function ownMessage({ message }: Issue): string | undefined {
  return message.startsWith("Invalid input") ? undefined : message;
}

const TYPE_TITLES: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function requirement(found: unknown, allowed: string): string {
  const unquoted =
    allowed === TYPE_TITLES["string"] && (typeof found === "number" || typeof found === "boolean");
  return `${found === undefined ? "is missing; " : ""}must be ${allowed}${unquoted ? ": write it in quotes" : ""}`;
}

function unknownKey(path: Path, key: string, document: unknown): Problem {
  const allowed = keysAt(path);
  const elsewhere = pathsOf(settingsSchema).filter((other) => other.endsWith(`.${key}`));
  const nearest =
    didYouMean(key, allowed) || (elsewhere.length > 0 ? `; did you mean ${elsewhere.join(" or ")}?` : "");
  return {
    path: renderPath([...path, key]),
    value: show(valueAt(document, [...path, key]), [...path, key]),
    message: `is not a setting${nearest === "" ? ";" : nearest} allowed here: ${allowed.join(", ")}`,
  };
}

/** The problems of the union's member that the value was meant for: the one whose keys it holds. */
function describeUnion(issue: Issue & { code: "invalid_union" }, document: unknown): Problem[] {
  const contradicted = contradiction(issue.path, document);
  if (contradicted !== undefined) return contradicted;
  const found = valueAt(document, issue.path);
  const meant = sharedKeys(issue.path, found).findIndex((keys) => keys.length > 0);
  const errors = issue.errors[meant];
  if (errors === undefined) {
    const message = `${found === undefined ? "is missing; " : ""}${issue.message}`;
    return [{ path: renderPath(issue.path), value: show(found, issue.path), message }];
  }
  return errors.flatMap((inner) =>
    describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, document),
  );
}

/** Keys of two members of a union are a contradiction, said once instead of as unknown keys. */
function contradiction(path: Path, document: unknown): Problem[] | undefined {
  const found = valueAt(document, path);
  const sides = sharedKeys(path, found).filter((keys) => keys.length > 0);
  if (sides.length < 2) return undefined;
  const message = `must not hold ${sides.map((keys) => keys.join(", ")).join(" together with ")}: keep one side`;
  return [{ path: renderPath(path), value: show(found, path), message }];
}

/** For each schema the value may follow, the value's keys that are its own. */
function sharedKeys(path: Path, found: unknown): string[][] {
  const keys = isRecord(found) ? Object.keys(found) : [];
  return membersAt(path).map((member) => keysOf(member).filter((key) => keys.includes(key)));
}

/** `cluster.roles.storage.zones[0]`, as messages write a path. */
export function renderPath(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${String(part)}]` : `${index > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
}

/**
 * The value as one line of JSON, cut at 80 characters. Encrypted values are never shown, nor what stands where
 * secrets are named, in whose place people write the secret itself, nor what looks like one.
 *
 * @param path where it was found, as a list or as messages write it
 */
export function show(value: unknown, path: Path | string): string | undefined {
  if (value === undefined) return undefined;
  const names = typeof path === "string" ? path.split(/[.[\]]+/) : path.map(String);
  if (names.some(holdsSecrets)) return SECRET;
  const text = shownText(masked(value), names.at(-1) ?? "");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function shownText(value: unknown, name: string): string {
  if (value === SECRET) return SECRET;
  const hidden = withoutSecrets(value, name);
  if (hidden === SECRET) return SECRET;
  return isUnbounded(hidden)
    ? yamlNumber(hidden)
    : JSON.stringify(hidden, (_key, item: unknown) => (isUnbounded(item) ? yamlNumber(item) : item));
}

/** Before the text is cut: half a token has no form any more. */
function withoutSecrets(value: unknown, name: string): unknown {
  if (typeof value === "string") return secretsIn(value, name).length > 0 ? SECRET : value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutSecrets(item, name));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      secretsIn(key).length > 0 ? SECRET : key,
      holdsSecrets(key) ? SECRET : withoutSecrets(item, key),
    ]),
  );
}

/** Whether a key is one under which secrets are named, however it is misspelt. */
function holdsSecrets(key: string): boolean {
  const written = key.toLowerCase();
  return ["secrets", "dependabotsecrets", "secretsmanager"].some((name) => distance(written, name) <= 2);
}

/** Numbers that JSON does not have and would call `null`; YAML does. */
function isUnbounded(value: unknown): value is number {
  return typeof value === "number" && !Number.isFinite(value);
}

function yamlNumber(value: number): string {
  return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
}

/**
 * The value with each `{secure: …}` of a stack file replaced by the mark of secrets. To the engine only
 * a map of one text is encrypted; one that was mistyped holds the ciphertext all the same.
 */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (!isRecord(value)) return value;
  if (Object.hasOwn(value, "secure")) return SECRET;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
}

/** Paths of every secret in a masked document, in its order. */
export function encryptedPaths(value: unknown, path: Path = []): Path[] {
  if (value === SECRET) return [path];
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => encryptedPaths(item, [...path, index]));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => encryptedPaths(item, [...path, key]));
}

export function isRecord(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    document,
  );
}

// What is allowed at a path is read from the schema itself, so that no list is kept twice.

function keysAt(path: Path): string[] {
  return [...new Set(membersAt(path).flatMap(keysOf))];
}

function keysOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schemas a value at a path may follow: one, or the members of a union. */
function membersAt(path: Path): unknown[] {
  return path.reduce<unknown[]>(
    (schemas, part) => schemas.flatMap((schema) => members(child(schema, part))),
    [settingsSchema],
  );
}

function child(schema: unknown, part: PropertyKey): unknown {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodObject ? (schema.shape as Record<PropertyKey, unknown>)[part] : undefined;
}

function members(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return members(schema.unwrap());
  }
  return schema instanceof z.ZodUnion ? schema.options.flatMap(members) : [schema];
}

/** Every setting's path, for keys written in the wrong place. */
function pathsOf(schema: unknown): string[] {
  return members(schema).flatMap((member) =>
    keysOf(member).flatMap((key) => [key, ...pathsOf(child(member, key)).map((inner) => `${key}.${inner}`)]),
  );
}
