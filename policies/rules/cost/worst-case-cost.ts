import { z } from "zod";
import { costOf, dollars, dollarsAtMost } from "../../cost.ts";
import { stackRule } from "../../rule.ts";

export const worstCaseCost = stackRule({
  name: "worst-case-cost",
  level: "mandatory",
  why: "Everything left running for a day at on-demand prices must be an amount somebody agreed to.",
  fix: "choose a smaller size or cheaper types, or raise budget.worstCaseUsdPerDay, or parameters.worst-case-cost.usdPerDay where there is none",
  parameters: z.strictObject({
    usdPerDay: z
      .number()
      .positive()
      .default(200)
      .describe("US dollars the worst day may cost where no ceiling is stated."),
  }),
  *checkStack(resources, { parameters }) {
    const { worstCaseUsdPerDay, worstCaseCeilingUsdPerDay } = costOf(resources);
    const limit = worstCaseCeilingUsdPerDay ?? parameters.usdPerDay;
    if (worstCaseUsdPerDay <= limit) return;
    yield {
      message:
        `the worst day costs ${dollarsAtMost(worstCaseUsdPerDay)}, ` +
        (worstCaseCeilingUsdPerDay === null
          ? `no ceiling is stated, and without one at most ${dollars(limit)} is allowed`
          : `its ceiling is ${dollars(limit)}`),
    };
  },
});
