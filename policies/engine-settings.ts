import { policySettingsSchema } from "../model/policy-settings.ts";
import { todayUtc, type Evaluation } from "./evaluate.ts";
import { policySettingProblems } from "./settings-problems.ts";

/**
 * The stack's own settings, as the engine hands them to the pack's process: configuration of the stack as
 * JSON in `PULUMI_CONFIG`. A program that is not ours sets `proving-ground:policies` in its stack file, or
 * nothing, and gets the defaults.
 *
 * @throws Error where the settings are unsound: the pack does not start, and the engine refuses the stack.
 */
export function evaluationFromEngine(environment: Readonly<Record<string, string | undefined>>): Evaluation {
  const config = JSON.parse(environment["PULUMI_CONFIG"] ?? "{}") as Record<string, string>;
  const given = JSON.parse(config["proving-ground:policies"] ?? "{}") as unknown;
  const checked = policySettingsSchema.safeParse(given);
  if (!checked.success) {
    throw unsound(
      checked.error.issues.map(({ path, message }) => `${["policies", ...path].join(".")}: ${message}`),
    );
  }
  const problems = policySettingProblems(checked.data);
  if (problems.length > 0) {
    throw unsound(problems.map(({ path, value, message }) => `${path} = ${value ?? "nothing"}: ${message}`));
  }
  return {
    stack: environment["PULUMI_STACK"] ?? environment["PULUMI_NODEJS_STACK"] ?? "",
    settings: checked.data,
    today: todayUtc(),
  };
}

function unsound(problems: readonly string[]): Error {
  const lines = problems.map((problem) => `  proving-ground:${problem}`);
  return new Error(["The policy settings of the stack are unsound:", ...lines].join("\n"));
}
