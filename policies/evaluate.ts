import type { PolicyViolation } from "../model/plan.ts";
import type { ResourceRecord } from "../model/resource.ts";
import type { Finding, Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/**
 * Runs the rules over a plan, without an engine. A rule that throws denies: its error becomes a
 * mandatory violation, never silence.
 *
 * @returns violations in the order of the rules, then of the resources.
 */
export function evaluate(
  resources: readonly ResourceRecord[],
  stackUrn: string,
  rules: readonly Rule[] = RULES,
): PolicyViolation[] {
  return rules.flatMap((rule) =>
    findings(rule, resources).map(({ message, urn, failed }) => ({
      name: rule.name,
      level: failed === true ? ("mandatory" as const) : rule.level,
      urn: urn ?? stackUrn,
      message: failed === true ? message : `${message}; ${rule.fix}`,
    })),
  );
}

export interface Judged extends Finding {
  /** True where the rule itself failed: such a finding is always mandatory. */
  readonly failed?: boolean;
}

function findings(rule: Rule, resources: readonly ResourceRecord[]): Judged[] {
  if ("checkStack" in rule) return guarded(() => [...rule.checkStack(resources)]);
  return resources.flatMap((resource) =>
    guarded(() => [...rule.checkResource(resource)].map((message) => ({ message, urn: resource.urn }))),
  );
}

/** The findings of one check, or the refusal of a check that could not be carried out. */
export function guarded(check: () => Judged[]): Judged[] {
  try {
    return check();
  } catch (error) {
    return [
      {
        message: `the rule could not be carried out and therefore denies: ${error instanceof Error ? error.message : String(error)}`,
        failed: true,
      },
    ];
  }
}
