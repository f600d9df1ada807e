import type { PolicyLevel } from "../model/plan.ts";
import type { ResourceRecord } from "../model/resource.ts";

interface RuleText {
  /** Stable id, shown in verdicts. */
  readonly name: string;
  readonly level: PolicyLevel;
  /** The loss it prevents. */
  readonly why: string;
  /** What to do about a violation. */
  readonly fix: string;
}

/** Judges one resource by itself. Yields a sentence for each fault. */
export interface ResourceRule extends RuleText {
  readonly checkResource: (resource: ResourceRecord) => Iterable<string>;
}

export interface Finding {
  readonly message: string;
  /** The resource at fault; absent for the whole stack. */
  readonly urn?: string;
}

/** Judges a stack as a whole. */
export interface StackRule extends RuleText {
  readonly checkStack: (resources: readonly ResourceRecord[]) => Iterable<Finding>;
}

export type Rule = ResourceRule | StackRule;
