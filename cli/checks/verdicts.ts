import { gateWarnings } from "./gates.ts";
import { suggest } from "./nearest.ts";
import { isPrintable } from "./printing.ts";
import type { Reported, UnreadableCheck } from "./reported.ts";
import { standingOf, type PlacedObstacle } from "./standing.ts";
import type { ProtectedBranch } from "./triggers.ts";
import { describeObstacle, gateJob, shapeOf, wayOut } from "./ways-out.ts";
import { describeProblem } from "./workflow.ts";

/**
 * `reported`: on every pull request. `declared`: by an App, as the settings say. `sometimes` and `never`: refused.
 * `unreadable`: refused as well, since only a run knows the names.
 */
export type VerdictStatus = "reported" | "declared" | "sometimes" | "never" | "unreadable";

/** What is to be said of one required check of one branch. */
export interface Verdict {
  readonly required: string;
  readonly status: VerdictStatus;
  readonly message: string;
  /** What to do; every refused check has one. */
  readonly fix?: string;
  /** The shape of the workflow that the fix asks for, as YAML. */
  readonly shape?: string;
  readonly warnings: readonly string[];
  /** Names to require instead, each of them reported on every pull request; none where a workflow must change first. */
  readonly proposed: readonly string[];
}

export function isRefused({ status }: Verdict): boolean {
  return status !== "reported" && status !== "declared";
}

/**
 * Judges the required checks of a branch by what its repository's workflows report.
 *
 * @param apps checks that an App reports, with the App's name
 */
export function verdicts(
  required: readonly string[],
  reported: Reported,
  apps: Readonly<Record<string, string>>,
  branch: ProtectedBranch,
): Verdict[] {
  return required.map((name) => {
    const app = Object.hasOwn(apps, name) ? apps[name] : undefined;
    const verdict: Verdict =
      app === undefined
        ? verdictOf(name, reported, branch, required)
        : {
            required: name,
            status: "declared",
            message: `reported by ${app}, as declared`,
            warnings: [],
            proposed: [name],
          };
    // What cannot be seen in a name cannot be checked by whoever pastes it.
    return { ...verdict, proposed: verdict.proposed.filter(isPrintable) };
  });
}

function verdictOf(
  required: string,
  reported: Reported,
  branch: ProtectedBranch,
  others: readonly string[],
): Verdict {
  const standing = standingOf(required, reported, branch.mergeQueue);
  if (standing === undefined) return absent(required, reported, branch);
  const { obstacles, checks } = standing;
  const warnings = [...standing.warnings, ...gateWarnings(checks, reported, others)];
  if (standing.reported === "always") {
    const jobs = [...new Set(checks.map(({ job, workflow }) => `${job} in ${workflow}`))];
    return { required, status: "reported", message: jobs.join("; "), warnings, proposed: [required] };
  }
  return {
    required,
    status: standing.reported,
    message: distinct(obstacles.map((obstacle) => describeObstacle(obstacle, branch.branch))).join("; "),
    ...remedy(obstacles, branch),
    warnings,
    proposed: [],
  };
}

/** What to do about all that is in the way, and the shape of the first of it. */
function remedy(obstacles: readonly PlacedObstacle[], { branch }: ProtectedBranch) {
  const [shape] = obstacles.flatMap((obstacle) => shapeOf(obstacle) ?? []);
  return {
    fix: distinct(obstacles.map((obstacle) => wayOut(obstacle, branch))).join("; "),
    ...(shape === undefined ? {} : { shape }),
  };
}

function absent(required: string, reported: Reported, branch: ProtectedBranch): Verdict {
  const common = { required, warnings: [] };
  const named = reported.unreadable.find(
    ({ prefix, job }) =>
      job === required || prefix === `${required} / ` || (prefix !== "" && required.startsWith(prefix)),
  );
  if (named !== undefined) return { ...common, ...unreadable(named) };
  const suggestion = suggest(required, reported);
  if (suggestion === undefined) {
    const nameless = reported.unreadable.find(
      ({ prefix, job }) =>
        prefix === "" || job.startsWith(`${required}/`) || prefix.startsWith(`${required} / `),
    );
    if (nameless !== undefined) return { ...common, ...unreadable(nameless) };
    return {
      ...common,
      status: "never",
      message: `no workflow reports it${unread(reported)}`,
      fix: "remove it; where an App reports it, declare it under checks.fromApps",
      proposed: [],
    };
  }
  const proposed = suggestion.names.filter(
    (name) => standingOf(name, reported, branch.mergeQueue)?.reported === "always",
  );
  const [nearest] = suggestion.names;
  const obstacles =
    nearest === undefined ? [] : (standingOf(nearest, reported, branch.mergeQueue)?.obstacles ?? []);
  return {
    ...common,
    status: "never",
    message: [
      `${suggestion.message}${unread(reported)}`,
      ...distinct(obstacles.map((obstacle) => describeObstacle(obstacle, branch.branch))),
    ].join("; "),
    ...(proposed.length > 0 ? { fix: requiring(proposed) } : remedy(obstacles, branch)),
    proposed,
  };
}

function requiring(names: readonly string[]): string {
  return names.every(isPrintable)
    ? `require ${names.join(" and ")}`
    : "give the job a name without control or unseen characters, and require that";
}

function unreadable({ job, workflow, prefix, reason }: UnreadableCheck) {
  const call = prefix.endsWith(" / ");
  return {
    status: "unreadable" as const,
    message: `the names of ${job} in ${workflow} cannot be read: ${reason}`,
    fix: call
      ? "declare it under checks.fromApps with the workflow's repository, or require a job of this repository that waits for it"
      : `require a job that always runs and waits for ${job}`,
    ...(call ? {} : { shape: gateJob(job) }),
    proposed: [],
  };
}

/** A name may be missing because its file cannot be read. */
function unread({ problems }: Reported): string {
  const [first] = problems;
  return first === undefined ? "" : `, and GitHub does not run ${describeProblem(first)}`;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
