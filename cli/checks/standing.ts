import { isNegative } from "./filters.ts";
import type { Reported, ReportedCheck } from "./reported.ts";
import { isFatal, type Obstacle } from "./triggers.ts";

/** How a check of a name stands on pull requests to one branch. */
export interface Standing {
  readonly reported: "always" | "sometimes" | "never";
  /** Jobs that report it for a pull request, or for anything where none does. */
  readonly checks: readonly ReportedCheck[];
  /** What is in the way of the check that comes nearest to being always there. */
  readonly obstacles: readonly PlacedObstacle[];
  /** What is no obstacle and yet not as it should be. */
  readonly warnings: readonly string[];
}

export type PlacedObstacle = (Obstacle | { readonly kind: "merge-queue" }) & {
  readonly check: ReportedCheck;
  /** True for what keeps it out of the merge queue only. */
  readonly queue: boolean;
};

/** Undefined where nothing reports the name. */
export function standingOf(
  name: string,
  { checks }: Pick<Reported, "checks">,
  mergeQueue: boolean,
): Standing | undefined {
  const own = checks.filter((check) => check.name === name);
  const [first] = own;
  if (first === undefined) return undefined;
  const onPullRequests = own.filter(({ trigger }) => trigger !== "merge_group" && trigger !== "other");
  const always = onPullRequests.filter(
    ({ trigger, obstacles }) => trigger !== "push" && obstacles.length === 0,
  );
  const complements = always.length === 0 && haveComplements(onPullRequests);
  const best = fewest(onPullRequests) ?? own.find(({ trigger }) => trigger === "other") ?? first;
  const obstacles = [
    ...(always.length > 0 || complements
      ? []
      : best.obstacles.map((obstacle) => ({ ...obstacle, check: best, queue: false }))),
    ...(mergeQueue ? queueObstacles(own, best) : []),
  ];
  const near = onPullRequests.filter((check) => !check.obstacles.some(isFatal));
  const reported = obstacles.length === 0 ? "always" : near.length === 0 ? "never" : "sometimes";
  const shown = near.length > 0 ? near : own;
  return { reported, checks: shown, obstacles, warnings: complements ? [] : warningsOf(shown) };
}

/**
 * Two workflows of which one runs on exactly the paths that the other leaves out report the name between them.
 * Source: GitHub Docs, "Troubleshooting required status checks", which showed this way out in earlier editions.
 */
function haveComplements(checks: readonly ReportedCheck[]): boolean {
  const patterns = (filter: string) =>
    checks.flatMap(({ trigger, obstacles }) => {
      const [only, ...others] = obstacles;
      return trigger !== "push" &&
        only?.kind === "paths" &&
        only.filter === filter &&
        // After `!` the order decides, and it is documented for `paths` alone: what is left is nobody's complement.
        !only.patterns.some(isNegative) &&
        others.length === 0
        ? [[...only.patterns].sort().join("\n")]
        : [];
    });
  const ignored = patterns("paths-ignore");
  return patterns("paths").some((paths) => ignored.includes(paths));
}

function queueObstacles(own: readonly ReportedCheck[], best: ReportedCheck): PlacedObstacle[] {
  const inQueue = own.filter(({ trigger }) => trigger === "merge_group");
  const nearest = fewest(inQueue);
  if (nearest === undefined) return [{ kind: "merge-queue", check: best, queue: true }];
  return nearest.obstacles.map((obstacle) => ({ ...obstacle, check: nearest, queue: true }));
}

function fewest(checks: readonly ReportedCheck[]): ReportedCheck | undefined {
  const weight = ({ obstacles }: ReportedCheck) => (obstacles.some(isFatal) ? 100 : 0) + obstacles.length;
  return checks.toSorted((a, b) => weight(a) - weight(b))[0];
}

function warningsOf(checks: readonly ReportedCheck[]): string[] {
  const jobs = [...new Set(checks.map(({ workflow, job }) => `${job} in ${workflow}`))];
  const groups = new Set(checks.flatMap(({ sharedGroup }) => sharedGroup ?? []));
  return [
    // Source: GitHub Docs, "Troubleshooting required status checks": names must be unique across workflows.
    ...(jobs.length > 1
      ? [`${String(jobs.length)} jobs report this name (${jobs.join("; ")}): GitHub cannot tell them apart`]
      : []),
    ...(checks.every(({ neverRuns }) => neverRuns)
      ? ["the job is skipped on every pull request, which counts as passed: this check can never fail"]
      : []),
    ...[...groups].map(
      (group) =>
        `all pull requests share the concurrency group ${JSON.stringify(group)}: one cancels the check of another; put github.ref into the group's name`,
    ),
  ];
}
