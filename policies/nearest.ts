import { closest, distance } from "fastest-levenshtein";

/** The nearest of some names, without regard to capitals, as the end of a sentence; nothing where none is near. */
export function didYouMean(found: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const wanted = found.toLowerCase();
  const small = closest(
    wanted,
    names.map((name) => name.toLowerCase()),
  );
  const nearest = names.find((name) => name.toLowerCase() === small) ?? small;
  return distance(wanted, small) <= Math.max(2, Math.ceil(found.length / 2))
    ? `; did you mean ${nearest}?`
    : "";
}
