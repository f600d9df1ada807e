import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type YAMLMap,
} from "yaml";
import { isRecord } from "../../infra/settings/describe.ts";
import type { VerifiedBranch } from "../../model/verified-checks.ts";
import { GroundError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { PROJECT } from "../stack-file.ts";

/** Verified checks by branch, as they stand in a stack file. */
export type ReportedByBranch = Readonly<Record<string, VerifiedBranch>>;

/**
 * Writes verified names into a stack file as `repositories.NAME.checks.reported`, and leaves every other byte as it
 * is. The file is replaced in one step, and only where what was verified differs.
 *
 * @param lists verified checks by repository
 * @returns true where the file was changed.
 * @throws GroundError (exit code 2) where the file is written in a way that the lists cannot be put into.
 */
export function writeReported(file: string, lists: Readonly<Record<string, ReportedByBranch>>): boolean {
  const before = readFileSync(file, "utf8");
  const after = Object.entries(lists).reduce(
    (text, [name, verified]) => withReported(text, name, verified),
    before,
  );
  if (after === before) return false;
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    writeFileSync(partial, after, { flag: "wx", mode: statSync(file).mode });
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  return true;
}

/** The text of a stack file with one repository's verified checks in it. */
export function withReported(text: string, repository: string, verified: ReportedByBranch): string {
  const document = parseDocument(text);
  const path = repositoryPath(document, repository);
  const node = path === undefined ? undefined : document.getIn(path, true);
  if (path === undefined || !isMap(node)) throw cannotWrite(repository, verified);
  const reported = document.getIn([...path, "checks", "reported"], true);
  if (isMap(reported) && isDeepStrictEqual(reported.toJS(document), verified)) return text;

  // Cutting text keeps what the YAML library would lay out anew; whether the cut was right is read back.
  const changed = cutIn(text, document, { path, repository: node, verified });
  const wanted: unknown = withSet(document.toJS(), path, verified);
  if (changed !== undefined && isDeepStrictEqual(parseDocument(changed).toJS(), wanted)) return changed;
  document.setIn([...path, "checks", "reported"], document.createNode(verified));
  const rewritten = document.toString({ lineWidth: 0 });
  if (isDeepStrictEqual(parseDocument(rewritten).toJS(), wanted)) return rewritten;
  throw cannotWrite(repository, verified);
}

type Path = readonly (string | number)[];

/** A key of the project may stand with or without its namespace, as `stack-file.ts` reads it. */
function repositoryPath(document: Document, repository: string): Path | undefined {
  const keys = [`${PROJECT}:governance`, `${PROJECT}:config:governance`, "governance"];
  const key = keys.find((candidate) => document.hasIn(["config", candidate]));
  return key === undefined ? undefined : ["config", key, "repositories", repository];
}

interface Place {
  readonly path: Path;
  readonly repository: YAMLMap;
  readonly verified: ReportedByBranch;
}

function cutIn(text: string, document: Document, { path, repository, verified }: Place): string | undefined {
  const checks = document.getIn([...path, "checks"], true);
  if (isMap(checks) && checks.flow !== true && checks.items.length > 0) {
    const reported = checks.get("reported", true);
    return reported === undefined
      ? appended(text, checks, { reported: verified })
      : replaced(text, checks, "reported", verified);
  }
  if (checks !== undefined) return undefined;
  return repository.flow === true
    ? undefined
    : appended(text, repository, { checks: { reported: verified } });
}

/** The text with a pair put behind the last one of a map in block style. */
function appended(text: string, map: YAMLMap, pair: Readonly<Record<string, unknown>>): string | undefined {
  const column = columnOf(text, map.items[0]?.key);
  const last = map.items.at(-1);
  const end = endOf(last?.value) ?? endOf(last?.key);
  if (column === undefined || end === undefined) return undefined;
  // Behind the comment of the last line; blank lines stay between this map and the next.
  const line = text.indexOf("\n", end - (text.charAt(end - 1) === "\n" ? 1 : 0));
  const at = line === -1 ? text.length : line + 1;
  const before = text.slice(0, at);
  return `${before}${before.endsWith("\n") ? "" : "\n"}${indented(pair, column)}${text.slice(at)}`;
}

/** The text with another value under a key of a map in block style. */
function replaced(text: string, map: YAMLMap, key: string, value: unknown): string | undefined {
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  const column = columnOf(text, pair?.key);
  const start = rangeOf(pair?.key)?.[0];
  const end = rangeOf(pair?.value)?.[1];
  if (column === undefined || start === undefined || end === undefined) return undefined;
  // The range of a list in block style ends behind its last line, that of one in brackets before it.
  const ending = text.slice(start, end).endsWith("\n") ? "\n" : "";
  const written = indented({ [key]: value }, column).trim();
  return `${text.slice(0, start)}${written}${ending}${text.slice(end)}`;
}

function indented(value: unknown, column: number): string {
  const indent = " ".repeat(column);
  return stringify(value, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, indent);
}

function rangeOf(node: unknown): Node["range"] | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
}

function endOf(node: unknown): number | undefined {
  return rangeOf(node)?.[1];
}

function columnOf(text: string, node: unknown): number | undefined {
  const start = rangeOf(node)?.[0];
  return start === undefined ? undefined : start - (text.lastIndexOf("\n", start - 1) + 1);
}

/** What the file shall mean afterwards. */
function withSet(value: unknown, [key, ...rest]: Path, verified: ReportedByBranch): unknown {
  const found = isRecord(value) ? value : {};
  if (key === undefined) return { ...found, checks: { ...recordOf(found["checks"]), reported: verified } };
  return { ...found, [key]: withSet(found[key], rest, verified) };
}

function recordOf(value: unknown): Readonly<Record<PropertyKey, unknown>> {
  return isRecord(value) ? value : {};
}

function cannotWrite(repository: string, verified: ReportedByBranch): GroundError {
  const yaml = stringify({ checks: { reported: verified } }, { lineWidth: 0 });
  return new GroundError(
    `The list for ${repository} cannot be put into the stack file as it is written; paste it under the repository:\n${yaml}`,
    EXIT.badConfiguration,
  );
}
