/**
 * Whether a pattern of branch protection, or of a ruleset, takes in a branch. `~DEFAULT_BRANCH` and `~ALL` are names
 * that rulesets alone know; to protection they are branches of that name.
 *
 * Sources: GitHub Docs, "Managing a branch protection rule": patterns are those of Ruby's `fnmatch` with
 * `FNM_PATHNAME`; "Creating rulesets for a repository", targeting branches by pattern.
 */
export function coversBranch(pattern: string, branch: string): boolean {
  // The places in the branch's name up to which the tokens so far fit: no pattern takes longer than its length
  // times the name's, as one translated into a regular expression may.
  let reached: readonly boolean[] = [true, ...Array.from(branch, () => false)];
  for (const token of tokensOf(pattern)) reached = advance(reached, token, branch);
  return reached[branch.length] === true;
}

/** `*` any text without a slash, `folders` any number of them, else the characters that may stand in one place. */
type Token = "star" | "folders" | ((character: string) => boolean);

function advance(reached: readonly boolean[], token: Token, branch: string): boolean[] {
  const next = reached.map(() => false);
  let open = false;
  for (const [place, isReached] of reached.entries()) {
    const before = branch.charAt(place - 1);
    if (token === "star") {
      open = isReached || (open && before !== "/");
      next[place] = open;
    } else if (token === "folders") {
      next[place] = isReached || (open && before === "/");
      open ||= isReached;
    } else if (isReached && place < branch.length) {
      next[place + 1] = token(branch.charAt(place));
    }
  }
  return next;
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  let isStart = true;
  for (const [part] of pattern.matchAll(/\*\*\/|\*+|\?|\[[!^]?\]?(?:\\.|[^\]\\])*\]|\\.|[\s\S]/g)) {
    if (part === "**/" && isStart) tokens.push("folders");
    else if (part === "**/") tokens.push("star", is("/"));
    else if (part.startsWith("*")) tokens.push("star");
    else if (part === "?") tokens.push((character) => character !== "/");
    else if (part.startsWith("[") && part.length > 1) tokens.push(oneOf(part.slice(1, -1)));
    else tokens.push(is(part.slice(-1)));
    isStart = part.endsWith("/");
  }
  return tokens;
}

function is(expected: string): Token {
  return (character) => character === expected;
}

/** `abc`, `a-z`; `!` or `^` in front for all others. Never a slash. */
function oneOf(set: string): Token {
  const negative = /^[!^]/.test(set);
  const items = [...set.slice(negative ? 1 : 0).matchAll(/(\\?.)(?:-(\\?.))?/gs)].map(
    ([, from = "", to = from]) => [from.slice(-1), to.slice(-1)] as const,
  );
  return (character) =>
    character !== "/" && items.some(([from, to]) => from <= character && character <= to) !== negative;
}

/** The same for a repository's default branch, which rulesets know by names of their own. */
export function coversDefaultBranch(pattern: string, defaultBranch: string): boolean {
  return pattern === "~DEFAULT_BRANCH" || pattern === "~ALL" || coversBranch(pattern, defaultBranch);
}
