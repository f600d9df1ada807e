/** Comparing a plan with an earlier one: read it, compare, show. */
export { parsePlan } from "./parse-plan.ts";
export {
  diffPlans,
  type ChangedResource,
  type FigureChange,
  type ItemChange,
  type PlanDiff,
} from "./plan-diff.ts";
export { renderDiff, type DiffOptions } from "./render-diff.ts";
export type { PathChange } from "./paths.ts";
