import { z } from "zod";
import type { BranchSettings } from "../../infra/settings/governance.ts";
import { fieldDifferences } from "./fields.ts";
import type { Place } from "./github-place.ts";

/** What the stack says something of; a rule forbids by being there. */
const pullRequestSchema = z.object({
  required_approving_review_count: z.int(),
  dismiss_stale_reviews_on_push: z.boolean(),
  require_code_owner_review: z.boolean(),
  require_last_push_approval: z.boolean(),
  required_review_thread_resolution: z.boolean(),
});
const statusChecksSchema = z.object({
  strict_required_status_checks_policy: z.boolean(),
  required_status_checks: z.array(z.object({ context: z.string() })),
});

/** A ruleset against the stack, field by field. It is found by its name, or by its id where it was adopted. */
export async function rulesetDifferences(
  { client, owner, repo }: Place,
  pattern: string,
  planned: BranchSettings,
): Promise<string[]> {
  const all = await client.paginate(client.repos.getRepoRulesets, {
    owner,
    repo,
    includes_parents: false,
    per_page: 100,
  });
  const found = all.find(({ id, name, target }) =>
    typeof planned.existing === "number" ? id === planned.existing : name === pattern && target === "branch",
  );
  if (found === undefined) return ["has no ruleset"];
  const { data } = await client.repos.getRepoRuleset({ owner, repo, ruleset_id: found.id });
  const rules = new Map<string, object>((data.rules ?? []).map((rule) => [rule.type, rule]));
  const parameters = (type: string): unknown => {
    const rule = rules.get(type);
    return rule !== undefined && "parameters" in rule ? rule.parameters : undefined;
  };
  const review = pullRequestSchema.safeParse(parameters("pull_request")).data;
  const checks = statusChecksSchema.safeParse(parameters("required_status_checks")).data;
  const included: readonly string[] = refNames(data.conditions);
  return fieldDifferences([
    ["enforcement", data.enforcement, "active"],
    ["branches", included, [pattern.startsWith("~") ? pattern : `refs/heads/${pattern}`]],
    ["approvals", review?.required_approving_review_count ?? "not required", planned.approvals],
    ["dismissStaleApprovals", review?.dismiss_stale_reviews_on_push ?? false, planned.dismissStaleApprovals],
    ["codeOwnerReview", review?.require_code_owner_review ?? false, planned.codeOwnerReview],
    ["lastPushApproval", review?.require_last_push_approval ?? false, planned.lastPushApproval],
    [
      "conversationsResolved",
      review?.required_review_thread_resolution ?? false,
      planned.conversationsResolved,
    ],
    ["checks", checks?.required_status_checks.map(({ context }) => context) ?? [], planned.checks],
    [
      "upToDate",
      checks?.strict_required_status_checks_policy ?? false,
      planned.checks.length === 0 ? undefined : planned.upToDate,
    ],
    ["linearHistory", rules.has("required_linear_history"), planned.linearHistory],
    ["signedCommits", rules.has("required_signatures"), planned.signedCommits],
    ["forcePushes", !rules.has("non_fast_forward"), planned.forcePushes],
    ["deletion", !rules.has("deletion"), planned.deletion],
    ["mergeQueue", rules.has("merge_queue"), planned.mergeQueue],
    [
      "administratorsIncluded",
      !(data.bypass_actors ?? []).some(isAdministrators),
      planned.administratorsIncluded,
    ],
    [
      "number of teams that bypass",
      (data.bypass_actors ?? []).filter((one) => one.actor_type === "Team").length,
      (planned.bypass ?? []).length,
    ],
  ]);
}

/** The administrators of a repository, or an organization's owners: either goes round the ruleset. */
function isAdministrators(one: {
  readonly actor_type: string;
  readonly actor_id?: number | null | undefined;
}): boolean {
  return (
    one.actor_type === "OrganizationAdmin" || (one.actor_type === "RepositoryRole" && one.actor_id === 5)
  );
}

function refNames(conditions: unknown): readonly string[] {
  const schema = z.object({ ref_name: z.object({ include: z.array(z.string()) }) });
  return schema.safeParse(conditions).data?.ref_name.include ?? [];
}
