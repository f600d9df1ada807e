import Table from "cli-table3";
import { wrap } from "../report/printable.ts";
import { NO_BORDERS, trimmed } from "../report/table.ts";
import { renderLog, type LogEntry } from "./log.ts";
import {
  happened,
  heldRows,
  LEFT_TO_PERSON,
  OVERSHOOT_HEAD,
  overshootRows,
  plain,
  twentyRows,
  usd,
  WHY_BEYOND,
} from "./results.ts";
import type { Summary } from "./summary.ts";
import type { TwentyNodes } from "./twenty-nodes.ts";

export interface Results {
  readonly seed: number;
  readonly threads: number;
  readonly summary: Summary;
  /** Absent where one scenario was run. */
  readonly twentyNodes?: TwentyNodes;
  /** Absent where it was not asked for. */
  readonly log?: readonly LogEntry[];
}

/** Sentences in lines that a terminal shows whole. */
const WIDTH = 100;

/** The results for a terminal. */
export function renderResults({ seed, summary, twentyNodes, log }: Results): string {
  const { worstDay } = summary;
  const had = happened(summary).map(({ count, what }) => `${what} ${plain(count)}`);
  const worst =
    worstDay === undefined
      ? []
      : [
          "",
          `The guard's worst day: ${worstDay.day} of seed ${String(worstDay.seed)}, ${usd(worstDay.usd)} beyond the line`,
          `  again: ${worstDay.replay}`,
        ];
  return [
    `${plain(summary.days)} simulated days in ${plain(summary.runs)} ${summary.runs === 1 ? "run" : "runs"} from seed ${String(seed)}, ${plain(summary.ticks)} runs of the guard, ${plain(summary.calls)} calls of AWS`,
    ...(had.length === 0 ? [] : wrap(`In them: ${had.join(", ")}`, WIDTH)),
    "",
    ...held(summary),
    ...wrap(LEFT_TO_PERSON, WIDTH),
    "",
    ...overshootTable(summary),
    ...wrap(WHY_BEYOND, WIDTH),
    ...worst,
    ...(twentyNodes === undefined ? [] : ["", ...twentyTable(twentyNodes)]),
    ...(log === undefined ? [] : ["", ...renderLog(log)]),
    ...summary.failures.flatMap(({ seed: of, day, problems, replay }) => [
      "",
      `FAILED seed ${String(of)}, ${day}: ${problems.join("; ")}`,
      `  again: ${replay}`,
    ]),
    "",
  ].join("\n");
}

function held(summary: Summary): string[] {
  const table = tableOf(["", ""]);
  table.push(...heldRows(summary).map(([count, what]) => [plain(count), what]));
  return lines(table);
}

function overshootTable(summary: Summary): string[] {
  const table = tableOf(["US dollars beyond the line, a day", ...OVERSHOOT_HEAD]);
  for (const { name, part, of } of overshootRows(summary)) {
    const { daysOver, median, p99, worst, sum } = of;
    table.push([`${part ? "  " : ""}${name}`, plain(daysOver), ...[median, p99, worst, sum].map(usd)]);
  }
  return lines(table);
}

function twentyTable(nodes: TwentyNodes): string[] {
  const table = tableOf([
    `20 storage nodes on demand, ${usd(nodes.usdPerHour)}/h, worst of ${plain(nodes.tries)} days`,
    "worst",
    "bound",
  ]);
  for (const [what, worst, bound] of twentyRows(nodes))
    table.push([what, usd(worst), bound === undefined ? "" : usd(bound)]);
  return lines(table);
}

function tableOf(head: readonly string[]): Table.Table {
  return new Table({
    head: head.every((cell) => cell === "") ? [] : [...head],
    style: { head: [], border: [], compact: true },
    chars: NO_BORDERS,
    colAligns: head[0] === "" ? ["right", "left"] : ["left", ...head.slice(1).map(() => "right" as const)],
  });
}

function lines(table: Table.Table): string[] {
  return trimmed(table.toString());
}
