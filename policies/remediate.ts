import type { PolicyViolation } from "../model/plan.ts";
import { isUnknown, SECRET, type ResourceRecord } from "../model/resource.ts";
import { contextOf, levelOf, type Evaluation } from "./evaluate.ts";
import type { ResourceRule, Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";
import { isWaived } from "./waivers.ts";
import { inWords } from "./words.ts";

type Inputs = Readonly<Record<string, unknown>>;

export interface Remediated {
  readonly resources: readonly ResourceRecord[];
  /** What was changed, one verdict of level `remediate` a resource and rule. */
  readonly mended: readonly PolicyViolation[];
}

/** Mends a plan as the engine does before it judges: every mandatory rule that can, in the order of the rules. */
export function remediate(
  resources: readonly ResourceRecord[],
  evaluation: Evaluation,
  rules: readonly Rule[] = RULES,
): Remediated {
  const mended: PolicyViolation[] = [];
  const menders = rules.filter((rule) => canMend(rule, evaluation));
  const after = resources.map((resource) =>
    menders.reduce((before, rule) => {
      const inputs = mend(rule, before, evaluation);
      if (inputs === undefined) return before;
      mended.push({
        name: rule.name,
        level: "remediate",
        urn: before.urn,
        message: `${changes(before.inputs, inputs).join(", ")} in this plan; ${rule.fix}`,
      });
      return { ...before, inputs };
    }, resource),
  );
  return { resources: after, mended };
}

/** Rules run with remediation: those that can mend and that would refuse. */
export function canMend(
  rule: Rule,
  { settings }: Evaluation,
): rule is ResourceRule & Required<Pick<ResourceRule, "remediate">> {
  return "checkResource" in rule && rule.remediate !== undefined && levelOf(rule, settings) === "mandatory";
}

/**
 * Inputs with a rule's fault mended; undefined where nothing is to be mended, where a waiver accepts the fault, and
 * where an unknown or secret value stands beside it: an input is handed back whole, and its marker would become the
 * value. A remediation that fails mends nothing; the rule itself then denies.
 */
export function mend(
  rule: ResourceRule,
  resource: ResourceRecord,
  evaluation: Evaluation,
): Inputs | undefined {
  if (isWaived(rule.name, resource.urn, evaluation)) return undefined;
  try {
    const mended = rule.remediate?.(resource, contextOf(rule, evaluation));
    if (mended === undefined) return undefined;
    const changed = changedKeys(resource.inputs, mended);
    return changed.length === 0 || changed.some((key) => isHidden(resource.inputs[key])) ? undefined : mended;
  } catch {
    return undefined;
  }
}

/** Inputs whose values differ. */
export function changedKeys(before: Inputs, after: Inputs): readonly string[] {
  return Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
}

function isHidden(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(isHidden);
  return value === SECRET || isUnknown(value);
}

/** Sentences such as `rootBlockDevice.volumeType is "gp3" instead of "gp2"`. */
function changes(before: unknown, after: unknown, path = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) {
    return [`${path} is ${inWords(after)} instead of ${inWords(before)}`];
  }
  const [old, mended] = [Object.entries(before), Object.entries(after)];
  const keys = [...new Set([...old, ...mended].map(([key]) => key))];
  return keys.flatMap((key) => {
    const place = Array.isArray(after) ? `${path}[${key}]` : `${path}${path === "" ? "" : "."}${key}`;
    return changes(Object.fromEntries(old)[key], Object.fromEntries(mended)[key], place);
  });
}
