/** Rules of a protected branch on which it depends what can be required there. */
export interface BranchRules {
  /** True where pull requests are merged through a queue, in which a check must be reported as well. */
  readonly mergeQueue: boolean;
  /** Name of the default branch, where the rules are those of `~DEFAULT_BRANCH`. */
  readonly defaultBranch?: string | undefined;
}

/** What `ground checks --write` found the workflows to report on every pull request to a branch, and by which rules. */
export interface VerifiedBranch extends BranchRules {
  readonly checks: readonly string[];
}

/**
 * How required checks stand by what was verified; workflows are not read. `missing` holds those that were not
 * found to be reported.
 */
export type Verification =
  | { readonly state: "never" }
  | { readonly state: "outdated"; readonly change: string }
  | { readonly state: "verified"; readonly missing: readonly string[] };

/** @param required names that a workflow must report, without those of Apps */
export function verificationOf(
  required: readonly string[],
  rules: BranchRules,
  verified: VerifiedBranch | undefined,
): Verification {
  if (verified === undefined) return { state: "never" };
  const change = changeOf(verified, rules);
  if (change !== undefined) return { state: "outdated", change };
  return { state: "verified", missing: required.filter((name) => !verified.checks.includes(name)) };
}

/** What differs from the rules that were verified, as a part of a sentence. */
function changeOf(before: BranchRules, now: BranchRules): string | undefined {
  if (before.mergeQueue !== now.mergeQueue)
    return now.mergeQueue ? "without the merge queue it has now" : "with a merge queue, which it has no more";
  return before.defaultBranch === now.defaultBranch
    ? undefined
    : `for ${before.defaultBranch ?? "no default branch"}, and the default branch is ${now.defaultBranch ?? "not known"} now`;
}

/** The rules that a verification of a branch depends on. */
export function branchRules(
  pattern: string,
  mergeQueue: boolean,
  defaultBranch: string | undefined,
): BranchRules {
  return { mergeQueue, ...(pattern === "~DEFAULT_BRANCH" ? { defaultBranch } : {}) };
}
