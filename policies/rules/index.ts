import type { Rule } from "../rule.ts";
import { COST_RULES } from "./cost/index.ts";
import { SAFETY_RULES } from "./safety/index.ts";

/** Every rule of the pack, in the order reports show them. */
export const RULES: readonly Rule[] = [...COST_RULES, ...SAFETY_RULES];
