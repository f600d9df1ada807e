/**
 * GitHub's reading of a table, as far as comments need it: rows and cells as `row_from_string` and `unescape_pipes` of
 * cmark-gfm (extensions/table.c, ext_scanners.re) cut them, code spans as CommonMark 0.31 section 6.1 reads them.
 */

/** Cells of a row, each without the backslashes before bars and without spaces around it. */
export function cellsOf(row: string): string[] {
  const inner = row.trim().replace(/^\|/, "");
  // The scanner takes the longest match: whatever stands before a backslash, it keeps its bar from ending the cell.
  const cells = inner.split(/(?<!\\)\|/);
  if (cells.at(-1) === "") cells.pop();
  return cells.map((cell) => cell.replaceAll("\\|", "|").trim());
}

/** Texts of a line's code spans, and what is left between them. */
export function codeSpansOf(line: string): { readonly spans: readonly string[]; readonly rest: string } {
  const spans: string[] = [];
  let rest = "";
  let at = 0;
  while (at < line.length) {
    if (line[at] === "\\") {
      rest += line.slice(at, at + 2);
      at += 2;
      continue;
    }
    const [fence = ""] = /^`*/.exec(line.slice(at)) ?? [];
    const end = fence === "" ? undefined : closing(line, at + fence.length, fence.length);
    if (end === undefined) {
      rest += line.slice(at, at + Math.max(1, fence.length));
      at += Math.max(1, fence.length);
      continue;
    }
    const text = line.slice(at + fence.length, end);
    spans.push(/^ .*[^ ].* $/s.test(text) ? text.slice(1, -1) : text);
    at = end + fence.length;
  }
  return { spans, rest };
}

/** Where the next run of exactly so many backticks begins. */
function closing(line: string, from: number, length: number): number | undefined {
  const run = [...line.slice(from).matchAll(/`+/g)].find(([ticks]) => ticks.length === length);
  return run === undefined ? undefined : from + run.index;
}
