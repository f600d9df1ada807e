import { data } from "@actions/expressions";
import { isBasicExpression } from "@actions/workflow-parser";
import type { WorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import { calledWorkflow, inputsOfCall, MOST_LEVELS } from "./calls.ts";
import { PartlyKnown, UnknownValue, type Scope } from "./expressions.ts";
import { baseName, jobName } from "./job-name.ts";
import { combinationsOf, mayHaveMatrix, type Combination } from "./matrix.ts";
import { sharedGroupOf } from "./concurrency.ts";
import type { Library } from "./library.ts";
import { coursesOf, type Course } from "./needs.ts";
import { unseenResults } from "./results.ts";
import type { Obstacle } from "./triggers.ts";
import type { Workflow, WorkflowProblem } from "./workflow.ts";

/** A check of one job, before it is known which event starts the workflow. */
export interface JobSighting {
  readonly name: string;
  readonly job: string;
  readonly obstacles: readonly Obstacle[];
  readonly neverRuns: boolean;
  /** Jobs, written as `job`, without which it is skipped where they fail, which counts as passed. */
  readonly skippedWith: readonly string[];
  /** Jobs, written as `job`, after whose failure it runs without a look at their result. */
  readonly blindTo: readonly string[];
  readonly sharedGroup: string | undefined;
}

/** A job whose checks cannot be named before it runs. */
export interface UnreadableJob {
  readonly job: string;
  /** What the names begin with, as far as it is known: `call / ` or `test (`. */
  readonly prefix: string;
  readonly reason: string;
}

export interface Expansion {
  readonly sightings: readonly JobSighting[];
  readonly unreadable: readonly UnreadableJob[];
  readonly problems: readonly WorkflowProblem[];
}

interface Surroundings {
  readonly library: Library;
  readonly naming: Scope;
  readonly conditions: Scope;
  /** Of the calls around, from the outermost. */
  readonly names?: readonly string[];
  readonly ids?: readonly string[];
  readonly paths?: readonly string[];
  /** Conditions of the calls around that may skip all of it. */
  readonly obstacles?: readonly Obstacle[];
  readonly neverRuns?: boolean;
  readonly skippedWith?: readonly string[];
  readonly blindTo?: readonly string[];
  /** Counted by all levels of calls together. */
  readonly jobs?: { count: number };
}

/**
 * Jobs of one run with those of called workflows: twenty times what one matrix may make. Calls that branch at each
 * level grow without end, and such a file is made to hold up whoever reads it.
 */
const MOST_JOBS = 5000;

/** Thrown for a workflow that makes too many jobs; what was found of it is part of an unknown whole. */
export class TooManyJobs extends Error {
  constructor() {
    super(`it makes more than ${String(MOST_JOBS)} jobs, with those of the workflows it calls`);
    this.name = "TooManyJobs";
  }
}

/**
 * The checks of all jobs of a workflow, with those of the workflows it calls.
 *
 * @throws TooManyJobs
 */
export async function expandJobs(workflow: Workflow, around: Surroundings): Promise<Expansion> {
  const results: Expansion[] = [];
  const course = coursesOf(workflow.jobs, around.conditions);
  const here = { ...around, jobs: around.jobs ?? { count: 0 } };
  for (const job of workflow.jobs) results.push(await expandJob(workflow, job, course(job), here));
  return joined(results);
}

function joined(results: readonly Expansion[]): Expansion {
  return {
    sightings: results.flatMap(({ sightings }) => sightings),
    unreadable: results.flatMap(({ unreadable }) => unreadable),
    problems: results.flatMap(({ problems }) => problems),
  };
}

async function expandJob(
  workflow: Workflow,
  job: WorkflowJob,
  { runs, neverRuns, skippedWith, runsAfter }: Course,
  around: Surroundings,
): Promise<Expansion> {
  const shape = job.type === "reusableWorkflowJob" ? "call" : mayHaveMatrix(job.strategy) ? "matrix" : "job";
  // Skipped before its matrix or its workflow is read: one check, under the bare name.
  // Source: GitHub Docs, "Workflow syntax", `jobs.<job_id>.if` is evaluated before the matrix is applied.
  if (runs === "no" && shape !== "job") {
    if (job.name !== undefined && isBasicExpression(job.name)) return NOTHING;
    return { ...NOTHING, sightings: [sighting(baseName(job), job, { ...around, neverRuns })] };
  }
  const obstacles = [
    ...(around.obstacles ?? []),
    ...(runs === "sometimes" && shape !== "job" ? [skipsAll(job, shape)] : []),
  ];
  const idsOf = (needs: readonly string[]) => needs.map((id) => [...(around.ids ?? []), id].join("/"));
  const here = {
    ...around,
    obstacles,
    neverRuns: (around.neverRuns ?? false) || neverRuns,
    // The names of a matrix or a call are not reported then, so that nothing passes.
    skippedWith: shape === "job" ? idsOf(skippedWith) : [],
    // What a call runs is no gate of this workflow.
    blindTo: shape === "call" ? [] : idsOf(unseenResults(runsAfter, job, workflow)),
  };
  try {
    const combinations = combinationsOf(job.strategy, around.naming) ?? [undefined];
    const each = combinations.length === 0 ? [undefined] : combinations;
    const results: Expansion[] = [];
    for (const [index, combination] of each.entries())
      results.push(
        await expandOne(workflow, job, combination, withMatrix(here, combination, index, each.length)),
      );
    return joined(results);
  } catch (error) {
    if (error instanceof UnknownValue) return unreadable(job, around, error.message);
    if (error instanceof RangeError) return problem(workflow, job, error.message);
    throw error;
  }
}

function skipsAll(job: WorkflowJob, shape: "matrix" | "call"): Obstacle {
  return { kind: "condition", expression: conditionOf(job), shape };
}

const NOTHING: Expansion = { sightings: [], unreadable: [], problems: [] };

async function expandOne(
  workflow: Workflow,
  job: WorkflowJob,
  combination: Combination | undefined,
  around: Surroundings,
): Promise<Expansion> {
  if (around.jobs !== undefined && ++around.jobs.count > MOST_JOBS) throw new TooManyJobs();
  const name = jobName(job, combination, around.naming);
  if (job.type === "job") return { ...NOTHING, sightings: [sighting(name, job, around)] };
  const names = [...(around.names ?? []), name];
  const ids = [...(around.ids ?? []), job.id.value];
  const { ref } = job;
  if (ids.length >= MOST_LEVELS)
    return problem(workflow, job, `${ref.value} is called more than ${String(MOST_LEVELS)} levels deep`);
  const paths = [...(around.paths ?? []), workflow.path];
  const called = await calledWorkflow(ref.value, workflow, around.library);
  if ("unreadable" in called) return unreadable(job, around, called.unreadable, `${names.join(" / ")} / `);
  // Source: GitHub Docs, "Reusing workflow configurations": loops in the workflow tree are not permitted.
  if (paths.includes(called.workflow.path))
    return problem(workflow, job, `${ref.value} is called from itself, and loops are not permitted`);
  const naming = {
    ...ofCaller(around.naming),
    inputs: inputsOfCall(called.workflow, job, around.naming),
  };
  const conditions = {
    ...ofCaller(around.conditions),
    inputs: inputsOfCall(called.workflow, job, around.conditions),
  };
  return expandJobs(called.workflow, { ...around, naming, conditions, names, ids, paths });
}

function sighting(name: string, job: WorkflowJob, around: Surroundings): JobSighting {
  return {
    name: [...(around.names ?? []), name].join(" / "),
    job: [...(around.ids ?? []), job.id.value].join("/"),
    obstacles: around.obstacles ?? [],
    neverRuns: around.neverRuns ?? false,
    skippedWith: around.skippedWith ?? [],
    blindTo: around.blindTo ?? [],
    sharedGroup: sharedGroupOf(job.concurrency, around.naming),
  };
}

function withMatrix(
  around: Surroundings,
  combination: Combination | undefined,
  index: number,
  total: number,
): Surroundings {
  const contexts = {
    matrix: combination?.values ?? new data.Null(),
    strategy: new PartlyKnown("strategy", {
      "job-index": new data.NumberData(index),
      "job-total": new data.NumberData(total),
    }),
  };
  return { ...around, naming: { ...around.naming, ...contexts } };
}

/** What a called workflow sees of its caller. */
function ofCaller({ github }: Scope): Scope {
  return github === undefined ? {} : { github };
}

/** The condition as it was written: the parser puts `success() && (…)` around those without a status function. */
function conditionOf({ if: condition, needs }: WorkflowJob): string {
  const written = condition.source ?? condition.expression;
  const inner = /^success\(\) && \((.*)\)$/s.exec(written)?.[1] ?? written;
  const bare = /^\$\{\{(.*)\}\}$/s.exec(inner.trim())?.[1] ?? inner;
  if (bare.trim() !== "success()") return bare.trim();
  return `needs: ${(needs ?? []).map(({ value }) => value).join(", ")}`;
}

function unreadable(
  job: WorkflowJob,
  around: Surroundings,
  reason: string,
  prefix = prefixOf(job, around),
): Expansion {
  const id = [...(around.ids ?? []), job.id.value].join("/");
  return { ...NOTHING, unreadable: [{ job: id, prefix, reason }] };
}

/** What the job's names begin with, as far as it is known. */
function prefixOf(job: WorkflowJob, { names = [] }: Surroundings): string {
  const calls = names.map((name) => `${name} / `).join("");
  if (job.name !== undefined && isBasicExpression(job.name)) {
    const source = job.name.source ?? "";
    return `${calls}${source.slice(0, Math.max(0, source.indexOf("${{")))}`;
  }
  return `${calls}${baseName(job)} (`;
}

function problem({ path }: Workflow, { id }: WorkflowJob, message: string): Expansion {
  const place = id.range === undefined ? {} : { line: id.range.start.line, column: id.range.start.column };
  return { ...NOTHING, problems: [{ path, ...place, message: `job ${id.value}: ${message}` }] };
}
