import { z } from "zod";
import { dollars } from "../../cost.ts";
import { stackRule } from "../../rule.ts";
import { countOf, hostsOf, onDemandUsdPerHour } from "./hosts.ts";

export const dearestNode = stackRule({
  name: "dearest-node",
  level: "mandatory",
  why: "One slip in a type's size multiplies the price of a host, and spot hides it until capacity comes on demand.",
  fix: "choose a smaller type, or raise parameters.dearest-node.usdPerHour",
  parameters: z.strictObject({
    usdPerHour: z
      .number()
      .positive()
      .default(2)
      .describe("On-demand price of the dearest type a host may have, US dollars an hour."),
  }),
  *checkStack(resources, { parameters }) {
    for (const host of hostsOf(resources)) {
      // A size that is not known has no price, and is refused with the prices.
      const usdPerHour = onDemandUsdPerHour(resources, host.urn, "instances").div(
        countOf(host, resources) ?? 1,
      );
      if (usdPerHour.lessThanOrEqualTo(parameters.usdPerHour)) continue;
      yield {
        urn: host.urn,
        message: `a host may cost ${dollars(usdPerHour.toNumber())} an hour on demand, at most ${dollars(parameters.usdPerHour)} is allowed`,
      };
    }
  },
});
