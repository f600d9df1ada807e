import { printable } from "../report/printable.ts";

/**
 * Foreign text (names of resources, messages of policies and providers) in GitHub's markdown, on one line. It can
 * neither end its place nor call anybody: GitHub does not look for mentions, links and HTML inside code.
 */

/** Longest foreign text shown, characters. */
const LONGEST = 400;

/** A code span, outside of tables. */
export function code(text: string): string {
  const shown = shorten(printable(text), LONGEST);
  const longestRun = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longestRun + 1);
  // A space at each end is taken away by the renderer, unless there is nothing else; it keeps backticks at the ends apart
  // from the fence. No span is empty.
  const padded = /^ *$/.test(shown) ? shown || " " : /^[` ]|[` ]$/.test(shown) ? ` ${shown} ` : shown;
  return `${fence}${padded}${fence}`;
}

/**
 * A code span in a table: a bar would end the cell even inside of one. GitHub cuts rows and takes the backslash before
 * each bar away before it looks for spans (`table.c` of cmark-gfm), so that no other backslash or backtick is touched.
 */
export function codeInTable(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** The first of some texts and how many more there are, so that a list cannot fill the comment. */
export function firstOf(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return [...texts.slice(0, most), ...(more > 0 ? [`and ${String(more)} more`] : [])].join(", ");
}

/** Keeps GitHub from seeing a mention, an issue, a link or an address; cannot be seen. */
const JOINER = "\u2060";

/**
 * Foreign text as prose. HTML and markdown are written out; a word joiner stands behind what would begin a mention or a
 * link: escaping alone would not do, since GitHub looks for them in the finished text.
 */
export function prose(text: string): string {
  return shorten(printable(text), LONGEST)
    .replaceAll(/(?:https?|ftp|mailto|xmpp):|www\./gi, (start) => `${start}${JOINER}`)
    .replaceAll(/[@#]|\bGH-/g, (start) => `${start}${JOINER}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#+\-.!|~$:]/g, "\\$&");
}

/** One line of a fenced block; backticks in it can not end the block, since that takes a line of its own. */
export function fenced(text: string): string {
  return shorten(printable(text), LONGEST);
}

/** Not between the halves of a surrogate pair, which no encoder would take. */
function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
