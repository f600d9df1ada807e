import type { EventsConfig } from "@actions/workflow-parser/model/workflow-template";
import { coverOf, isEverything } from "./cover.ts";
import { isNegative } from "./filters.ts";

/** Events by which a check can come to stand on a pull request's newest commit, or in its merge queue. */
export const TRIGGERS = ["pull_request", "pull_request_target", "merge_group", "push"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Why a check is not reported on every pull request. */
export type Obstacle =
  /** No event of a pull request starts the workflow: its checks stand on other commits. */
  | { readonly kind: "events"; readonly events: readonly string[] }
  /** Somebody, or GitHub after 60 days without a commit, has switched the workflow off. */
  | { readonly kind: "disabled"; readonly state: string }
  /** `partly` where the branch is a pattern, and not all that it stands for is left out. */
  | { readonly kind: "branches"; readonly filter: string; readonly partly: boolean }
  | {
      readonly kind: "paths";
      readonly filter: "paths" | "paths-ignore";
      readonly patterns: readonly string[];
    }
  | { readonly kind: "types"; readonly missing: readonly string[] }
  /** Only a push starts it, which a fork's pull request is not. */
  | { readonly kind: "forks" }
  | { readonly kind: "push-branches"; readonly filter: string; readonly onlyProtected: boolean }
  /** A matrix or a call that is skipped as a whole reports none of the names inside it. */
  | { readonly kind: "condition"; readonly expression: string; readonly shape: "matrix" | "call" };

/** A branch that is protected, by name or pattern. */
export interface ProtectedBranch {
  readonly branch: string;
  /** True where pull requests are merged through a queue. */
  readonly mergeQueue: boolean;
}

/** True for what keeps the check from every pull request, not only from some. */
export function isFatal(obstacle: Obstacle): boolean {
  return (
    obstacle.kind === "events" ||
    obstacle.kind === "disabled" ||
    (obstacle.kind === "branches" && !obstacle.partly) ||
    (obstacle.kind === "push-branches" && obstacle.onlyProtected)
  );
}

/**
 * What keeps an event from starting the workflow for a pull request to the branch; undefined where the workflow
 * does not know the event.
 *
 * A workflow that a filter keeps from running leaves its checks pending, for ever where they are required; a job
 * that is skipped by its `if` counts as passed. Source: GitHub Docs, "Troubleshooting required status checks".
 */
export function obstaclesOf(
  events: EventsConfig,
  trigger: Trigger,
  branch: string,
): readonly Obstacle[] | undefined {
  const event = events[trigger];
  if (event === undefined) return undefined;
  switch (trigger) {
    case "pull_request":
    case "pull_request_target":
      return [
        ...branchObstacles(event, branch),
        ...typeObstacles(event, USUAL_TYPES),
        ...pathObstacles(event),
      ];
    case "merge_group":
      return [...branchObstacles(event, branch), ...typeObstacles(event, ["checks_requested"])];
    case "push":
      return [{ kind: "forks" }, ...pushObstacles(event, branch), ...pathObstacles(event)];
  }
}

/** Without them a check is missing on new pull requests, on new commits, or after a close and a push. */
const USUAL_TYPES = ["opened", "synchronize", "reopened"];

interface EventFilters {
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly "branches-ignore"?: readonly string[];
  readonly tags?: readonly string[];
  readonly "tags-ignore"?: readonly string[];
  readonly paths?: readonly string[];
  readonly "paths-ignore"?: readonly string[];
}

function branchObstacles(event: EventFilters, branch: string): Obstacle[] {
  const cover = coverOf(event, branch);
  return cover === "all"
    ? []
    : [{ kind: "branches", filter: describeBranches(event), partly: cover === "some" }];
}

function typeObstacles({ types }: EventFilters, needed: readonly string[]): Obstacle[] {
  const missing = types === undefined ? [] : needed.filter((type) => !types.includes(type));
  return missing.length === 0 ? [] : [{ kind: "types", missing }];
}

function pathObstacles(event: EventFilters): Obstacle[] {
  const { paths, "paths-ignore": ignored } = event;
  if (paths !== undefined && paths.length > 0 && !takesInEveryFile(paths))
    return [{ kind: "paths", filter: "paths", patterns: paths }];
  return ignored === undefined || ignored.length === 0
    ? []
    : [{ kind: "paths", filter: "paths-ignore", patterns: ignored }];
}

function takesInEveryFile(paths: readonly string[]): boolean {
  return !paths.slice(paths.findLastIndex(isEverything) + 1).some(isNegative) && paths.some(isEverything);
}

/** A pull request's own branch may have any name: a filter lets it through only by a wildcard. */
function pushObstacles(event: EventFilters, branch: string): Obstacle[] {
  const onBranches = event.branches !== undefined || event["branches-ignore"] !== undefined;
  const onTags = event.tags !== undefined || event["tags-ignore"] !== undefined;
  // A filter of tags alone keeps branches out. Source: "Workflow syntax", `on.push`.
  if (onTags && !onBranches) return [{ kind: "push-branches", filter: "tags", onlyProtected: true }];
  if (coverOf(event, "**") === "all") return [];
  const onlyProtected = event.branches?.every((pattern) => pattern === branch) === true;
  return [{ kind: "push-branches", filter: describeBranches(event), onlyProtected }];
}

function describeBranches({ branches, "branches-ignore": ignored }: EventFilters): string {
  return branches === undefined ? `all branches but ${(ignored ?? []).join(", ")}` : branches.join(", ");
}
