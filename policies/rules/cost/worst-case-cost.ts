import type { StackRule } from "../../rule.ts";
import { costOf, dollars } from "../../cost.ts";

export const worstCaseCost: StackRule = {
  name: "worst-case-cost",
  level: "mandatory",
  why: "Everything left running for a day at on-demand prices must be an amount somebody agreed to.",
  fix: "choose a smaller size or cheaper types, or raise budget.worstCaseUsdPerDay",
  *checkStack(resources) {
    const cost = costOf(resources);
    const ceiling = cost.worstCaseCeilingUsdPerDay;
    if (ceiling !== null && cost.worstCaseUsdPerDay > ceiling) {
      yield {
        message: `the worst day costs ${dollars(cost.worstCaseUsdPerDay)}, its ceiling is ${dollars(ceiling)}`,
      };
    }
  },
};
