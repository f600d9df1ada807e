import {
  DEFAULT_POLICY_SETTINGS,
  type PolicySettings,
  type RuleLevel,
  type Waiver,
} from "../model/policy-settings.ts";
import type { PolicyViolation } from "../model/plan.ts";
import type { ResourceRecord } from "../model/resource.ts";
import type { Finding, ResourceRule, Rule, RuleContext, StackRule } from "./rule.ts";
import { RULES } from "./rules/index.ts";
import { isExpired, isWaived, names } from "./waivers.ts";

/** Under which settings, and on which day, the rules are run. */
export interface Evaluation {
  readonly stack: string;
  readonly settings: PolicySettings;
  /** Today in UTC, `YYYY-MM-DD`: waivers expire. */
  readonly today: string;
}

/** Today, for an evaluation that has no other day. */
export function todayUtc(): string {
  return new Date().toISOString().slice(0, 10);
}

/**
 * Runs the rules over a plan, without an engine. A rule that throws denies: its error becomes a
 * mandatory violation, never silence.
 *
 * @returns violations in the order of the rules, then of the resources.
 */
export function evaluate(
  resources: readonly ResourceRecord[],
  stackUrn: string,
  evaluation: Evaluation = { stack: "", settings: DEFAULT_POLICY_SETTINGS, today: todayUtc() },
  rules: readonly Rule[] = RULES,
): PolicyViolation[] {
  return rules.flatMap((rule) => {
    const level = levelOf(rule, evaluation.settings);
    if (level === "disabled") return [];
    return findings(rule, resources, evaluation).map(({ message, urn, failed }) => ({
      name: rule.name,
      level: failed === true ? ("mandatory" as const) : level,
      urn: urn ?? stackUrn,
      message: failed === true ? message : `${message}; ${rule.fix}`,
    }));
  });
}

/**
 * What this stack has decided to accept: rules that are not run, and violations under a waiver. The engine
 * says nothing of them; a plan shows them, so that an acceptance is never out of sight.
 */
export function accepted(
  resources: readonly ResourceRecord[],
  stackUrn: string,
  evaluation: Evaluation,
  rules: readonly Rule[] = RULES,
): PolicyViolation[] {
  const { settings, today } = evaluation;
  const withoutWaivers = { ...evaluation, settings: { ...settings, waivers: [] } };
  return rules.flatMap((rule): PolicyViolation[] => {
    if (levelOf(rule, settings) === "disabled") {
      return [
        { name: rule.name, level: "disabled", urn: stackUrn, message: `not run in this stack. ${rule.why}` },
      ];
    }
    const waivers = settings.waivers.filter(
      (waiver) => waiver.rule === rule.name && !isExpired(waiver, today),
    );
    if (waivers.length === 0) return [];
    return findings(rule, resources, withoutWaivers).flatMap(({ message, urn, failed }) => {
      const waiver = waivers.find((candidate) => names(candidate, urn ?? WHOLE_STACK));
      if (waiver === undefined || failed === true) return [];
      const { expires, owner, reason } = waiver;
      return [
        {
          name: rule.name,
          level: "waived" as const,
          urn: urn ?? stackUrn,
          message: `${message}; accepted by ${owner} until ${expires}: ${reason}`,
        },
      ];
    });
  });
}

/** The level of a rule in this stack. */
export function levelOf(rule: Rule, settings: PolicySettings): RuleLevel {
  return settings.levels[rule.name] ?? rule.level;
}

export interface Judged extends Finding {
  /** True where the rule could not be carried out. */
  readonly failed?: boolean;
}

function findings(rule: Rule, resources: readonly ResourceRecord[], evaluation: Evaluation): Judged[] {
  if ("checkStack" in rule) return judgeStack(rule, resources, evaluation);
  return resources.flatMap((resource) => judgeResource(rule, resource, evaluation));
}

/** What a rule says of one resource, waived findings left out. */
export function judgeResource(
  rule: ResourceRule,
  resource: ResourceRecord,
  evaluation: Evaluation,
): Judged[] {
  const judged = guarded(resource.urn, () =>
    [...rule.checkResource(resource, contextOf(rule, evaluation))].map((message) => ({
      message,
      urn: resource.urn,
    })),
  );
  return judged.filter(
    (finding) => finding.failed === true || !isWaived(rule.name, resource.urn, evaluation),
  );
}

/** What a rule says of a stack, waived findings left out. */
export function judgeStack(
  rule: StackRule,
  resources: readonly ResourceRecord[],
  evaluation: Evaluation,
): Judged[] {
  const judged = guarded(undefined, () => [...rule.checkStack(resources, contextOf(rule, evaluation))]);
  return judged.filter(
    (finding) => finding.failed === true || !isWaived(rule.name, finding.urn ?? WHOLE_STACK, evaluation),
  );
}

/** What a waiver of a rule on the whole stack names. */
const WHOLE_STACK = "*";

/** Parameters of a rule, checked; unsound ones make the rule deny rather than run with others. */
export function contextOf(rule: Rule, evaluation: Evaluation): RuleContext<unknown> {
  const { settings, stack, today } = evaluation;
  return {
    parameters: rule.parameters?.parse(settings.parameters[rule.name] ?? {}) ?? {},
    stack,
    today,
    waivers: {
      all: settings.waivers,
      ruleNames: RULES.map(({ name }) => name),
      isNeeded: (waiver, resources) => isNeeded(waiver, resources, evaluation),
    },
  };
}

function isNeeded(waiver: Waiver, resources: readonly ResourceRecord[], evaluation: Evaluation): boolean {
  const rule = RULES.find(({ name }) => name === waiver.rule);
  if (rule === undefined) return false;
  const withoutWaivers = { ...evaluation, settings: { ...evaluation.settings, waivers: [] } };
  return findings(rule, resources, withoutWaivers).some(
    ({ urn, failed }) => failed !== true && names(waiver, urn ?? WHOLE_STACK),
  );
}

/** The findings of one check, or the refusal of a check that could not be carried out. */
function guarded(urn: string | undefined, check: () => Judged[]): Judged[] {
  try {
    return check();
  } catch (error) {
    const message = `the rule could not be carried out and therefore denies: ${error instanceof Error ? error.message : String(error)}`;
    return [{ message, failed: true, ...(urn === undefined ? {} : { urn }) }];
  }
}
