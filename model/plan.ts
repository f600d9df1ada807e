import type { CostSummary } from "./cost.ts";

/**
 * `remediate`: the rule mended the plan, and the message says how. `waived` and `disabled`: what the stack file
 * accepts, by whom and until when, or does not have judged.
 */
export const POLICY_LEVELS = ["remediate", "waived", "disabled", "advisory", "mandatory"] as const;
export type PolicyLevel = (typeof POLICY_LEVELS)[number];

/** A verdict against the plan; a plan without any is within its policies. */
export interface PolicyViolation {
  readonly name: string;
  readonly level: PolicyLevel;
  /** The resource at fault; for a verdict on the whole stack, the stack's URN. */
  readonly urn: string;
  readonly message: string;
}

export interface PlannedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly parent: string | null;
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  /** Given up by the program, it is only forgotten; absent: it would be deleted. */
  readonly retainOnDelete?: true;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The plan as data: what `ground plan --json` prints. The same stack gives the same bytes. */
export interface Plan {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly cost: CostSummary;
  readonly policies: readonly PolicyViolation[];
}
