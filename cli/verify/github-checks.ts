import type { GovernanceSettings, RepositorySettings } from "../../infra/settings/governance.ts";
import type { Check } from "../doctor/check.ts";
import type { GitHubAccount } from "../doctor/github-account.ts";
import { findingOf } from "./context.ts";
import { actionsDifferences, secretDifferences, variableDifferences } from "./github-actions.ts";
import { codeOwnerDifferences } from "./github-code-owners.ts";
import { labelDifferences } from "./github-labels.ts";
import { protectionDifferences } from "./github-protection.ts";
import { rulesetDifferences } from "./github-rulesets.ts";
import { detailDifferences, securityDifferences } from "./github-repository.ts";
import { environmentDifferences } from "./github-environments.ts";
import type { Place } from "./github-place.ts";

const FIX = "Run `pulumi up --refresh` for this stack, and find out who changed it: GitHub's audit log says.";

/** Lines about each governed repository; only parts that the stack says something of. */
export function gitHubChecks(governance: GovernanceSettings, account: GitHubAccount): readonly Check[] {
  return Object.entries(governance.repositories).flatMap(([repo, settings], index) =>
    repositoryChecks({ owner: governance.owner, repo, isFirst: index === 0 }, settings, account),
  );
}

type Look = (place: Place) => Promise<readonly string[]>;

interface Governed {
  readonly owner: string;
  readonly repo: string;
  readonly isFirst: boolean;
}

function repositoryChecks(
  { owner, repo, isFirst }: Governed,
  settings: RepositorySettings,
  account: GitHubAccount,
): readonly Check[] {
  const name = `${owner}/${repo}`;
  const check = (part: string, title: string, found: string, look: Look): Check => ({
    id: `github.${part}.${repo}`,
    title: `${name} ${title}`,
    side: "github",
    rights: "`repo`, as an administrator of the repository",
    async look() {
      const client = await account.ready();
      const live = await account.existing(owner, repo);
      return findingOf(await look({ client, owner, repo, live }), found, FIX);
    },
  });
  const existence: Check = {
    ...check("repository", "settings", "", () => Promise.resolve([])),
    async look() {
      // In the first line of all a missing token is said in full; the others refer to that one.
      await (isFirst ? account.token() : account.ready());
      const live = await account.repository(owner, repo);
      if (live === undefined)
        return findingOf(
          [`${name} does not exist, or the token may not see it`],
          "",
          "Check owner, name and the token's scope `repo`.",
        );
      return findingOf(detailDifferences(settings, live), "as the stack says", FIX);
    },
  };
  const { actions, branches, environments } = settings;
  return [
    existence,
    ...(actions === undefined
      ? []
      : [
          check("actions", "Actions permissions", "as the stack says", (place) =>
            actionsDifferences(place, actions),
          ),
        ]),
    ...Object.entries(branches).map(([pattern, branch]) =>
      check(`branch.${pattern}`, `branch ${pattern}`, `${branch.kind} as the stack says`, async (place) => {
        const differences = await (branch.kind === "protection"
          ? protectionDifferences(place, pattern, branch)
          : rulesetDifferences(place, pattern, branch));
        return differences.map((difference) => `${pattern}: ${difference}`);
      }),
    ),
    ...secretsAndVariables(settings, check),
    ...Object.entries(environments).map(([environment, planned]) =>
      check(
        `environment.${environment}`,
        `environment ${environment}`,
        "as the stack says",
        async (place) => {
          const differences = await environmentDifferences(place, environment, planned);
          return differences.map((difference) => `${environment}: ${difference}`);
        },
      ),
    ),
    ...ownersAndLabels(settings, check),
    ...(SECURITY.every((key) => settings[key] === undefined)
      ? []
      : [
          check("security", "alerts and scanning", "as the stack says", (place) =>
            securityDifferences(place, settings),
          ),
        ]),
  ];
}

const SECURITY = [
  "vulnerabilityAlerts",
  "dependabotSecurityUpdates",
  "secretScanning",
  "pushProtection",
] as const;

function ownersAndLabels(settings: RepositorySettings, check: MakeCheck): readonly Check[] {
  const { codeOwners, labels, details } = settings;
  return [
    ...(codeOwners === undefined
      ? []
      : [
          check("code-owners", "CODEOWNERS", "as the stack says", (place) =>
            codeOwnerDifferences(place, codeOwners, details.defaultBranch),
          ),
        ]),
    ...(labels === undefined || Object.keys(labels).length === 0
      ? []
      : [check("labels", "labels", "as the stack says", (place) => labelDifferences(place, labels))]),
  ];
}

type MakeCheck = (part: string, title: string, found: string, look: Look) => Check;

/** Secrets by name: GitHub gives no value back. */
function secretsAndVariables(settings: RepositorySettings, check: MakeCheck): readonly Check[] {
  const { secrets, dependabotSecrets, variables } = settings;
  const count = Object.keys(secrets).length + Object.keys(dependabotSecrets).length;
  return [
    ...(count === 0
      ? []
      : [
          check("secrets", "secrets", `${String(count)} there, by name (values cannot be read)`, (place) =>
            secretDifferences(place, settings),
          ),
        ]),
    ...(Object.keys(variables).length === 0
      ? []
      : [
          check("variables", "variables", "as the stack says", (place) =>
            variableDifferences(place, variables),
          ),
        ]),
  ];
}
