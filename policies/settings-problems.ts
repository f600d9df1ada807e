import type { PolicySettings } from "../model/policy-settings.ts";
import { didYouMean } from "./nearest.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** One thing wrong with a stack's policy settings. */
export interface PolicySettingProblem {
  /** Where, for example `policies.levels.daily-cost`. */
  readonly path: string;
  /** The value found, as JSON. */
  readonly value: string | undefined;
  readonly message: string;
}

/** What the schema of the settings cannot know: whether the rules exist, and what parameters they take. */
export function policySettingProblems(
  settings: PolicySettings,
  rules: readonly Rule[] = RULES,
): readonly PolicySettingProblem[] {
  const names = rules.map(({ name }) => name);
  const unknownRule = (path: string, name: string, value: unknown): PolicySettingProblem[] =>
    names.includes(name)
      ? []
      : [
          {
            path,
            value: JSON.stringify(value),
            message: `is for no rule of this pack${orStop(didYouMean(name, names))} docs/policies.md lists them`,
          },
        ];
  return [
    ...Object.entries(settings.levels).flatMap(([name, level]) =>
      unknownRule(`policies.levels.${name}`, name, level),
    ),
    ...Object.entries(settings.parameters).flatMap(([name, given]) => {
      const path = `policies.parameters.${name}`;
      const rule = rules.find((other) => other.name === name);
      return rule === undefined ? unknownRule(path, name, given) : parameterProblems(rule, path, given);
    }),
    ...settings.waivers.flatMap(({ rule }, index) =>
      unknownRule(`policies.waivers[${String(index)}].rule`, rule, rule),
    ),
  ];
}

function parameterProblems(
  { name, parameters }: Rule,
  path: string,
  given: Readonly<Record<string, unknown>>,
): PolicySettingProblem[] {
  if (parameters === undefined) {
    return Object.keys(given).map((key) => ({
      path: `${path}.${key}`,
      value: JSON.stringify(given[key]),
      message: `is not allowed: ${name} takes no parameters`,
    }));
  }
  const checked = parameters.safeParse(given);
  if (checked.success) return [];
  return checked.error.issues.flatMap((issue) => {
    const place = [path, ...issue.path.map(String)].join(".");
    const found = issue.path.reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null
          ? (value as Record<PropertyKey, unknown>)[key]
          : undefined,
      given,
    );
    if (issue.code !== "unrecognized_keys")
      return [{ path: place, value: JSON.stringify(found), message: issue.message }];
    const allowed = Object.keys(parameters.shape);
    return issue.keys.map((key) => ({
      path: `${place}.${key}`,
      value: JSON.stringify((found as Record<string, unknown>)[key]),
      message: `is no parameter of ${name}${orStop(didYouMean(key, allowed))} allowed here: ${allowed.join(", ")}`,
    }));
  });
}

function orStop(nearest: string): string {
  return nearest === "" ? ";" : nearest;
}
