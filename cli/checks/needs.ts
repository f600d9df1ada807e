import { data } from "@actions/expressions";
import type { WorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import { PartlyKnown, truthOf, type Scope, type Truth } from "./expressions.ts";

/**
 * What becomes of a job. A job whose `needs` were skipped or failed is skipped too, unless its own `if` asks with
 * `always()` and the like; a required check of a job that is skipped counts as passed. Sources: GitHub Docs, "Using
 * jobs in a workflow" and "Troubleshooting required status checks".
 */
export interface Course {
  /** On a pull request on which nothing fails. */
  readonly runs: Truth;
  /** True where nothing makes it run, a failure before it no more than success. */
  readonly neverRuns: boolean;
  /** Ids of those of its `needs` with whose failure it is skipped. */
  readonly skippedWith: readonly string[];
  /** Ids of those of its `needs` after whose failure it runs all the same. */
  readonly runsAfter: readonly string[];
}

/** The course of each job of one workflow. */
export function coursesOf(jobs: readonly WorkflowJob[], scope: Scope): (job: WorkflowJob) => Course {
  const byId = new Map(jobs.map((job) => [job.id.value, job]));
  const known = new Map<string, Course>();
  const course = (job: WorkflowJob): Course => {
    const before = known.get(job.id.value);
    if (before !== undefined) return before;
    const needs = (job.needs ?? []).flatMap(({ value }) => byId.get(value) ?? []);
    const after = needs.map(course);
    const runs = after.map((one) => one.runs);
    const success = runs.includes("no") ? "no" : runs.includes("sometimes") ? "sometimes" : "yes";
    // After a job that runs on failure alone nothing succeeds: it was skipped, or what it waits for failed.
    const whatever = {
      success: success === "no" ? success : "sometimes",
      failure: after.every(({ neverRuns }) => neverRuns) ? "no" : "sometimes",
      cancelled: "sometimes",
    } as const;
    const condition = job.if.expression;
    const found: Course = {
      runs: truthOf(condition, scope, { success }),
      neverRuns: truthOf(condition, scope, whatever) === "no",
      skippedWith: needs
        .filter((need) => !course(need).neverRuns && isSkippedWith(need.id.value, job, scope))
        .map(({ id }) => id.value),
      runsAfter: needs
        .filter((need) => !course(need).neverRuns && courseAfter(need.id.value, job, scope) !== "no")
        .map(({ id }) => id.value),
    };
    known.set(job.id.value, found);
    return found;
  };
  return course;
}

/** Whether a job that would run is skipped where one of its `needs` has failed. */
function isSkippedWith(need: string, job: WorkflowJob, scope: Scope): boolean {
  return (
    courseAfter(need, job, scope) === "no" &&
    truthOf(job.if.expression, scope, { success: "yes", failure: "sometimes" }) !== "no"
  );
}

/** Whether a job runs where one of its `needs` has failed. */
function courseAfter(need: string, { if: condition }: WorkflowJob, scope: Scope): Truth {
  const needs = new PartlyKnown("needs", {
    [need]: new PartlyKnown(`needs.${need}`, { result: new data.StringData("failure") }),
  });
  return truthOf(condition.expression, { ...scope, needs }, { success: "no", failure: "yes" });
}
