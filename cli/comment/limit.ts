/** A part of a text of which rows may be left out; the gravest parts stand first and are cut last. */
export interface Block {
  readonly before: string;
  readonly rows: readonly string[];
  readonly after: string;
  /** Stands behind the part where rows are missing. */
  readonly leftOut: (missing: number) => string;
}

/**
 * Joins the parts to at most `most` characters. Room is given in their order: a row of the last part is cut before any
 * of the first. A part without rows is left out whole.
 *
 * @param most more than the frames of all parts together, which are never cut: they name a few things at most
 */
export function joinWithin(most: number, blocks: readonly Block[]): string {
  const shown = blocks.filter(({ rows }) => rows.length > 0);
  const frames = shown.map(({ before, after, rows, leftOut }) => before + after + leftOut(rows.length));
  let room = most - frames.reduce((total, frame) => total + frame.length, 0);
  return shown
    .map(({ before, rows, after, leftOut }) => {
      const kept: string[] = [];
      for (const row of rows) {
        if (row.length + 1 > room) break;
        room -= row.length + 1;
        kept.push(`${row}\n`);
      }
      const missing = rows.length - kept.length;
      return `${before}${kept.join("")}${after}${missing === 0 ? "" : leftOut(missing)}`;
    })
    .join("");
}
