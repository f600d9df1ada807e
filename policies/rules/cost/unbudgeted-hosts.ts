import { stackRule } from "../../rule.ts";
import { reasonForNone, watchesSpending } from "./budgets.ts";
import { hostsOf } from "./hosts.ts";

/** Not part of budget-with-alarms: one rule has one level, and a stated reason does not refuse the plan. */
export const unbudgetedHosts = stackRule({
  name: "unbudgeted-hosts",
  level: "advisory",
  why: "A decision against a budget outlives its reason unless every plan repeats it.",
  fix: "set budget.usdPerDay, worstCaseUsdPerDay and emails as soon as the reason is gone",
  *checkStack(resources) {
    const reason = reasonForNone(resources);
    if (reason === undefined || hostsOf(resources).length === 0 || resources.some(watchesSpending)) return;
    yield { message: `hosts run without a budget: ${reason}` };
  },
});
