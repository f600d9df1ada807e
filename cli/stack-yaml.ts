import { isAlias, isCollection, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import { StackFileError } from "./errors.ts";

/**
 * Reads the YAML of a stack file. Messages show the line, but of its values only where they stand: a
 * line that cannot be read may hold an encrypted value, or a secret that was to be encrypted.
 *
 * @param source Name of the file, for messages.
 * @throws StackFileError (exit code 2) naming every fault with its line and column.
 */
export function parseStackYaml(text: string, source: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const faults = [
    ...document.errors.map(({ pos, message }) => ({ offset: pos[0], message: withoutQuotation(message) })),
    ...structureFaults(document),
  ];
  if (faults.length > 0) {
    throw new StackFileError(faults.map((fault) => describeFault(fault, text, source, lines)).join("\n"));
  }
  try {
    return document.toJS() as unknown;
  } catch (error) {
    // Aliases of aliases that would blow the file up: found only when the values are made.
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackFileError(`${source}: is not usable YAML: ${reason}`, { cause: error });
  }
}

interface YamlFault {
  readonly offset: number;
  readonly message: string;
}

/** What is sound YAML and still no settings: aliases of nothing or of themselves, keys that are no text. */
function structureFaults(document: Document.Parsed): YamlFault[] {
  const faults: YamlFault[] = [];
  const fault = (node: Node, message: string) => faults.push({ offset: node.range?.[0] ?? 0, message });
  visit(document, {
    Alias: (_key, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target === undefined) fault(alias, `no anchor &${alias.source} stands before this alias`);
      else if (ancestors.some((ancestor) => ancestor === target))
        fault(alias, `this alias stands inside its own anchor &${alias.source}, and would never end`);
    },
    Pair: (_key, { key }) => {
      const target = isAlias(key) ? key.resolve(document) : key;
      if (isCollection(target))
        fault(isAlias(key) ? key : target, "a key must be a text, not a map or a list");
    },
  });
  return faults;
}

/** Some messages of the parser end with the text or the escape sequence that it could not read. */
function withoutQuotation(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/(: "| \\).*$/, "");
}

function describeFault(
  { offset, message }: YamlFault,
  text: string,
  source: string,
  lines: LineCounter,
): string {
  const { line, col } = lines.linePos(offset);
  const number = String(line);
  return [
    `${source}:${number}:${String(col)}: is not valid YAML: ${message}`,
    `  ${number} | ${withoutValues(text.split("\n")[line - 1] ?? "")}`,
    `  ${" ".repeat(number.length)} | ${" ".repeat(col - 1)}^`,
  ].join("\n");
}

/** A key before a colon that ends it; `ns:config:key` is one key. */
const KEY = /^[\s-]*["']?[A-Za-z][\w.-]*(:[A-Za-z][\w.-]*)*["']?(?=\s*:(\s|$))/;

/** The line with a dot for each character of its values: indentation, key and punctuation stay in their columns. */
function withoutValues(line: string): string {
  const key = KEY.exec(line)?.[0] ?? "";
  return key + line.slice(key.length).replaceAll(/[^\s:{}[\],"'&*|>#-]/g, "·");
}
