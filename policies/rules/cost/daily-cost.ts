import type { StackRule } from "../../rule.ts";
import { costOf, dollars } from "../../cost.ts";

export const dailyCost: StackRule = {
  name: "daily-cost",
  level: "mandatory",
  why: "A stack whose planned day already exceeds the budget makes every alarm late.",
  fix: "choose a smaller size, fewer hours or cheaper types, or raise budget.usdPerDay",
  *checkStack(resources) {
    const cost = costOf(resources);
    if (cost.budgetUsdPerDay !== null && cost.usdPerDay > cost.budgetUsdPerDay) {
      yield {
        message: `a day at the schedule costs ${dollars(cost.usdPerDay)}, the budget is ${dollars(cost.budgetUsdPerDay)}`,
      };
    }
  },
};
