import type { Difference } from "./governed-changes.ts";
import type { EnvironmentRules } from "./governed-environments.ts";

/** What differs between the rules of one environment. */
export function environmentChanges(before: EnvironmentRules, after: EnvironmentRules): Difference[] {
  return [
    ...reviewers(before.reviewers, after.reviewers),
    ...(before.preventSelfReview === after.preventSelfReview
      ? []
      : [
          {
            words: `whoever started a deployment may ${after.preventSelfReview ? "not " : ""}approve it`,
            weakens: !after.preventSelfReview,
          },
        ]),
    ...(before.waitMinutes === after.waitMinutes
      ? []
      : [
          {
            words: `waits ${String(before.waitMinutes)} → ${String(after.waitMinutes)} min`,
            weakens: after.waitMinutes < before.waitMinutes,
          },
        ]),
    ...(before.administratorsBypass === after.administratorsBypass
      ? []
      : [
          {
            words: `administrators may ${after.administratorsBypass ? "" : "not "}skip the rules`,
            weakens: after.administratorsBypass,
          },
        ]),
    ...sources(before.from, after.from),
  ];
}

/** One reviewer suffices: each new one is another way in, and none at all is no review. */
function reviewers(before: readonly string[], after: readonly string[]): Difference[] {
  if (sameSet(before, after)) return [];
  const shown = (list: readonly string[]): string => (list.length === 0 ? "nobody" : list.join(", "));
  const isNew = before.length > 0 && after.some((one) => !before.includes(one));
  return [
    {
      words: `approved by ${shown(before)} → ${shown(after)}`,
      weakens: isNew || (before.length > 0 && after.length === 0),
    },
  ];
}

function sources(before: readonly string[], after: readonly string[]): Difference[] {
  if (sameSet(before, after)) return [];
  const shown = (list: readonly string[]): string => (list.length === 0 ? "any branch" : list.join(", "));
  const isWider = after.length === 0 || (before.length > 0 && after.some((one) => !before.includes(one)));
  return [{ words: `from ${shown(before)} → ${shown(after)}`, weakens: isWider }];
}

function sameSet(before: readonly string[], after: readonly string[]): boolean {
  return before.every((one) => after.includes(one)) && after.every((one) => before.includes(one));
}
