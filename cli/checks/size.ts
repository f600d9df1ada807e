import { isAlias, isMap, isScalar, isSeq, Lexer, parseDocument, Parser } from "yaml";

/** Characters. Source: `MaxFileSize` in the public source of GitHub's workflow parser. */
const LONGEST_FILE = 1024 * 1024;

/** Levels; the same source allows 50 by itself. */
const DEEPEST = 100;

/**
 * Nodes with what aliases put in place of themselves. A file of a few lines can mean a billion (aliases of lists of
 * aliases), and GitHub's parser for JavaScript would write them all out.
 */
const MOST_NODES = 100_000;

/** Aliases, those inside of what others stand for counted each time: each is looked up from the file's first line. */
const MOST_ALIASES = 1000;

/** The parser writes the line below each fault: too often, where all is one line. */
const MOST_ERRORS = 100;

/** Why a file is not given to GitHub's parser; undefined where it may be, and for what is no YAML, which it says better. */
export function tooLarge(text: string): string | undefined {
  if (text.length > LONGEST_FILE)
    return `the file has ${String(text.length)} characters; GitHub reads at most ${String(LONGEST_FILE)}`;
  if (isTooDeep(text)) return TOO_DEEP;
  try {
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined)
      return document.errors.length > MOST_ERRORS ? `no YAML: ${error.message}` : undefined;
    const { nodes, aliases } = new Counter().weigh(document.contents, 0);
    if (nodes > MOST_NODES)
      return `the file makes more than ${String(MOST_NODES)} values, aliases counted as what they stand for`;
    return aliases > MOST_ALIASES ? `the file makes more than ${String(MOST_ALIASES)} aliases` : undefined;
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    throw error;
  }
}

/**
 * Looked at while the text is split up, before anything is made of it: the YAML library makes a regular expression as
 * long as the indent of lists in lists, and one of a hundred thousand characters ends Node.
 */
function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // Run for what it leaves on its stack: the collections that are open.
    Array.from(parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return true;
  }
  return false;
}

const TOO_DEEP = `the file is nested more than ${String(DEEPEST)} levels deep`;

interface Weight {
  readonly nodes: number;
  readonly aliases: number;
}

const NONE: Weight = { nodes: 0, aliases: 0 };

class Counter {
  /** By anchor: of the last node so far that carries it. */
  readonly #weights = new Map<string, Weight>();

  /** @throws RangeError where the node is nested too deep */
  weigh(node: unknown, depth: number): Weight {
    if (depth > DEEPEST) throw new RangeError(TOO_DEEP);
    // An alias of what it stands in itself is not known yet: GitHub's parser leaves it out.
    if (isAlias(node)) return sum([this.#weights.get(node.source) ?? NONE, { nodes: 0, aliases: 1 }]);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    const own = { nodes: 1, aliases: 0 };
    const weight = isMap(node)
      ? sum([
          own,
          ...this.#each(
            node.items.flatMap(({ key, value }) => [key, value]),
            depth,
          ),
        ])
      : isSeq(node)
        ? sum([own, ...this.#each(node.items, depth)])
        : own;
    if (anchor !== undefined) this.#weights.set(anchor, weight);
    return weight;
  }

  #each(nodes: readonly unknown[], depth: number): Weight[] {
    return nodes.map((node) => this.weigh(node, depth + 1));
  }
}

function sum(weights: readonly Weight[]): Weight {
  return weights.reduce((one, other) => ({
    nodes: one.nodes + other.nodes,
    aliases: one.aliases + other.aliases,
  }));
}
