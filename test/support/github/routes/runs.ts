import { countedPages, ok } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import { sha1 } from "../state.ts";
import type { Job, Repository, Workflow, WorkflowRun } from "../state-types.ts";
import { minimalRepositoryView, repositoryUrl } from "../views.ts";

const BASE = "/repos/{owner}/{repo}/actions";

/** Runs of workflows and what they took: the source of an estimate of Actions minutes. */
export const RUN_ROUTES: Routes = {
  [`GET ${BASE}/workflows`]: (call) => {
    const repository = call.repository();
    return countedPages(
      "workflows",
      repository.workflows.map((one) => workflowView(call, repository, one)),
    );
  },
  [`GET ${BASE}/runs`]: (call) => runs(call, () => true),
  [`GET ${BASE}/workflows/{workflow_id}/runs`]: (call) => {
    const wanted = call.parameter("workflow_id");
    const workflow = found(
      call
        .repository()
        .workflows.find(({ id, path }) => String(id) === wanted || path.endsWith(`/${wanted}`)),
    );
    return runs(call, (run) => run.workflow === workflow.id);
  },
  [`GET ${BASE}/runs/{run_id}`]: (call) => {
    const repository = call.repository();
    return ok(runView(call, repository, namedRun(call, repository)));
  },
  [`GET ${BASE}/runs/{run_id}/timing`]: (call) => {
    const { jobs } = namedRun(call, call.repository());
    const total = jobs.reduce((sum, { seconds }) => sum + seconds * 1000, 0);
    return ok({ billable: billable(jobs), run_duration_ms: total });
  },
  [`GET ${BASE}/runs/{run_id}/jobs`]: (call) => {
    const repository = call.repository();
    const run = namedRun(call, repository);
    return countedPages(
      "jobs",
      run.jobs.map((job) => jobView(call, repository, run, job)),
    );
  },
};

function namedRun(call: Call, repository: Repository): WorkflowRun {
  return found(repository.runs.find(({ id }) => String(id) === call.parameter("run_id")));
}

function runs(call: Call, wanted: (run: WorkflowRun) => boolean) {
  const repository = call.repository();
  const fits = (name: string, value: string): boolean => (call.query.get(name) ?? value) === value;
  const within = createdWithin(call.query.get("created"));
  const chosen = repository.runs.filter(
    (run) => wanted(run) && fits("branch", run.branch) && fits("event", run.event) && within(run.createdAt),
  );
  return countedPages(
    "workflow_runs",
    chosen.map((run) => runView(call, repository, run)),
  );
}

/** The forms of GitHub's search syntax for dates that clients use: `>=DATE`, `DATE..DATE`, `DATE..*`. */
function createdWithin(range: string | null): (time: string) => boolean {
  if (range === null) return () => true;
  const [from = "*", to = "*"] = range.startsWith(">") ? [range.replace(/^>=?/, "")] : range.split("..");
  const until = /^\d{4}-\d{2}-\d{2}$/.test(to) ? `${to}T23:59:59Z` : to;
  return (time) => (from === "*" || time >= from) && (to === "*" || time <= until);
}

/** GitHub bills whole minutes of each job. Source: "Get workflow run usage". */
function billable(jobs: readonly Job[]) {
  const systems = { UBUNTU: "ubuntu", WINDOWS: "windows", MACOS: "macos" };
  const entries = Object.entries(systems).flatMap(([name, prefix]) => {
    const own = jobs.filter(({ runner }) => runner.startsWith(prefix));
    const milliseconds = own.reduce((sum, { seconds }) => sum + Math.ceil(seconds / 60) * 60_000, 0);
    return own.length === 0 ? [] : [[name, { total_ms: milliseconds, jobs: own.length }] as const];
  });
  return Object.fromEntries(entries);
}

function workflowView(call: Call, repository: Repository, { id, name, path, state = "active" }: Workflow) {
  return {
    id,
    node_id: `W_${String(id)}`,
    name,
    path,
    state,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: `${repositoryUrl(call.url, repository)}/actions/workflows/${String(id)}`,
    html_url: `https://github.com/${repository.owner.login}/${repository.name}/blob/main/${path}`,
    badge_url: `https://github.com/${repository.owner.login}/${repository.name}/workflows/${name}/badge.svg`,
  };
}

function runView(call: Call, repository: Repository, run: WorkflowRun) {
  const self = `${repositoryUrl(call.url, repository)}/actions/runs/${String(run.id)}`;
  const workflow = repository.workflows.find(({ id }) => id === run.workflow);
  const sha = sha1(`run ${String(run.id)}`);
  const short = minimalRepositoryView(call.url, repository);
  return {
    id: run.id,
    name: workflow?.name ?? null,
    node_id: `WFR_${String(run.id)}`,
    head_branch: run.branch,
    head_sha: sha,
    path: workflow?.path ?? "",
    display_title: workflow?.name ?? "",
    run_number: repository.runs.indexOf(run) + 1,
    run_attempt: 1,
    event: run.event,
    status: "completed",
    conclusion: run.jobs.some(({ conclusion }) => conclusion === "failure") ? "failure" : "success",
    workflow_id: run.workflow,
    url: self,
    html_url: `https://github.com/${repository.owner.login}/${repository.name}/actions/runs/${String(run.id)}`,
    pull_requests: [],
    created_at: run.createdAt,
    updated_at: run.createdAt,
    run_started_at: run.createdAt,
    jobs_url: `${self}/jobs`,
    logs_url: `${self}/logs`,
    check_suite_url: `${repositoryUrl(call.url, repository)}/check-suites/${String(run.id)}`,
    artifacts_url: `${self}/artifacts`,
    cancel_url: `${self}/cancel`,
    rerun_url: `${self}/rerun`,
    workflow_url: `${repositoryUrl(call.url, repository)}/actions/workflows/${String(run.workflow)}`,
    head_commit: {
      id: sha,
      tree_id: sha1(`tree of ${sha}`),
      message: "Change",
      timestamp: run.createdAt,
      author: { name: repository.owner.login, email: `${repository.owner.login}@example.com` },
      committer: { name: repository.owner.login, email: `${repository.owner.login}@example.com` },
    },
    repository: short,
    head_repository: short,
  };
}

function jobView(call: Call, repository: Repository, run: WorkflowRun, job: Job) {
  const self = repositoryUrl(call.url, repository);
  const end = new Date(Date.parse(run.createdAt) + job.seconds * 1000).toISOString();
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${self}/actions/runs/${String(run.id)}`,
    node_id: `CR_${String(job.id)}`,
    head_sha: sha1(`run ${String(run.id)}`),
    head_branch: run.branch,
    url: `${self}/actions/jobs/${String(job.id)}`,
    html_url: null,
    status: "completed",
    conclusion: job.conclusion ?? "success",
    created_at: run.createdAt,
    started_at: run.createdAt,
    completed_at: end,
    name: job.name,
    steps: [],
    check_run_url: `${self}/check-runs/${String(job.id)}`,
    labels: [job.runner],
    runner_id: 1,
    runner_name: "GitHub Actions 1",
    runner_group_id: 0,
    runner_group_name: "GitHub Actions",
    workflow_name: repository.workflows.find(({ id }) => id === run.workflow)?.name ?? null,
  };
}
