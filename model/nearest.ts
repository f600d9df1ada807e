import { closest, distance } from "fastest-levenshtein";

/**
 * The nearest of some names, without regard to capitals, as the end of a sentence; nothing where none is near enough
 * to be meant.
 *
 * @param found what was written; nothing is near what is no text
 * @param shown a name as the sentence has it; default: in quotes
 */
export function didYouMean(
  found: unknown,
  names: readonly string[],
  shown: (name: string) => string = JSON.stringify,
): string {
  if (typeof found !== "string" || names.length === 0) return "";
  const wanted = found.toLowerCase();
  const small = names.map((name) => name.toLowerCase());
  const nearest = closest(wanted, small);
  if (distance(wanted, nearest) > Math.max(2, Math.ceil(found.length / 2))) return "";
  return `; did you mean ${shown(names[small.indexOf(nearest)] ?? nearest)}?`;
}
