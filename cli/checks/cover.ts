import { isNegative, isPattern, passesBranches, type BranchFilter } from "./filters.ts";

/**
 * What is protected is given in the patterns of Ruby's `fnmatch` with `File::FNM_PATHNAME`, what starts a workflow in
 * those of {@link passesBranches}: `?` and `+` differ, and no wildcard of the first but `**` takes in a slash.
 * Source: GitHub Docs, "Managing a branch protection rule".
 */

/** `all` only where it can be proved of every name: one branch whose check stays away waits for ever. */
export type Cover = "all" | "some" | "none";

/** How many of the branches that a name or a pattern stands for a filter lets through. */
export function coverOf(filter: BranchFilter, branch: string): Cover {
  if (!isPattern(branch)) return passesBranches(branch, filter) ? "all" : "none";
  if (passesEvery(filter, branch)) return "all";
  return filter.branches?.includes(branch) === true || passesBranches(sampleOf(branch), filter)
    ? "some"
    : "none";
}

function passesEvery({ branches, "branches-ignore": ignored = [] }: BranchFilter, pattern: string): boolean {
  // What is to be left out is never met; `!` is documented for `branches` alone, and counts as left out here.
  if (branches === undefined) return ignored.every((entry) => areApart(positive(entry), pattern));
  const last = branches.findLastIndex((entry) => !isNegative(entry) && takesInEvery(entry, pattern));
  const later = branches.slice(last + 1).filter(isNegative);
  return last !== -1 && later.every((entry) => areApart(positive(entry), pattern));
}

function positive(entry: string): string {
  return isNegative(entry) ? entry.slice(1) : entry;
}

/** True where every name that fits the protected pattern fits the filter's entry. */
function takesInEvery(entry: string, pattern: string): boolean {
  if (isEverything(entry)) return true;
  if (entry === pattern && /^(?:[^?+[\]\\]|\[[A-Za-z0-9_-]+\])+$/.test(pattern)) return true;
  const [, start = "", wildcard] = /^([^*?+[\]\\]*)(\*\*?)$/.exec(entry) ?? [];
  if (wildcard === undefined || !fixedStart(pattern).startsWith(start)) return false;
  return wildcard === "**" || !/\/|\*\*/.test(pattern.slice(start.length));
}

/** True for a filter's entry that every name fits, with or without slashes. */
export function isEverything(entry: string): boolean {
  return /^(?:\*\*|(?:\*\*\/)+\*\*?)$/.test(entry);
}

/** True where no name fits both a filter's entry and the protected pattern. */
function areApart(entry: string, pattern: string): boolean {
  const start = fixedStart(pattern);
  if (!/[*?+[\]\\]/.test(entry)) return !entry.startsWith(start);
  const other = startOfEntry(entry);
  return !start.startsWith(other) && !other.startsWith(start);
}

/** What every name that fits the protected pattern begins with. */
function fixedStart(pattern: string): string {
  return /^[^*?[\\]*/.exec(pattern)?.[0] ?? "";
}

/** What every name that fits a filter's entry begins with; `?` and `+` are about the character before them. */
function startOfEntry(entry: string): string {
  const [start = ""] = /^[^*?+[\]\\]*/.exec(entry) ?? [];
  return /^[?+]/.test(entry.slice(start.length)) ? Array.from(start).slice(0, -1).join("") : start;
}

/** One name that fits a protected pattern, of a word that nobody writes: a filter takes it in only by a wildcard. */
function sampleOf(pattern: string): string {
  return pattern
    .replaceAll("**/", "zq7xk/")
    .replaceAll("**", "zq7xk/w3vjq")
    .replaceAll("*", "zq7xk")
    .replaceAll("?", "q")
    .replaceAll(/\[([^\]])[^\]]*\]/g, "$1");
}
