import type { PolicySettings, Waiver } from "../model/policy-settings.ts";

interface Day {
  readonly settings: PolicySettings;
  readonly today: string;
}

/** True where a waiver that has not expired accepts the rule's violation by this resource. */
export function isWaived(rule: string, urn: string, { settings, today }: Day): boolean {
  return settings.waivers.some(
    (waiver) => waiver.rule === rule && !isExpired(waiver, today) && names(waiver.resource, urn),
  );
}

/** A waiver holds to the end of its last day. */
export function isExpired(waiver: Waiver, today: string): boolean {
  return waiver.expires < today;
}

/** The whole URN or the name at its end, with * for any text. */
function names(pattern: string, urn: string): boolean {
  const expression = new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`);
  return expression.test(urn) || expression.test(urn.split("::").at(-1) ?? urn);
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
