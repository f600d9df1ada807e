import { Decimal } from "decimal.js";
import type { CostSummary } from "../../model/cost.ts";
import { count, type ChangeKind } from "../delivery/run.ts";
import { signedUsd, usd, usdAtMost } from "../report/money.ts";
import type { Block } from "./limit.ts";
import { codeInTable } from "./markdown.ts";
import type { StackReport } from "./report.ts";

/** Columns that a comment has where a stack of it costs anything. */
const MONEY: readonly (readonly [string, (report: StackReport) => string])[] = [
  ["$ a day", (report) => withDifference(report, ({ usdPerDay }) => usdPerDay, usd)],
  ["at worst", (report) => withDifference(report, ({ worstCaseUsdPerDay }) => worstCaseUsdPerDay, usdAtMost)],
  ["budget left", ({ cost }) => budgetLeft(cost)],
];

/** Counts, money and verdicts of every stack; two lines a cell, for the width of a comment. Differences are exact; only what is shown is rounded. */
export function moneyTable(reports: readonly StackReport[]): Block {
  const imports = reports.some(({ changes }) => changes.some(({ kind }) => kind === "import"));
  const kinds: readonly (readonly [ChangeKind, string])[] = [
    ["replace", "replace"],
    ["delete", "delete"],
    ["update", "update"],
    ["create", "create"],
    ...(imports ? [["import", "adopt"] as const] : []),
  ];
  const money = reports.every(({ free }) => free) ? [] : MONEY;
  const heads = ["stack", ...kinds.map(([, word]) => word), ...money.map(([head]) => head), "rules passed"];
  const rows = reports.map((report) => [
    `${codeInTable(report.stack)}<br><sub>${sourceOf(report)}</sub>`,
    ...kinds.map(([kind]) => numberOf(report, kind)),
    ...money.map(([, cell]) => (report.free ? "–" : cell(report))),
    rulesPassed(report),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return {
    before: `${line(heads)}\n${line(heads.map((_, index) => (index === 0 ? "---" : "--:")))}\n`,
    rows: rows.map(line),
    after: "",
    leftOut: (missing) => `\n… and ${count(missing, "more stack")}, in the log of the run\n`,
  };
}

function sourceOf({ source, operation, isNew }: StackReport): string {
  if (source === "none") return "no plan";
  if (source === "engine") return operation === "preview" ? "preview" : operation;
  return isNew ? "offline plan, no base" : "offline plan";
}

function numberOf({ source, changes }: StackReport, kind: ChangeKind): string {
  if (source === "none" || (source === "offline" && kind === "replace")) return "?";
  // What is only forgotten is not lost.
  const number = changes.filter(
    (change) => change.kind === kind && !(kind === "delete" && change.retained),
  ).length;
  if (number === 0) return "–";
  return kind === "replace" || kind === "delete" ? `**${String(number)}**` : String(number);
}

/** At the schedule or at worst, and against the base. */
function withDifference(
  { cost, costBefore }: StackReport,
  figure: (summary: CostSummary) => number,
  shown: (amount: number) => string,
): string {
  if (cost === undefined) return "?";
  if (costBefore === undefined) return shown(figure(cost));
  const difference = new Decimal(figure(cost)).minus(figure(costBefore));
  return `${shown(figure(cost))}<br>${difference.isZero() ? "the same" : signedUsd(difference)}`;
}

function budgetLeft(cost: CostSummary | undefined): string {
  if (cost === undefined) return "?";
  if (cost.budgetUsdPerDay === null) return "no budget";
  const left = new Decimal(cost.budgetUsdPerDay).minus(cost.usdPerDay);
  const shown = left.isNegative() ? `**${usd(left)}**` : usd(left);
  return `${shown}<br>of ${usd(cost.budgetUsdPerDay)}`;
}

/** Rules that had nothing to say, of those that were asked. A rule that is waived or switched off did not pass. */
function rulesPassed({ verdicts, rulesAsked }: StackReport): string {
  if (rulesAsked === 0) return "?";
  const failed = new Set(verdicts.map(({ name }) => name)).size;
  if (failed === 0) return `all ${String(rulesAsked)}`;
  const passed = `${String(rulesAsked - failed)} of ${String(rulesAsked)}`;
  return verdicts.some(({ level }) => level === "mandatory") ? `**${passed}**` : passed;
}
