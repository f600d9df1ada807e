import { closest, distance } from "fastest-levenshtein";

/** The nearest of some names, as the end of a sentence; nothing where none is near. */
export function didYouMean(found: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const nearest = closest(found.toLowerCase(), names);
  return distance(found.toLowerCase(), nearest) <= Math.max(2, Math.ceil(found.length / 2))
    ? `; did you mean ${nearest}?`
    : "";
}
