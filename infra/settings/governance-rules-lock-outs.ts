import { coversDefaultBranch } from "../../model/branch-pattern.ts";
import type { BranchSettings, RepositorySettings } from "./governance.ts";
import type { RepositoryContext } from "./governance-rules.ts";
import type { Broken } from "./rules.ts";

/**
 * Rules that would shut out everybody, or this program itself, as far as settings show it (FM-62). That a
 * required check is reported by nobody is for `ground checks` and the policy `required-checks-reported`.
 */
export function* lockOutProblems({ repository, path }: RepositoryContext): Generator<Broken> {
  for (const [pattern, branch] of Object.entries(repository.branches)) {
    const at = `${path}.branches.${pattern}`;
    yield* pushProblems(at, branch);
    yield* checkProblems(at, branch, repository);
    yield* codeOwnerProblems(at, branch, repository.codeOwners ?? {});
    yield* writeProblems(at, pattern, branch, repository);
  }
  yield* reviewerProblems(path, repository);
}

function* pushProblems(path: string, { pushers }: BranchSettings): Generator<Broken> {
  if (pushers?.length === 0)
    yield [`${path}.pushers`, pushers, "lets nobody push or merge: name somebody, or leave it out"];
}

/** Workflows that never run report nothing. */
function* checkProblems(
  path: string,
  { checks }: BranchSettings,
  { actions, checks: { fromApps } }: RepositorySettings,
): Generator<Broken> {
  if (actions?.enabled !== false) return;
  const waiting = checks.filter((check) => !Object.hasOwn(fromApps, check));
  if (waiting.length > 0)
    yield [
      `${path}.checks`,
      waiting,
      "are reported by nobody with actions.enabled: false, and block every merge",
    ];
}

/** Nobody approves a pull request of their own. Source: "Approving a pull request with required reviews". */
function* codeOwnerProblems(
  path: string,
  { codeOwnerReview, administratorsIncluded }: BranchSettings,
  codeOwners: NonNullable<RepositorySettings["codeOwners"]>,
): Generator<Broken> {
  if (!codeOwnerReview || !administratorsIncluded) return;
  for (const [pattern, owners] of Object.entries(codeOwners)) {
    const [only, ...others] = distinct(owners);
    // A team may have several members.
    if (only === undefined || others.length > 0 || only.includes("/")) continue;
    const message = `with administratorsIncluded, nobody can approve what ${only} changes in ${pattern}: name a second owner, or set one of the two to false`;
    yield [`${path}.codeOwnerReview`, codeOwnerReview, message];
  }
}

/** GitHub does not tell capitals in logins apart. */
function distinct(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

/** CODEOWNERS is written by a push to the default branch, which its rules refuse to administrators too. */
function* writeProblems(
  path: string,
  pattern: string,
  { administratorsIncluded }: BranchSettings,
  { codeOwners, details: { defaultBranch } }: RepositorySettings,
): Generator<Broken> {
  if (!administratorsIncluded || codeOwners === undefined) return;
  if (!coversDefaultBranch(pattern, defaultBranch)) return;
  yield [
    `${path}.administratorsIncluded`,
    administratorsIncluded,
    `keeps codeOwners from being written to ${defaultBranch}: set it to false, or leave codeOwners out and keep the file in the repository`,
  ];
}

/** Whoever deploys may not be the only one to approve it. Source: "Deployments and environments", required reviewers. */
function* reviewerProblems(path: string, { environments }: RepositorySettings): Generator<Broken> {
  for (const [name, { reviewers, preventSelfReview }] of Object.entries(environments)) {
    const at = `${path}.environments.${name}.preventSelfReview`;
    if (!preventSelfReview) continue;
    if (reviewers === undefined) {
      yield [at, preventSelfReview, "has no effect without reviewers"];
      continue;
    }
    const [only, ...others] = distinct(reviewers.users);
    if (only === undefined || others.length > 0 || reviewers.teams.length > 0) continue;
    yield [
      at,
      preventSelfReview,
      `nobody could approve what ${only} deploys: name a second reviewer, or set it to false`,
    ];
  }
}
