import { Decimal } from "decimal.js";
import type { CostSummary } from "../../model/cost.ts";
import type { ChangeKind } from "../delivery/run.ts";
import { signedUsd, usd } from "../report/money.ts";
import { code } from "./markdown.ts";
import type { StackReport } from "./report.ts";

/** Counts and money of every stack, in lines. Differences are exact; only what is shown is rounded. */
export function moneyTable(reports: readonly StackReport[]): string[] {
  const imports = reports.some(({ changes }) => changes.some(({ kind }) => kind === "import"));
  const kinds: readonly [ChangeKind, string][] = [
    ["replace", "replace"],
    ["delete", "delete"],
    ["update", "update"],
    ["create", "create"],
    ...(imports
      ? ([["import", "adopt"]] as const).map(([kind, word]): [ChangeKind, string] => [kind, word])
      : []),
  ];
  const heads = ["stack", ...kinds.map(([, word]) => word), "$ a day", "at worst", "budget left"];
  const rows = reports.map((report) => [
    `${code(report.stack)} <sub>${sourceOf(report)}</sub>`,
    ...kinds.map(([kind]) => numberOf(report, kind)),
    withDifference(report, ({ usdPerDay }) => usdPerDay),
    withDifference(report, ({ worstCaseUsdPerDay }) => worstCaseUsdPerDay),
    budgetLeft(report.cost),
  ]);
  return [heads, heads.map((_, index) => (index === 0 ? "---" : "--:")), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
}

function sourceOf({ source, operation, isNew }: StackReport): string {
  if (source === "none") return "no plan";
  if (source === "engine") return operation === "preview" ? "preview" : operation;
  return isNew ? "offline plan, new" : "offline plan";
}

function numberOf({ source, changes }: StackReport, kind: ChangeKind): string {
  if (source === "none" || (source === "offline" && kind === "replace")) return "?";
  const number = changes.filter((change) => change.kind === kind).length;
  if (number === 0) return "–";
  return kind === "replace" || kind === "delete" ? `**${String(number)}**` : String(number);
}

/** At the schedule or at worst, and against the base. */
function withDifference({ cost, costBefore }: StackReport, figure: (summary: CostSummary) => number): string {
  if (cost === undefined) return "?";
  if (costBefore === undefined) return usd(figure(cost));
  const difference = new Decimal(figure(cost)).minus(figure(costBefore));
  return `${usd(figure(cost))} <sub>${signedUsd(difference)}</sub>`;
}

function budgetLeft(cost: CostSummary | undefined): string {
  if (cost === undefined) return "?";
  if (cost.budgetUsdPerDay === null) return "no budget";
  const left = new Decimal(cost.budgetUsdPerDay).minus(cost.usdPerDay);
  const shown = `${usd(left)} of ${usd(cost.budgetUsdPerDay)}`;
  return left.isNegative() ? `**${shown}**` : shown;
}
