import { stackRule } from "../../rule.ts";
import { isExpired } from "../../waivers.ts";

export const waiversNeeded = stackRule({
  name: "waivers-needed",
  level: "advisory",
  why: "A waiver that covers nothing today will silently cover the next fault of that name.",
  fix: "remove the waiver",
  *checkStack(resources, { waivers, today }) {
    if (waivers === undefined) return;
    for (const waiver of waivers.all) {
      const { rule, resource } = waiver;
      if (
        !waivers.ruleNames.includes(rule) ||
        isExpired(waiver, today) ||
        waivers.isNeeded(waiver, resources)
      )
        continue;
      yield { message: `the waiver of ${rule} for ${resource} covers no violation` };
    }
  },
});
