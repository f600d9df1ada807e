import type { PolicyLevel, PolicyViolation } from "../../model/plan.ts";

/** What a verdict of each level means for the plan, in a word, and whether that is good; the gravest first. */
export const VERDICT_WORDS = {
  mandatory: { word: "refused", tone: "bad" },
  advisory: { word: "advice", tone: "warn" },
  waived: { word: "waived", tone: "warn" },
  disabled: { word: "not run", tone: "warn" },
  remediate: { word: "mended", tone: "good" },
} as const satisfies Record<PolicyLevel, { word: string; tone: "bad" | "warn" | "good" }>;

const LEVELS = Object.keys(VERDICT_WORDS) as readonly PolicyLevel[];

/** The gravest first; otherwise in the order of the plan. */
export function gravestFirst(policies: readonly PolicyViolation[]): PolicyViolation[] {
  return [...policies].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

/** `1 refused, 2 advice`; the empty text for none. */
export function countVerdicts(policies: readonly PolicyViolation[]): string {
  return LEVELS.map((level) => ({
    level,
    count: policies.filter((violation) => violation.level === level).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ level, count }) => `${String(count)} ${VERDICT_WORDS[level].word}`)
    .join(", ");
}
