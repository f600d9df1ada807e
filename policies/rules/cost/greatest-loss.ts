import { Decimal } from "decimal.js";
import { z } from "zod";
import type { Exposure } from "../../../model/cost.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { costOf, dollars, dollarsAtMost } from "../../cost.ts";
import { stackRule } from "../../rule.ts";

/** US dollars that may be lost where no budget says how much. */
const LOSS_WITHOUT_BUDGET = 100;

export const greatestLoss = stackRule({
  name: "greatest-loss",
  level: "mandatory",
  why: "What is left running burns on-demand prices until somebody or something stops it, and the bill shows it hours later.",
  fix: "choose fewer or cheaper slots, let a guard stop them, shorten guard.deadManMinutes or, without a guard, parameters.greatest-loss.hours by a stop that acts sooner, or raise budget.worstCaseUsdPerDay",
  parameters: z.strictObject({
    hours: z
      .number()
      .positive()
      .max(744)
      .default(12)
      .describe(
        "Hours until the spending is stopped where no guard stops it; 12 is how late AWS Budgets may be.",
      ),
    usd: z
      .number()
      .positive()
      .optional()
      .describe(
        `US dollars that may be lost. Default: budget.worstCaseUsdPerDay less budget.usdPerDay, so that a spent budget and the loss stay under the ceiling; ${String(LOSS_WITHOUT_BUDGET)} without a budget.`,
      ),
  }),
  *checkStack(resources, { parameters }) {
    const loss = costOf(resources).greatestLoss;
    if (loss === null) return;
    const bound = parameters.usd ?? boundOf(resources);
    const burn = `everything that can be stopped burns ${dollarsAtMost(loss.usdPerHour)} an hour`;
    const limit = `at most ${dollars(bound)} may be lost`;
    if (loss.guard === null) {
      const usd = new Decimal(loss.usdPerHour).times(parameters.hours);
      if (usd.greaterThan(bound))
        yield {
          message: `${burn}, ${dollarsAtMost(usd)} in the ${String(parameters.hours)} h until it is stopped; ${limit}`,
        };
      return;
    }
    const { healthy, gone } = loss.guard;
    for (const [exposure, until] of [
      [healthy, "the guard has stopped it"],
      [gone, "the hosts stop themselves when the guard is gone"],
    ] as const)
      if (exposure.usd > bound) yield { message: `${burn}, ${inTime(exposure)} until ${until}; ${limit}` };
  },
});

function inTime({ usd, minutes }: Exposure): string {
  return `${dollarsAtMost(usd)} in the ${String(minutes)} min`;
}

function boundOf(resources: readonly ResourceRecord[]): number {
  const { budgetUsdPerDay, worstCaseCeilingUsdPerDay } = costOf(resources);
  if (budgetUsdPerDay === null || worstCaseCeilingUsdPerDay === null) return LOSS_WITHOUT_BUDGET;
  return new Decimal(worstCaseCeilingUsdPerDay).minus(budgetUsdPerDay).toNumber();
}
