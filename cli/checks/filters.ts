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
    const negative = pattern.startsWith("!");
    return expressionOf(negative ? pattern.slice(1) : pattern).test(name) ? !negative : matched;
  }, false);
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\*\*\/|\*\*|\*|\[[A-Za-z0-9_-]+\]|[?+]|[\\^$.()|{}[\]]/g,
    (part, offset: number) => {
      // A folder that may be missing: **/docs fits docs as well.
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part.length > 1) return part;
      // There must be a character for it to repeat.
      if (part === "?" || part === "+")
        return offset === 0 || /[*?+]/.test(pattern.charAt(offset - 1)) ? `\\${part}` : part;
      return `\\${part}`;
    },
  );
  try {
    return new RegExp(`^(?:${source})$`, "su");
  } catch {
    // A range such as [z-a]: nothing is between its ends.
    return /$^/;
  }
}

/**
 * Names that stand for a protected branch, which may be given as a pattern: a filter that lets through a word which
 * nobody writes does so by a wildcard, and lets all of the pattern through.
 *
 * Source: GitHub Docs, "Managing a branch protection rule": patterns are those of Ruby's `fnmatch`.
 */
export function sampleBranch(pattern: string): string {
  return pattern
    .replaceAll("**/", "zq7xk/")
    .replaceAll("**", "zq7xk/w3vjq")
    .replaceAll("*", "zq7xk")
    .replaceAll("?", "q")
    .replaceAll(/\[([^\]])[^\]]*\]/g, "$1");
}

/** True where a branch is given as a pattern rather than by its name. */
export function isPattern(branch: string): boolean {
  return /[*?[]/.test(branch);
}
