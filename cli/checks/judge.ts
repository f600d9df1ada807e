import { branchRules, type VerifiedBranch } from "../../model/verified-checks.ts";
import { isPrintable } from "./printing.ts";
import { reportedChecks, type Reported, type UnreadableCheck } from "./reported.ts";
import { standingOf } from "./standing.ts";
import type { ProtectedBranch } from "./triggers.ts";
import { isRefused, verdicts, type Verdict } from "./verdicts.ts";
import type { WorkflowFile, WorkflowProblem } from "./workflow.ts";

/** A protected branch with the checks it requires. */
export interface RequiredChecks extends ProtectedBranch {
  readonly required: readonly string[];
  /** How the stack file names the branch, where that is not its name: `~DEFAULT_BRANCH`. */
  readonly key?: string;
}

/** What a repository's workflows are judged by. */
export interface Governed {
  /** `OWNER/NAME`; absent where the workflows of a folder are judged by themselves. */
  readonly repository?: string;
  readonly branches: readonly RequiredChecks[];
  /** App by the name of the check it reports. */
  readonly apps: Readonly<Record<string, string>>;
  readonly files: readonly WorkflowFile[];
}

export interface JudgedBranch extends RequiredChecks {
  readonly verdicts: readonly Verdict[];
  /** Names reported on every pull request to the branch, sorted: what can be required. */
  readonly available: readonly string[];
  /** Jobs whose checks may be reported as well, under names that only a run, or another repository, knows. */
  readonly unreadable: readonly UnreadableCheck[];
  /** The required checks with every wrong name replaced, without those for which a workflow must change first. */
  readonly proposed: readonly string[];
}

export interface Judged {
  readonly repository: string | undefined;
  readonly files: number;
  readonly branches: readonly JudgedBranch[];
  /** What `checks.reported` of the stack file holds, by branch as the stack file names it. */
  readonly reported: Readonly<Record<string, VerifiedBranch>>;
  readonly problems: readonly WorkflowProblem[];
}

/** Judges the required checks of every protected branch of a repository. */
export async function judge({ repository, branches, apps, files }: Governed): Promise<Judged> {
  const judged: JudgedBranch[] = [];
  const problems = new Map<string, WorkflowProblem>();
  for (const branch of branches) {
    const reported = await reportedChecks(files, {
      ...branch,
      ...(repository === undefined ? {} : { repository }),
    });
    for (const problem of reported.problems) problems.set(JSON.stringify(problem), problem);
    const said = verdicts(branch.required, reported, apps, branch);
    judged.push({
      ...branch,
      verdicts: said,
      available: available(reported, branch),
      unreadable: reported.unreadable,
      proposed: [...new Set(said.flatMap(({ proposed }) => proposed))],
    });
  }
  return {
    repository,
    files: files.length,
    branches: judged,
    reported: Object.fromEntries(judged.map(verified)),
    problems: [...problems.values()],
  };
}

/** A check that can never fail is only in the list where it is required all the same. */
function available(reported: Reported, { mergeQueue, required }: RequiredChecks): string[] {
  const names = [...new Set(reported.checks.map(({ name }) => name))];
  return names
    .filter((name) => {
      const standing = standingOf(name, reported, mergeQueue);
      if (standing?.reported !== "always") return false;
      return required.includes(name) || !standing.checks.every(({ neverRuns }) => neverRuns);
    })
    .sort();
}

/** With the rules it holds under. A name that does not show what it is stays out. */
function verified({ key, branch, mergeQueue, available: names }: JudgedBranch): [string, VerifiedBranch] {
  const pattern = key ?? branch;
  return [pattern, { ...branchRules(pattern, mergeQueue, branch), checks: names.filter(isPrintable) }];
}

export function hasRefused({ branches }: Judged): boolean {
  return branches.some((branch) => branch.verdicts.some(isRefused));
}
