import { isUnknown } from "../model/resource.ts";

/** A value of a resource as messages show it. Markers of unknown values differ between the offline plan and the engine, and are never shown. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null) return "not set";
  return isUnknown(value) ? "unknown before deployment" : JSON.stringify(value);
}

/** True where the text fits the pattern, in which * stands for any text. */
export function fits(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`).test(text);
}

function literal(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
}
