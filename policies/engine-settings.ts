import { policySettingsSchema } from "../model/policy-settings.ts";
import { todayUtc, type Evaluation } from "./evaluate.ts";

/**
 * The stack's own settings, as the engine hands them to the pack's process: configuration of the stack as
 * JSON in `PULUMI_CONFIG`. A program that is not ours sets `proving-ground:policies` in its stack file, or
 * nothing, and gets the defaults.
 *
 * @throws Error where the settings are unsound: the pack does not start, and the engine refuses the stack.
 */
export function evaluationFromEngine(environment: Readonly<Record<string, string | undefined>>): Evaluation {
  const config = JSON.parse(environment["PULUMI_CONFIG"] ?? "{}") as Record<string, string>;
  const settings = policySettingsSchema.parse(JSON.parse(config["proving-ground:policies"] ?? "{}"));
  return {
    stack: environment["PULUMI_STACK"] ?? environment["PULUMI_NODEJS_STACK"] ?? "",
    settings,
    today: todayUtc(),
  };
}
