import Table from "cli-table3";
import { totalOf } from "../../runtime/guard/ledger.ts";
import { dollars, usdOf } from "../../runtime/guard/money.ts";
import { clockTime } from "../../runtime/guard/time.ts";
import { moneyLines } from "../guard/render.ts";
import { NO_BORDERS, trimmed } from "../report/table.ts";
import type { Cost, MeteredDay } from "./cost.ts";

export function renderCost(cost: Cost): string {
  const { environment, now, money, yesterday } = cost;
  return [
    `proving-ground / ${environment}  ${clockTime(now)}`,
    "",
    ...moneyLines(money, now),
    "",
    ...shares(cost),
    "",
    ...yesterdayLines(yesterday),
    "",
  ].join("\n");
}

function shares({ today, byRole, byOwner, modelPerHour }: Cost): string[] {
  const table = new Table({
    head: ["today", "", "spent", "$/h now"],
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: NO_BORDERS,
    colAligns: ["left", "left", "right", "right"],
  });
  for (const [index, { name, spent, perHour }] of byRole.entries())
    table.push([index === 0 ? "by role" : "", name, dollars(spent), dollars(perHour)]);
  table.push(["models", "", dollars(today.model), dollars(modelPerHour)]);
  table.push(["storage and the like", "", dollars(today.fixed), "–"]);
  table.push(["metered in all", "", dollars(totalOf(today)), "–"]);
  for (const [index, { name, spent, perHour }] of byOwner.entries())
    table.push([index === 0 ? "hosts by owner" : "", name, dollars(spent), dollars(perHour)]);
  return trimmed(table.toString());
}

function yesterdayLines({ day, meter, bill }: MeteredDay): string[] {
  const metered =
    meter === undefined
      ? "the guard has no record of it"
      : `${dollars(totalOf(meter))} (hosts ${dollars(meter.compute)}, models ${dollars(meter.model)}, storage and the like ${dollars(meter.fixed)})`;
  return [`yesterday, ${day}`, `  metered  ${metered}`, ...billLines(bill, meter).map((line) => `  ${line}`)];
}

function billLines(bill: MeteredDay["bill"], meter: MeteredDay["meter"]): string[] {
  if (bill === null) return ["billed   not asked for"];
  if ("unreadable" in bill) return [`billed   Cost Explorer cannot be read: ${bill.unreadable}`];
  const { environment, untagged, account, isEstimated } = bill;
  const so = isEstimated ? " so far; AWS may still change it" : "";
  const compared =
    meter === undefined || environment <= 0
      ? []
      : [`         the meter is at ${percent(totalOf(meter), environment)} of that`];
  return [
    `billed   ${dollars(environment)} under this environment's tag${so}`,
    ...compared,
    `         ${dollars(untagged)} without any, ${dollars(account)} in the whole account; before tax, without credits`,
  ];
}

function percent(part: number, whole: number): string {
  return `${usdOf(part).div(usdOf(whole)).times(100).toFixed(0)} %`;
}
