/**
 * What each setting needs of the owner's GitHub plan or kind, for docs/governance.md, by path with NAME for a name
 * of the user's. The rules that refuse it are in `governance-rules-features.ts`, with their sources; a test holds
 * the two together.
 */
export const PLAN_NEEDS: Readonly<Record<string, string>> = {
  "repositories.NAME.details.visibility": "internal: enterprise",
  "repositories.NAME.branches": "pro, team or enterprise",
  "repositories.NAME.branches.NAME.pushers": "an organization, also where public",
  "repositories.NAME.branches.NAME.bypass": "an organization, also where public",
  "repositories.NAME.branches.NAME.mergeQueue": "enterprise; where public, an organization",
  "repositories.NAME.codeOwners": "pro, team or enterprise",
  "repositories.NAME.environments": "pro, team or enterprise",
  "repositories.NAME.environments.NAME.reviewers": "enterprise",
  "repositories.NAME.environments.NAME.reviewers.teams": "an organization, also where public",
  "repositories.NAME.environments.NAME.waitMinutes": "enterprise",
  "repositories.NAME.secretScanning": "an organization with team or enterprise",
  "repositories.NAME.pushProtection": "an organization with team or enterprise",
};
