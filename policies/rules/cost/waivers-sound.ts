import { z } from "zod";
import { didYouMean } from "../../nearest.ts";
import { stackRule } from "../../rule.ts";
import { isExpired } from "../../waivers.ts";

export const waiversSound = stackRule({
  name: "waivers-sound",
  level: "mandatory",
  why: "A waiver past its day, or for a rule that does not exist, shows an acceptance that nobody gives any more.",
  fix: "mend the fault and remove the waiver, or agree on a new last day",
  parameters: z.strictObject({
    /** Most days from today to the last day of a waiver; the default leaves a month to renew a yearly one. */
    maximumDays: z.int().min(1).default(400),
  }),
  *checkStack(_resources, { waivers, today, parameters: { maximumDays } }) {
    if (waivers === undefined) return;
    for (const waiver of waivers.all) {
      const { rule, resource, expires, owner } = waiver;
      if (!waivers.ruleNames.includes(rule))
        yield {
          message: `the waiver for ${resource} names no rule of this pack: ${rule}${didYouMean(rule, waivers.ruleNames)}`,
        };
      else if (isExpired(waiver, today))
        yield {
          message: `the waiver of ${rule} for ${resource} ended on ${expires}; ${owner} answers for it`,
        };
      else if (daysBetween(today, expires) > maximumDays)
        yield {
          message: `the waiver of ${rule} for ${resource} holds until ${expires}, at most ${String(maximumDays)} days from today are allowed`,
        };
    }
  },
});

function daysBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / 86_400_000;
}
