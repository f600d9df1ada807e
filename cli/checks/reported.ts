import { sharedGroupOf } from "./concurrency.ts";
import { expandJobs, TooManyJobs, type Expansion, type JobSighting, type UnreadableJob } from "./expand.ts";
import { Library } from "./library.ts";
import { conditionScope, namingScope } from "./scopes.ts";
import { obstaclesOf, TRIGGERS, type Obstacle, type ProtectedBranch, type Trigger } from "./triggers.ts";
import type { Workflow, WorkflowFile, WorkflowProblem } from "./workflow.ts";

/** One check of one job as one event makes GitHub report it, and what keeps it from some pull requests. */
export interface ReportedCheck {
  /** As GitHub shows it and as branch protection must name it. */
  readonly name: string;
  /** Path of the workflow that the event starts. */
  readonly workflow: string;
  readonly workflowName: string;
  /** Ids, those of calls before those of the called workflow's jobs: `call/test`. */
  readonly job: string;
  /** `other` where none of the events that count starts the workflow. */
  readonly trigger: Trigger | "other";
  /** Empty: reported whenever the event happens. */
  readonly obstacles: readonly Obstacle[];
  /** The job is skipped on every pull request, which counts as passed: the check can never fail. */
  readonly neverRuns: boolean;
  /** Jobs, written as `job`, without which it is skipped where they fail, which counts as passed. */
  readonly skippedWith: readonly string[];
  /** Jobs, written as `job`, after whose failure it runs without a look at their result. */
  readonly blindTo: readonly string[];
  /** A concurrency group that all pull requests share: one cancels the check of another. */
  readonly sharedGroup: string | undefined;
}

export interface UnreadableCheck extends UnreadableJob {
  readonly workflow: string;
}

export interface Reported {
  /** In the order of the files and of their jobs. */
  readonly checks: readonly ReportedCheck[];
  /** Jobs whose names only a run knows. */
  readonly unreadable: readonly UnreadableCheck[];
  /** Files that GitHub does not run, and parts of them. */
  readonly problems: readonly WorkflowProblem[];
}

export interface ReportedContext extends ProtectedBranch {
  /** `OWNER/NAME`, for names and conditions that use it. */
  readonly repository?: string;
  /** Reusable workflows of other repositories by `OWNER/NAME/PATH@REF`. */
  readonly remote?: ReadonlyMap<string, string>;
}

/** Every check that the workflows of a repository report, and when. */
export async function reportedChecks(
  files: readonly WorkflowFile[],
  context: ReportedContext,
): Promise<Reported> {
  const checks: ReportedCheck[] = [];
  const unreadable: UnreadableCheck[] = [];
  const problems: WorkflowProblem[] = [];
  const library = new Library(files, context.remote);
  for (const { path, disabled } of files) {
    const read = await library.read(path);
    if (read === undefined) continue;
    if ("problems" in read) {
      for (const problem of read.problems) problems.push(problem);
      continue;
    }
    const off: readonly Obstacle[] = disabled === undefined ? [] : [{ kind: "disabled", state: disabled }];
    for (const { trigger, obstacles } of occasions(read.workflow, context)) {
      const found = await sightings(read.workflow, trigger, library, context);
      const sharedGroup = sharedGroupOf(
        read.workflow.concurrency,
        namingScope({ workflow: read.workflow, trigger, ...context }),
      );
      // One by one: what a file makes of itself may be more than a call takes as arguments.
      for (const sighting of found.sightings)
        checks.push(
          checkOf(read.workflow, sighting, { trigger, obstacles: [...off, ...obstacles], sharedGroup }),
        );
      // What no pull request starts is nobody's required check, whatever it is called.
      for (const job of trigger === "other" ? [] : found.unreadable)
        unreadable.push({ ...job, workflow: path });
      for (const problem of found.problems) problems.push(problem);
    }
  }
  return { checks, unreadable: distinct(unreadable), problems: distinct(problems) };
}

interface Occasion {
  readonly trigger: Trigger | "other";
  readonly obstacles: readonly Obstacle[];
}

function occasions({ events }: Workflow, { branch }: ReportedContext): Occasion[] {
  const known = TRIGGERS.flatMap((trigger): Occasion[] => {
    const obstacles = obstaclesOf(events, trigger, branch);
    return obstacles === undefined ? [] : [{ trigger, obstacles }];
  });
  if (known.some(({ trigger }) => trigger !== "merge_group")) return known;
  const names = Object.keys(events).filter((event) => event !== "workflow_call");
  // What is only called stands in the checks of its callers.
  if (names.length === 0) return [];
  return [...known, { trigger: "other", obstacles: [{ kind: "events", events: names }] }];
}

async function sightings(
  workflow: Workflow,
  trigger: Trigger | "other",
  library: Library,
  context: ReportedContext,
): Promise<Expansion> {
  const place = { workflow, trigger, ...context };
  try {
    return await expandJobs(workflow, {
      library,
      naming: namingScope(place),
      conditions: conditionScope(place),
    });
  } catch (error) {
    if (!(error instanceof TooManyJobs)) throw error;
    return { sightings: [], unreadable: [], problems: [{ path: workflow.path, message: error.message }] };
  }
}

function checkOf(
  { path, name }: Workflow,
  sighting: JobSighting,
  { trigger, obstacles, sharedGroup }: Occasion & { readonly sharedGroup: string | undefined },
): ReportedCheck {
  return {
    name: sighting.name,
    workflow: path,
    workflowName: name,
    job: sighting.job,
    trigger,
    obstacles: [...obstacles, ...sighting.obstacles],
    neverRuns: sighting.neverRuns,
    skippedWith: sighting.skippedWith,
    blindTo: sighting.blindTo,
    sharedGroup: sharedGroup ?? sighting.sharedGroup,
  };
}

function distinct<Entry>(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}
