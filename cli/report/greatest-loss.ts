import type { CostSummary } from "../../model/cost.ts";
import { usdAtMost } from "./money.ts";

/** The most that may be lost on what should not run, in a sentence; undefined where nothing can be stopped. */
export function lossSentence({ greatestLoss }: Pick<CostSummary, "greatestLoss">): string | undefined {
  if (greatestLoss === null) return undefined;
  const { usdPerHour: burn, guard } = greatestLoss;
  const all = `Everything that can be stopped burns ${usdAtMost(burn)}/h on demand`;
  if (guard === null) return `${all}, and nothing in this plan stops it.`;
  const { healthy, gone } = guard;
  return `${all}: at most ${usdAtMost(healthy.usd)} is lost in the ${String(healthy.minutes)} min until the guard has stopped it, ${usdAtMost(gone.usd)} in the ${String(gone.minutes)} min until the hosts stop themselves when the guard is gone.`;
}
