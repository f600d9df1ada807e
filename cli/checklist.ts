import Table from "cli-table3";
import { EXIT } from "./exit-codes.ts";
import type { ExitCode } from "./errors.ts";

/** How one line of `ground doctor` or `ground verify` came out. `unknown`: it could not be looked at, which is no "ok". */
export type CheckStatus = "ok" | "failed" | "warning" | "unknown" | "skipped";

/** One thing looked at: what, how it stands, and what to do where it is not well. */
export interface CheckLine {
  /** Stable, for scripts: for example `aws.quota.spot`. */
  readonly id: string;
  /** What was looked at, for people. */
  readonly title: string;
  readonly status: CheckStatus;
  /** What was found, with figures. */
  readonly found: string;
  /** What to do about it; every line that is neither ok nor skipped has one. */
  readonly fix?: string;
}

/** Exit code 4 where a line failed or could not be looked at, else 0. */
export function exitCodeOf(lines: readonly CheckLine[]): ExitCode {
  return lines.some(({ status }) => status === "failed" || status === "unknown")
    ? EXIT.resourceFailed
    : EXIT.ok;
}

const SIGNS: Readonly<Record<CheckStatus, string>> = {
  ok: "ok",
  failed: "FAILED",
  warning: "warning",
  unknown: "unknown",
  skipped: "skipped",
};

/** The lines as a table, each fix below its line (once, where lines in a row share it), and a last line that counts. */
export function renderChecklist(lines: readonly CheckLine[], width = 100): string {
  const titles = Math.max(...lines.map(({ title }) => title.length), 5);
  const findings = Math.max(24, width - titles - 14);
  const table = new Table({
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: EMPTY_BORDERS,
    wordWrap: true,
    colWidths: [titles + 2, 10, findings],
  });
  let shown: string | undefined;
  for (const { title, status, found, fix } of lines) {
    const advice = fix === undefined ? "" : fix === shown ? "\n→ as above" : `\n→ ${fix}`;
    table.push([title, SIGNS[status], broken(`${found}${advice}`, findings - 2)]);
    shown = fix ?? shown;
  }
  // The table fills its last column with spaces, which a log keeps and a diff shows.
  return `${table.toString().replace(/ +$/gm, "")}\n\n${summaryOf(lines)}\n`;
}

/** Words that are longer than a line, such as ARNs, broken: the table would cut them off. */
function broken(text: string, width: number): string {
  return text.replace(new RegExp(`\\S{${String(width)}}(?=\\S)`, "g"), "$&\n");
}

const EMPTY_BORDERS = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
    "middle",
  ].map((part) => [part, ""]),
);

function summaryOf(lines: readonly CheckLine[]): string {
  const counts = (Object.keys(SIGNS) as CheckStatus[]).flatMap((status) => {
    const count = lines.filter((line) => line.status === status).length;
    return count === 0 ? [] : [`${String(count)} ${status}`];
  });
  return counts.join(", ");
}

/** The same for scripts: `{ "ok": boolean, "lines": [CheckLine] }`. */
export function checklistJson(lines: readonly CheckLine[]): string {
  return `${JSON.stringify({ ok: exitCodeOf(lines) === EXIT.ok, lines }, undefined, 2)}\n`;
}
