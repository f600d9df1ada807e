/**
 * Branch filters of workflows. Source: GitHub Docs, "Workflow syntax for GitHub Actions", filter pattern cheat
 * sheet: `*` any text without a slash, `**` any text, `?` none or one of the character before it, `+` one or more
 * of it, `[]` one of some characters, `!` at the start takes out again. The order counts: the last match decides.
 */

/** True where a filter lets a branch through; a filter that is not there lets all through. */
export function passesBranches(
  branch: string,
  { branches, "branches-ignore": ignored }: BranchFilter,
): boolean {
  if (branches !== undefined) return isMatched(branch, branches);
  return ignored === undefined || !isMatched(branch, ignored);
}

export interface BranchFilter {
  readonly branches?: readonly string[];
  readonly "branches-ignore"?: readonly string[];
}

/** True where the patterns take in the name. */
export function isMatched(name: string, patterns: readonly string[]): boolean {
  return patterns.reduce((matched, pattern) => {
    const negative = isNegative(pattern);
    return fits(name, negative ? pattern.slice(1) : pattern) ? !negative : matched;
  }, false);
}

/** True for an entry that takes out again what entries before it took in. */
export function isNegative(pattern: string): boolean {
  return pattern.startsWith("!");
}

type Part =
  | { readonly kind: "one" | "optional" | "repeated" | "any"; readonly takes: (character: string) => boolean }
  /** `**` with a slash behind it: whole folders, or none: `**` `/docs` fits docs as well. */
  | { readonly kind: "folders" };

/**
 * Whether the whole name fits the pattern, in steps of pattern × name: a regular expression made of the pattern would
 * try every way to share a name between its wildcards, and a file of `*e*e*e…` would hold the command for ever.
 */
function fits(name: string, pattern: string): boolean {
  const characters = Array.from(name);
  // Places of the name at which what comes next may begin.
  let places = [true, ...characters.map(() => false)];
  for (const part of partsOf(pattern)) places = after(part, places, characters);
  return places.at(-1) === true;
}

function after(part: Part, before: readonly boolean[], characters: readonly string[]): boolean[] {
  const places: boolean[] = [];
  let begun = false;
  for (const [place, here] of before.entries()) {
    const last = place === 0 ? undefined : characters[place - 1];
    places.push(last === undefined ? here && canBeNothing(part) : reached(last, place));
    begun ||= here;
  }
  return places;

  function reached(last: string, place: number): boolean {
    const here = before[place] === true;
    const one = before[place - 1] === true;
    switch (part.kind) {
      case "folders":
        return here || (begun && last === "/");
      case "one":
        return one && part.takes(last);
      case "optional":
        return here || (one && part.takes(last));
      case "repeated":
        return (one || places[place - 1] === true) && part.takes(last);
      case "any":
        return here || (places[place - 1] === true && part.takes(last));
    }
  }
}

function canBeNothing({ kind }: Part): boolean {
  return kind !== "one" && kind !== "repeated";
}

function partsOf(pattern: string): Part[] {
  const parts: Part[] = [];
  for (const [text] of pattern.matchAll(/\*\*\/|\*\*|\*|\[[A-Za-z0-9_-]+\]|[^]/gu)) {
    const before = parts.at(-1);
    // There must be a character for it to repeat.
    if ((text === "?" || text === "+") && before?.kind === "one")
      parts.splice(-1, 1, { kind: text === "?" ? "optional" : "repeated", takes: before.takes });
    else parts.push(partOf(text));
  }
  return parts;
}

function partOf(text: string): Part {
  if (text === "**/") return { kind: "folders" };
  if (text === "**") return { kind: "any", takes: () => true };
  if (text === "*") return { kind: "any", takes: (character) => character !== "/" };
  return { kind: "one", takes: /^\[.+\]$/.test(text) ? oneOf(text) : (character) => character === text };
}

function oneOf(set: string): (character: string) => boolean {
  try {
    const expression = new RegExp(`^${set}$`, "u");
    return (character) => expression.test(character);
  } catch {
    // A range such as [z-a]: nothing is between its ends.
    return () => false;
  }
}

/** True where a branch is given as a pattern rather than by its name. */
export function isPattern(branch: string): boolean {
  return /[*?[]/.test(branch);
}
