/** A `cli-table3` without lines: columns alone. */
export const NO_BORDERS = Object.fromEntries(
  [
    ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ]
    .flat()
    .map((place) => [place, ""]),
);

/** Lines of a table without the spaces that fill its last column. */
export function trimmed(table: string): string[] {
  return table.split("\n").map((line) => line.trimEnd());
}
