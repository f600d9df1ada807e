import type { RepositorySettings } from "../../infra/settings/governance.ts";
import type { Repository } from "../doctor/github-account.ts";
import { fieldDifferences } from "./fields.ts";
import { absentAsUndefined, type Place } from "./github-place.ts";

export function detailDifferences({ details }: RepositorySettings, live: Repository): string[] {
  return fieldDifferences([
    ["visibility", live.visibility, details.visibility],
    ["description", live.description, details.description],
    ["homepage", live.homepage, details.homepage],
    ["topics", live.topics ?? [], details.topics],
    ["defaultBranch", live.default_branch, details.defaultBranch],
    ["issues", live.has_issues, details.issues],
    ["wiki", live.has_wiki, details.wiki],
    ["projects", live.has_projects, details.projects],
    ["discussions", live.has_discussions, details.discussions],
    ["allowMergeCommit", live.allow_merge_commit, details.allowMergeCommit],
    ["allowSquashMerge", live.allow_squash_merge, details.allowSquashMerge],
    ["allowRebaseMerge", live.allow_rebase_merge, details.allowRebaseMerge],
    ["allowAutoMerge", live.allow_auto_merge, details.allowAutoMerge],
    ["allowUpdateBranch", live.allow_update_branch, details.allowUpdateBranch],
    ["deleteBranchOnMerge", live.delete_branch_on_merge, details.deleteBranchOnMerge],
  ]);
}

export async function securityDifferences(
  { client, owner, repo, live }: Place,
  settings: RepositorySettings,
): Promise<string[]> {
  const analysis = live.security_and_analysis;
  const alerts =
    settings.vulnerabilityAlerts === undefined
      ? undefined
      : // 204 for on, 404 for off ("Check if vulnerability alerts are enabled").
        (await absentAsUndefined(client.repos.checkVulnerabilityAlerts({ owner, repo }))) !== undefined;
  const fixes =
    settings.dependabotSecurityUpdates === undefined
      ? undefined
      : await absentAsUndefined(client.repos.checkAutomatedSecurityFixes({ owner, repo }));
  return fieldDifferences([
    ["vulnerabilityAlerts", alerts, settings.vulnerabilityAlerts],
    ["dependabotSecurityUpdates", fixes?.data.enabled ?? false, settings.dependabotSecurityUpdates],
    ["secretScanning", analysis?.secret_scanning?.status === "enabled", settings.secretScanning],
    [
      "pushProtection",
      analysis?.secret_scanning_push_protection?.status === "enabled",
      settings.pushProtection,
    ],
  ]);
}
