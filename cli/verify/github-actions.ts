import type { RepositorySettings } from "../../infra/settings/governance.ts";
import { fieldDifferences, missingNames, valueDifferences } from "./fields.ts";
import type { Place } from "./github-place.ts";

export async function actionsDifferences(
  { client, owner, repo }: Place,
  planned: NonNullable<RepositorySettings["actions"]>,
): Promise<string[]> {
  const { data: live } = await client.actions.getGithubActionsPermissionsRepository({ owner, repo });
  const pinning: Readonly<Record<string, unknown>> = { ...live };
  const differences = fieldDifferences([
    ["enabled", live.enabled, planned.enabled],
    ["allowed", live.allowed_actions, planned.enabled ? planned.allowed : undefined],
    ["shaPinningRequired", pinning["sha_pinning_required"] ?? false, planned.shaPinningRequired],
  ]);
  if (!planned.enabled || !live.enabled) return differences;
  const { data: token } = await client.actions.getGithubActionsDefaultWorkflowPermissionsRepository({
    owner,
    repo,
  });
  const tokenDifferences = fieldDifferences([
    ["workflowToken", token.default_workflow_permissions, planned.workflowToken],
    ["mayApprovePullRequests", token.can_approve_pull_request_reviews, planned.mayApprovePullRequests],
  ]);
  const { selected } = planned;
  // GitHub has this list only while it is in force; otherwise `allowed` differs, and says so.
  if (planned.allowed !== "selected" || live.allowed_actions !== "selected" || selected === undefined)
    return [...differences, ...tokenDifferences];
  const { data: list } = await client.actions.getAllowedActionsRepository({ owner, repo });
  return [
    ...differences,
    ...tokenDifferences,
    ...fieldDifferences([
      ["selected.githubOwned", list.github_owned_allowed, selected.githubOwned],
      ["selected.verified", list.verified_allowed, selected.verified],
      ["selected.patterns", list.patterns_allowed ?? [], selected.patterns],
    ]),
  ];
}

export async function secretDifferences(
  { client, owner, repo }: Place,
  { secrets, dependabotSecrets }: Pick<RepositorySettings, "secrets" | "dependabotSecrets">,
): Promise<string[]> {
  const [actions, dependabot] = await Promise.all([
    client.paginate(client.actions.listRepoSecrets, { owner, repo, per_page: 100 }),
    Object.keys(dependabotSecrets).length === 0
      ? []
      : client.paginate(client.dependabot.listRepoSecrets, { owner, repo, per_page: 100 }),
  ]);
  const names = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);
  return [
    ...missingNames("secret", names(actions), Object.keys(secrets)),
    ...missingNames("Dependabot secret", names(dependabot), Object.keys(dependabotSecrets)),
  ];
}

export async function variableDifferences(
  { client, owner, repo }: Place,
  planned: RepositorySettings["variables"],
): Promise<string[]> {
  const live = await client.paginate(client.actions.listRepoVariables, { owner, repo, per_page: 30 });
  return valueDifferences("variable", new Map(live.map(({ name, value }) => [name, value])), planned);
}
