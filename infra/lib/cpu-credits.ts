import { isBurstable } from "../../model/burstable.ts";

/**
 * Burstable types (T family) run on at their base speed when their credits are used up. EC2's default
 * for T3 and later, `unlimited`, charges 0.05 USD per surplus vCPU-hour instead, spending that no
 * estimate, budget of hours or guard would see. EC2 refuses the setting for every other type, so that
 * the settings allow no mixture.
 */
export function cpuCredits(
  instanceTypes: readonly string[],
): { creditSpecification: { cpuCredits: "standard" } } | undefined {
  return instanceTypes.every(isBurstable) ? { creditSpecification: { cpuCredits: "standard" } } : undefined;
}
