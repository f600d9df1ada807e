import { stackRule } from "../../rule.ts";
import { reasonForNone, watchesSpending } from "./budgets.ts";
import { hostsOf } from "./hosts.ts";

export const budgetWithAlarms = stackRule({
  name: "budget-with-alarms",
  level: "mandatory",
  why: "Hosts that no budget watches are found on the bill, a month late.",
  fix: "add an aws.budgets.Budget of cost, daily or monthly, with a subscribed alarm on actual cost at 100 per cent or below, or set budget.unbudgeted with a reason",
  outside: ["AWS Well-Architected COST02-BP05"],
  *checkStack(resources) {
    const hosts = hostsOf(resources);
    if (hosts.length === 0 || resources.some(watchesSpending) || reasonForNone(resources) !== undefined)
      return;
    yield {
      message: `${String(hosts.length)} ${hosts.length === 1 ? "resource runs" : "resources run"} hosts, and no budget raises an alarm about them`,
    };
  },
});
