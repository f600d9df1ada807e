import type { GovernanceSettings, RepositorySettings } from "../../infra/settings/governance.ts";
import type { GitHub } from "../github-client.ts";
import { statusOf, type Check, type Finding } from "./check.ts";
import { claimCheck } from "./github-claim.ts";
import type { GitHubAccount, Repository } from "./github-account.ts";

/** One line a repository, and one on the OIDC subject of each that has environments. */
export function repositoryChecks(
  { owner, repositories }: GovernanceSettings,
  account: GitHubAccount,
  stack: string,
): readonly Check[] {
  return Object.entries(repositories).flatMap(([name, settings]) => [
    {
      id: `github.repository.${name}`,
      title: `Repository ${name}`,
      side: "github",
      rights: "`repo`, as an administrator of the repository",
      async look() {
        await account.ready();
        return repositoryFinding(owner, name, settings, await account.repository(owner, name));
      },
    } satisfies Check,
    claimCheck(owner, name, stack, account),
    ...(Object.keys(settings.environments).length === 0 ? [] : [subjectCheck(owner, name, account)]),
  ]);
}

export function repositoryFinding(
  owner: string,
  name: string,
  settings: Pick<RepositorySettings, "create" | "details">,
  found: Pick<Repository, "full_name" | "archived" | "permissions" | "private" | "visibility"> | undefined,
): Finding {
  const full = `${owner}/${name}`;
  if (found === undefined) {
    if (settings.create) return { status: "ok", found: `${full} is not there yet: \`up\` makes it` };
    return {
      status: "failed",
      found: `${full} is not there, or the token may not see it`,
      fix: "Mend the name, use a token that may see it, or set create: true.",
    };
  }
  if (found.full_name.toLowerCase() !== full.toLowerCase())
    return {
      status: "failed",
      found: `${full} is called ${found.full_name} by now`,
      fix: "Use its new name in the stack file: GitHub only forwards the old one until somebody takes it.",
    };
  if (found.archived)
    return {
      status: "failed",
      found: `${full} is archived: nothing of it can be changed`,
      fix: "Bring it back in its settings, or take it out of the stack file.",
    };
  if (found.permissions?.admin === false)
    return {
      status: "failed",
      found: `whoever has the token is no administrator of ${full}`,
      fix: "Ask one for the role Admin, or use the token of one.",
    };
  const visibility = found.visibility ?? (found.private ? "private" : "public");
  if (visibility !== settings.details.visibility)
    return {
      status: "warning",
      found: `${full} is ${visibility}, \`up\` makes it ${settings.details.visibility}`,
      fix: "Mend details.visibility where that is not meant: what was public once has been read.",
    };
  return { status: "ok", found: `${full}, ${visibility}, administrable` };
}

/** The subject that trust policies of roles compare, for every environment of a repository (FM-64). */
function subjectCheck(owner: string, repo: string, account: GitHubAccount): Check {
  return {
    id: `github.oidc-subject.${repo}`,
    title: `OIDC subject of ${repo}`,
    side: "github",
    rights: "`repo`",
    async look() {
      const client = await account.ready();
      const found = await account.existing(owner, repo);
      return subjectFinding(found, await subjectOf(client, owner, repo));
    },
  };
}

interface Subject {
  readonly use_default: boolean;
  readonly include_claim_keys?: string[];
}

async function subjectOf(client: GitHub, owner: string, repo: string): Promise<Subject> {
  try {
    return (await client.actions.getCustomOidcSubClaimForRepo({ owner, repo })).data;
  } catch (error) {
    // GitHub knows no template of a repository that never had one.
    if (statusOf(error) === 404) return { use_default: true };
    throw error;
  }
}

export function subjectFinding(
  {
    full_name: name,
    id,
    owner,
  }: {
    readonly full_name: string;
    readonly id: number;
    readonly owner: { readonly login: string; readonly id: number };
  },
  { use_default: usual, include_claim_keys: keys = [] }: Subject,
): Finding {
  const forms = [
    name,
    `${owner.login}@${String(owner.id)}/${name.slice(owner.login.length + 1)}@${String(id)}`,
  ].map((form) => `repo:${form}:environment:NAME`);
  if (usual) return { status: "ok", found: `GitHub's own: ${forms.join(", or with ids ")}` };
  return {
    status: "failed",
    found: `made of ${keys.join(", ")} instead of GitHub's own form: no role that trusts ${forms[0] ?? name} lets it in`,
    fix: `gh api --method PUT repos/${name}/actions/oidc/customization/sub -F use_default=true`,
  };
}
