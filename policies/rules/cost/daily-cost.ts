import { z } from "zod";
import { costOf, dollars } from "../../cost.ts";
import { stackRule } from "../../rule.ts";

export const dailyCost = stackRule({
  name: "daily-cost",
  level: "mandatory",
  why: "A stack whose planned day already exceeds the budget makes every alarm late.",
  fix: "choose a smaller size, fewer hours or cheaper types, or raise budget.usdPerDay, the limit of the AWS budget, or parameters.daily-cost.usdPerDay where there is neither",
  parameters: z.strictObject({
    usdPerDay: z
      .number()
      .positive()
      .default(100)
      .describe("US dollars a planned day may cost where no budget states an amount."),
  }),
  *checkStack(resources, { parameters }) {
    const { usdPerDay, budgetUsdPerDay } = costOf(resources);
    const limit = budgetUsdPerDay ?? parameters.usdPerDay;
    if (usdPerDay <= limit) return;
    yield {
      message:
        `a day at the schedule costs ${dollars(usdPerDay)}, ` +
        (budgetUsdPerDay === null
          ? `no budget states an amount, and without one at most ${dollars(limit)} is allowed`
          : `the budget is ${dollars(limit)}`),
    };
  },
});
