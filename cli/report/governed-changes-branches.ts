import type { BranchRules } from "./governed-branches.ts";
import type { Difference } from "./governed-changes.ts";

/** Switches, with the words for each and which way it guards. */
const SWITCHES = [
  ["staleApprovalsDismissed", "stale approvals are dismissed", "stale approvals count on", true],
  ["codeOwnerReview", "code owners must approve", "code owners need not approve", true],
  [
    "lastPushApproval",
    "the last pusher's approval does not count",
    "the last pusher's approval counts",
    true,
  ],
  ["upToDate", "branches must be up to date", "branches need not be up to date", true],
  ["conversationsResolved", "conversations must be resolved", "conversations need not be resolved", true],
  ["linearHistory", "history must be linear", "history need not be linear", true],
  ["signedCommits", "commits must be signed", "commits need not be signed", true],
  ["mergeQueue", "merges go through a queue", "merges do not go through a queue", true],
  ["administratorsIncluded", "administrators are included", "administrators may go round it", true],
  ["forcePushes", "force pushes are allowed", "force pushes are refused", false],
  ["deletion", "the branch may be deleted", "the branch may not be deleted", false],
] as const satisfies readonly (readonly [keyof BranchRules, string, string, boolean])[];

/** What differs between the rules of one pattern. */
export function branchChanges(before: BranchRules, after: BranchRules): Difference[] {
  return [
    ...(before.kind === after.kind ? [] : [same(`${before.kind} → ${after.kind}`)]),
    ...approvals(before.approvals, after.approvals),
    ...SWITCHES.flatMap(([rule, yes, no, guards]): Difference[] =>
      before[rule] === after[rule]
        ? []
        : [{ words: after[rule] ? yes : no, weakens: after[rule] !== guards }],
    ),
    ...come(before.checks, after.checks).map((check) => same(`check ${quoted(check)} is now required`)),
    ...come(after.checks, before.checks).map((check) => less(`check ${quoted(check)} is no longer required`)),
    ...come(before.bypass, after.bypass).map((actor) => less(`${actor} may go round it`)),
    ...come(after.bypass, before.bypass).map((actor) => same(`${actor} may no longer go round it`)),
    ...pushers(before.pushers, after.pushers),
  ];
}

function same(words: string): Difference {
  return { words, weakens: false };
}

function less(words: string): Difference {
  return { words, weakens: true };
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** As sets: GitHub knows no order of them. */
function come(before: readonly string[], after: readonly string[]): string[] {
  return [...new Set(after)].filter((one) => !before.includes(one));
}

function approvals(before: number | undefined, after: number | undefined): Difference[] {
  if (before === after) return [];
  const shown = (count: number | undefined): string => (count === undefined ? "none" : String(count));
  return [{ words: `approvals ${shown(before)} → ${shown(after)}`, weakens: (after ?? -1) < (before ?? -1) }];
}

function pushers(before: BranchRules["pushers"], after: BranchRules["pushers"]): Difference[] {
  if (before === undefined && after === undefined) return [];
  if (after === undefined) return [less("whoever may write may push")];
  if (before === undefined) return [same(`only ${after.join(", ")} may push`)];
  return [
    ...come(before, after).map((actor) => less(`${actor} may push`)),
    ...come(after, before).map((actor) => same(`${actor} may no longer push`)),
  ];
}
