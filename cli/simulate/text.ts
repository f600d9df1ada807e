import Table from "cli-table3";
import { NO_BORDERS, trimmed } from "../report/table.ts";
import type { Distribution, Summary } from "./summary.ts";
import type { TwentyNodes } from "./twenty-nodes.ts";

export interface Results {
  readonly seed: number;
  readonly threads: number;
  readonly summary: Summary;
  /** Absent where one scenario of a file was run. */
  readonly twentyNodes?: TwentyNodes;
}

/** The results for a terminal. */
export function renderResults({ seed, summary, twentyNodes }: Results): string {
  const faults = Object.entries(summary.happenings)
    .toSorted(([, a], [, b]) => b - a)
    .map(([does, count]) => `${does} ${String(count)}`)
    .join(", ");
  return [
    `${plain(summary.days)} simulated days in ${plain(summary.runs)} ${summary.runs === 1 ? "run" : "runs"} from seed ${String(seed)}, ${plain(summary.ticks)} runs of the guard, ${plain(summary.calls)} calls of AWS`,
    `In them: ${faults}`,
    "",
    ...held(summary),
    "",
    ...overshootTable(summary),
    ...(twentyNodes === undefined ? [] : ["", ...twentyTable(twentyNodes)]),
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
  const failed = summary.failures.length;
  const refused = plain(summary.refused);
  table.push(
    [plain(summary.beyondBound), "days beyond their bound"],
    [plain(summary.persistentStopped), "persistent hosts stopped"],
    [plain(summary.runningAfterLatch), "instances that ran on after a latch"],
    [plain(failed), "days on which anything did not hold, the ledger below the bill included"],
    [plain(summary.stops), `stops at the line, ${plain(summary.earlyStops)} early for want of a price`],
    [plain(summary.admitted), `launches through ground let in, ${refused} refused`],
    [plain(summary.deadManFired), "hosts that stopped themselves for want of a heartbeat"],
  );
  return lines(table);
}

function overshootTable(summary: Summary): string[] {
  const table = tableOf(["Beyond the line, US dollars a day", "days", "median", "99 %", "worst", "all days"]);
  const row = (name: string, { daysOver, median, p99, worst, sum }: Distribution): void => {
    table.push([name, plain(daysOver), ...[median, p99, worst, sum].map(usd)]);
  };
  row("the guard", summary.guard);
  row(
    `  its ${plain(summary.guardUndisturbed.days)} healthy days, launches by ground only`,
    summary.guardUndisturbed,
  );
  row("a poll every 15 minutes", summary.poll);
  row("AWS Budgets, 12 h late", summary.budgets);
  return lines(table);
}

function twentyTable(nodes: TwentyNodes): string[] {
  const table = tableOf([
    `20 storage nodes on demand, ${usd(nodes.usdPerHour)}/h, worst of ${plain(nodes.tries)} days`,
    "worst",
    "bound",
  ]);
  table.push(
    [
      `launched by ground or a schedule (up to ${(nodes.admittedUsed * 100).toFixed(0)} % of the line used)`,
      usd(nodes.admitted),
      usd(nodes.admittedBound),
    ],
    [
      "behind the guard's back, the line used up: burn × (interval + time to act)",
      usd(nodes.behind),
      usd(nodes.behindBound),
    ],
    ["the same with a poll every 15 minutes", usd(nodes.poll), ""],
    ["the same with AWS Budgets, 12 h late", usd(nodes.budgets), ""],
  );
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

export function usd(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

/** `12,000`. */
export function plain(count: number): string {
  return count.toLocaleString("en-US");
}
