import type { Rule } from "../rule.ts";
import { clusterOnSpot } from "./cluster-on-spot.ts";
import { dailyCost } from "./daily-cost.ts";
import { instanceTypesPriced } from "./instance-types-priced.ts";
import { requiredTags } from "./required-tags.ts";
import { worstCaseCost } from "./worst-case-cost.ts";

/** Every rule of the pack, in the order reports show them. */
export const RULES: readonly Rule[] = [
  dailyCost,
  worstCaseCost,
  instanceTypesPriced,
  clusterOnSpot,
  requiredTags,
];
