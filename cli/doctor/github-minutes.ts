import type { GovernanceSettings } from "../../infra/settings/governance.ts";
import pLimit from "p-limit";
import type { GitHub } from "../github-client.ts";
import type { Check, Finding } from "./check.ts";
import type { GitHubAccount } from "./github-account.ts";
import type { GitHubPlan } from "./github-owner.ts";

/** Minutes a month that a plan includes. Source: GitHub documentation, "GitHub Actions billing", included amounts. */
export const INCLUDED_MINUTES: Readonly<Record<GitHubPlan, number>> = {
  free: 2_000,
  pro: 3_000,
  team: 3_000,
  enterprise: 50_000,
};

/** Source: the same page, "Minute multipliers". By the first letters of a runner's label. */
const MULTIPLIERS = [
  ["windows", 2],
  ["macos", 10],
] as const;

const DAYS = 30;
/** Runs of a repository whose jobs are read; of more, every n-th. */
const SAMPLE = 60;
/** Runs that are listed. GitHub shows 1,000 of a filtered search at most. */
const LISTED = 300;
const AT_ONCE = 4;
/** Share of the allowance from which the line warns. */
const NEARLY = 0.8;

export interface Job {
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly labels: readonly string[];
}

/** Minutes of one repository in the last 30 days. */
export interface RepositoryMinutes {
  readonly name: string;
  readonly minutes: number;
  readonly runs: number;
  /** Runs whose jobs were read. */
  readonly sampled: number;
}

/** What the managed repositories use of the owner's free minutes in a month like the last 30 days. */
export function minutesCheck(
  governance: GovernanceSettings,
  account: GitHubAccount,
  now: () => number,
): Check {
  return {
    id: "github.minutes",
    title: "Actions minutes",
    side: "github",
    rights: "`repo`",
    async look() {
      const client = await account.ready();
      const { owner } = governance;
      const names = Object.keys(governance.repositories);
      const found = await Promise.all(names.map((name) => account.repository(owner, name)));
      // Runs of public repositories cost nothing on GitHub's usual runners.
      const paid = found
        .filter((repository) => repository?.private === true)
        .flatMap((one) => one?.name ?? []);
      const since = new Date(now() - DAYS * 86_400_000);
      const limit = pLimit(AT_ONCE);
      const minutes = await Promise.all(paid.map((name) => minutesOf(client, owner, name, since, limit)));
      return minutesFinding(
        minutes,
        governance.minutesPerMonth ?? INCLUDED_MINUTES[governance.plan],
        names.length,
      );
    },
  };
}

async function minutesOf(
  client: GitHub,
  owner: string,
  repo: string,
  since: Date,
  limit: ReturnType<typeof pLimit>,
): Promise<RepositoryMinutes> {
  const query = { owner, repo, created: `>=${since.toISOString().slice(0, 10)}`, per_page: 100 };
  const ids: number[] = [];
  let total = 0;
  for await (const { data } of client.paginate.iterator(client.actions.listWorkflowRunsForRepo, query)) {
    // The pages carry the total beside the list, which the iterator unwraps.
    total = Math.max(total, totalOf(data));
    ids.push(...data.map(({ id }) => id));
    if (ids.length >= LISTED) break;
  }
  const runs = Math.max(total, ids.length);
  const chosen = sample(ids, SAMPLE);
  const read = await Promise.all(chosen.map((run_id) => limit(() => jobsOf(client, owner, repo, run_id))));
  const counted = read.flat().reduce((sum, job) => sum + billedMinutes(job), 0);
  return {
    name: repo,
    runs,
    sampled: chosen.length,
    minutes: chosen.length === 0 ? 0 : Math.round((counted * runs) / chosen.length),
  };
}

function totalOf(data: unknown): number {
  const total =
    typeof data === "object" && data !== null && "total_count" in data ? data.total_count : undefined;
  return typeof total === "number" ? total : 0;
}

/** Jobs of every attempt: a run that was repeated is paid twice. */
async function jobsOf(client: GitHub, owner: string, repo: string, run_id: number): Promise<readonly Job[]> {
  return client.paginate(client.actions.listJobsForWorkflowRun, {
    owner,
    repo,
    run_id,
    filter: "all",
    per_page: 100,
  });
}

/** Up to `count` items, evenly spread. */
export function sample<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor((index * items.length) / count)],
  ).filter((item) => item !== undefined);
}

/** Minutes a job is billed: whole ones, times what its system costs; 0 on a runner of one's own, or where it never ran. */
export function billedMinutes({ started_at: start, completed_at: end, labels }: Job): number {
  const system = labels.map((label) => label.toLowerCase());
  if (end === null || system.includes("self-hosted")) return 0;
  const minutes = Math.ceil((Date.parse(end) - Date.parse(start)) / 60_000);
  if (!(minutes > 0)) return 0;
  const [, multiplier = 1] =
    MULTIPLIERS.find(([name]) => system.some((label) => label.startsWith(name))) ?? [];
  return minutes * multiplier;
}

export function minutesFinding(
  repositories: readonly RepositoryMinutes[],
  allowance: number,
  governed: number,
): Finding {
  if (repositories.length === 0)
    return {
      status: "ok",
      found: `${governed === 1 ? "the repository is" : "all repositories are"} public or new: no minutes are counted`,
    };
  const sum = repositories.reduce((total, { minutes }) => total + minutes, 0);
  const each = repositories.map(
    ({ name, minutes, runs, sampled }) =>
      `${name} ${String(minutes)}${sampled < runs ? ` (from ${String(sampled)} of ${String(runs)} runs)` : ` (${String(runs)} runs)`}`,
  );
  const found = `about ${String(sum)} of ${String(allowance)} free minutes a month, by the last ${String(DAYS)} days: ${each.join(", ")}; other repositories of the owner are not in it`;
  if (sum > allowance)
    return {
      status: "failed",
      found,
      fix: "Jobs stop once the minutes are used up, unless a spending limit allows more: run less (paths, concurrency with cancel-in-progress), use runners of your own, or set governance.minutesPerMonth to what you pay for.",
    };
  if (sum > allowance * NEARLY)
    return {
      status: "warning",
      found,
      fix: "Little is left for a busier month: cancel superseded runs, or use runners of your own.",
    };
  return { status: "ok", found };
}
