import { stackRule } from "../../rule.ts";
import { isExpired } from "../../waivers.ts";

export const waiversNeeded = stackRule({
  name: "waivers-needed",
  level: "advisory",
  why: "A waiver that covers nothing today, or every resource, will silently cover the next fault.",
  fix: "remove the waiver, or name the resources it is for",
  *checkStack(resources, { waivers, today }) {
    if (waivers === undefined) return;
    for (const waiver of waivers.all) {
      const { rule, resource } = waiver;
      if (!waivers.ruleNames.includes(rule) || isExpired(waiver, today)) continue;
      if (!waivers.isNeeded(waiver, resources))
        yield { message: `the waiver of ${rule} for ${resource} covers no violation` };
      // A finding on the whole stack has no URN, and nothing but * names it.
      else if (/^\*+$/.test(resource) && waivers.isNeeded({ ...waiver, resource: "urn:*" }, resources))
        yield { message: `the waiver of ${rule} for ${resource} covers every resource, also those to come` };
    }
  },
});
