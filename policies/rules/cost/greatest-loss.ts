import { Decimal } from "decimal.js";
import { z } from "zod";
import type { ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { costOf, dollars } from "../../cost.ts";
import { stackRule } from "../../rule.ts";
import { hostsOf, hostTag, INSTANCE, onDemandUsdPerHour } from "./hosts.ts";

/** US dollars that may be lost where no budget says how much. */
const LOSS_WITHOUT_BUDGET = 100;

export const greatestLoss = stackRule({
  name: "greatest-loss",
  level: "mandatory",
  why: "What is left running burns on-demand prices until somebody or something stops it, and the bill shows it hours later.",
  fix: "choose fewer or cheaper slots, shorten parameters.greatest-loss.hours by a stop that acts sooner, or raise budget.worstCaseUsdPerDay",
  parameters: z.strictObject({
    hours: z
      .number()
      .positive()
      .max(744)
      .default(12)
      .describe("Hours until the spending is stopped; 12 is how late AWS Budgets may be."),
    usd: z
      .number()
      .positive()
      .optional()
      .describe(
        `US dollars that may be lost. Default: budget.worstCaseUsdPerDay less budget.usdPerDay, so that a spent budget and the loss stay under the ceiling; ${String(LOSS_WITHOUT_BUDGET)} without a budget.`,
      ),
  }),
  *checkStack(resources, { parameters }) {
    const bound = parameters.usd ?? boundOf(resources);
    const usdPerHour = hostsOf(resources)
      // A single instance is planned all day, so that daily-cost bounds it. A group is planned for its hours at
      // spot prices, whatever its tag says: it can burn more, and anything can be stopped.
      .filter((host) => host.type !== INSTANCE || hostTag(host, TAGS.life) !== "persistent")
      .reduce((sum, host) => sum.plus(onDemandUsdPerHour(resources, host.urn, "everything")), new Decimal(0));
    const loss = usdPerHour.times(parameters.hours);
    if (loss.greaterThan(bound)) {
      yield {
        message: `everything that can be stopped burns ${dollars(usdPerHour.toNumber())} an hour, ${dollars(loss.toNumber())} in the ${String(parameters.hours)} h until it is stopped; at most ${dollars(bound)} may be lost`,
      };
    }
  },
});

function boundOf(resources: readonly ResourceRecord[]): number {
  const { budgetUsdPerDay, worstCaseCeilingUsdPerDay } = costOf(resources);
  if (budgetUsdPerDay === null || worstCaseCeilingUsdPerDay === null) return LOSS_WITHOUT_BUDGET;
  return new Decimal(worstCaseCeilingUsdPerDay).minus(budgetUsdPerDay).toNumber();
}
