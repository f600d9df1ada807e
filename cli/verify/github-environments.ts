import { z } from "zod";
import type { EnvironmentSettings } from "../../infra/settings/governance.ts";
import { fieldDifferences, missingNames, valueDifferences, type Field } from "./fields.ts";
import { absentAsUndefined, type Place } from "./github-place.ts";

const reviewersRule = z.object({
  type: z.literal("required_reviewers"),
  prevent_self_review: z.boolean().default(false),
  reviewers: z
    .array(
      z.object({
        type: z.string(),
        reviewer: z.object({ login: z.string().optional(), slug: z.string().optional() }),
      }),
    )
    .default([]),
});
const waitRule = z.object({ type: z.literal("wait_timer"), wait_timer: z.int().default(0) });

/** An environment against the stack: who approves, how long it waits, from where it deploys, and what it holds. */
export async function environmentDifferences(
  place: Place,
  environment_name: string,
  planned: EnvironmentSettings,
): Promise<string[]> {
  const { client, owner, repo } = place;
  const answer = await absentAsUndefined(client.repos.getEnvironment({ owner, repo, environment_name }));
  if (answer === undefined) return ["does not exist"];
  const live = answer.data;
  const rules: readonly unknown[] = live.protection_rules ?? [];
  const reviewers = rules
    .map((rule) => reviewersRule.safeParse(rule).data)
    .find((rule) => rule !== undefined);
  const wait = rules.map((rule) => waitRule.safeParse(rule).data).find((rule) => rule !== undefined);
  const byKind = (kind: string) =>
    reviewers?.reviewers
      .filter(({ type }) => type === kind)
      .map(({ reviewer }) => (reviewer.login ?? reviewer.slug ?? "").toLowerCase()) ?? [];
  const extra: Readonly<Record<string, unknown>> = { ...live };
  return [
    ...fieldDifferences([
      ["reviewers", byKind("User"), planned.reviewers?.users.map((user) => user.toLowerCase()) ?? []],
      ["reviewing teams", byKind("Team"), planned.reviewers?.teams.map((team) => team.toLowerCase()) ?? []],
      [
        "preventSelfReview",
        reviewers?.prevent_self_review ?? false,
        planned.reviewers === undefined ? undefined : planned.preventSelfReview,
      ],
      ["waitMinutes", wait?.wait_timer ?? 0, planned.waitMinutes],
      ["administratorsBypass", extra["can_admins_bypass"] ?? true, planned.administratorsBypass],
      ...(await branchFields(place, environment_name, planned, live.deployment_branch_policy)),
    ]),
    ...(await contentDifferences(place, environment_name, planned)),
  ];
}

type Policy =
  { readonly protected_branches: boolean; readonly custom_branch_policies: boolean } | null | undefined;

/** GitHub knows three states: no policy, protected branches, patterns. */
async function branchFields(
  { client, owner, repo }: Place,
  environment_name: string,
  { branches, tags = [] }: EnvironmentSettings,
  policy: Policy,
): Promise<readonly Field[]> {
  const state =
    policy === null || policy === undefined ? "any" : policy.protected_branches ? "protected" : "patterns";
  if (typeof branches === "string" || state !== "patterns")
    return [["branches", state, typeof branches === "string" ? branches : branches.join(", ")]];
  const policies = await client.paginate(client.repos.listDeploymentBranchPolicies, {
    owner,
    repo,
    environment_name,
    per_page: 100,
  });
  const of = (type: "branch" | "tag") =>
    policies.filter((one) => (one.type ?? "branch") === type).map(({ name = "" }) => name);
  return [
    ["branches", of("branch"), branches],
    ["tags", of("tag"), tags],
  ];
}

async function contentDifferences(
  { client, owner, repo }: Place,
  environment_name: string,
  { secrets, variables }: EnvironmentSettings,
): Promise<string[]> {
  const place = { owner, repo, environment_name };
  const liveSecrets =
    Object.keys(secrets).length === 0
      ? []
      : await client.paginate(client.actions.listEnvironmentSecrets, { ...place, per_page: 100 });
  const liveVariables =
    Object.keys(variables).length === 0
      ? []
      : await client.paginate(client.actions.listEnvironmentVariables, { ...place, per_page: 30 });
  return [
    ...missingNames(
      "secret",
      liveSecrets.map(({ name }) => name),
      Object.keys(secrets),
    ),
    ...valueDifferences(
      "variable",
      new Map(liveVariables.map(({ name, value }) => [name, value])),
      variables,
    ),
  ];
}
