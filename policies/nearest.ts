import { didYouMean as nearest } from "../model/nearest.ts";

/** The nearest of some names, without quotes, as the pack's verdicts name rules and checks. */
export function didYouMean(found: string, names: readonly string[]): string {
  return nearest(found, names, (name) => name);
}
