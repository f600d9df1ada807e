import { isUnknown } from "../model/resource.ts";

/** A value of a resource as messages show it. Markers of unknown values differ between the offline plan and the engine, and are never shown. */
export function inWords(value: unknown): string {
  if (value === undefined || value === null) return "not set";
  return isUnknown(value) ? "unknown before deployment" : JSON.stringify(value);
}

/**
 * True where the text fits the pattern, in which * stands for any text. Each part is looked for once, after the
 * one before: a regular expression tries every split again, and takes minutes over a pattern of many stars.
 */
export function fits(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let end = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, end);
    if (found < 0) return false;
    end = found + part.length;
  }
  return end + last.length <= text.length && text.endsWith(last);
}
