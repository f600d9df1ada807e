import type { PolicySettings, Waiver } from "../model/policy-settings.ts";
import { fits } from "./words.ts";

interface Day {
  readonly settings: PolicySettings;
  readonly today: string;
}

/** True where a waiver that has not expired accepts the rule's violation by this resource. */
export function isWaived(rule: string, urn: string, { settings, today }: Day): boolean {
  return settings.waivers.some(
    (waiver) => waiver.rule === rule && !isExpired(waiver, today) && names(waiver, urn),
  );
}

/** A waiver holds to the end of its last day. */
export function isExpired(waiver: Waiver, today: string): boolean {
  return waiver.expires < today;
}

/** True where the waiver names the resource: by its whole URN or by the name at its end, with * for any text. */
export function names({ resource }: Waiver, urn: string): boolean {
  return fits(resource, urn) || fits(resource, urn.split("::").at(-1) ?? urn);
}
