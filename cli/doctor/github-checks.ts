import type { GovernanceSettings } from "../../infra/settings/governance.ts";
import type { Check, Finding } from "./check.ts";
import type { GitHubAccount, Token } from "./github-account.ts";
import { minutesCheck } from "./github-minutes.ts";
import { ownerCheck } from "./github-owner.ts";
import { protectionChecks, type Deployed } from "./github-protection.ts";
import { repositoryChecks } from "./github-repositories.ts";

export interface GitHubQuestions {
  /** Undefined for a stack that governs nothing: then only the token is looked at, where there is one. */
  readonly governance: GovernanceSettings | undefined;
  readonly account: GitHubAccount;
  /** The stack as claims name it: PROJECT/STACK. */
  readonly stack: string;
  /** Its name alone, as commands take it. */
  readonly name: string;
  /** What the stack made itself at an earlier `up`. */
  readonly deployed: () => Promise<Deployed | undefined>;
  /** This machine's clock, milliseconds since 1970. */
  readonly now: () => number;
}

/** Everything of GitHub that a stack builds on. */
export function gitHubChecks({
  governance,
  account,
  stack,
  name,
  deployed,
  now,
}: GitHubQuestions): readonly Check[] {
  if (governance === undefined) return account.client === undefined ? [] : [tokenCheck(account)];
  return [
    tokenCheck(account),
    ownerCheck(governance, account),
    ...repositoryChecks(governance, account, stack),
    ...protectionChecks(governance, account, { stack: name, deployed }),
    minutesCheck(governance, account, now),
  ];
}

/**
 * Scopes without which the delivery stands still: `repo` for everything that is governed, `workflow` for a push that
 * touches `.github/workflows`. Source: GitHub documentation, "Scopes for OAuth apps".
 */
const SCOPES = {
  repo: "settings, secrets and branch protection of repositories cannot be changed",
  workflow: "every push that touches .github/workflows is refused",
} as const;

function tokenCheck(account: GitHubAccount): Check {
  return {
    id: "github.token",
    title: "GitHub token",
    side: "github",
    rights: "any token",
    async look() {
      return tokenFinding(await account.token());
    },
  };
}

export function tokenFinding({ scopes, login }: Token): Finding {
  const whose = login === undefined ? "a token of an App or a workflow" : `the token of ${login}`;
  if (scopes === undefined)
    return {
      status: "warning",
      found: `${whose}: what it may do cannot be told from it`,
      fix: "See that it has Administration, Actions, Contents, Dependabot secrets, Environments, Issues, Secrets, Variables and Workflows, read and write, on every governed repository.",
    };
  const missing = (Object.keys(SCOPES) as (keyof typeof SCOPES)[]).filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return { status: "ok", found: `${whose}; scopes ${scopes.join(", ")}` };
  return {
    status: "failed",
    found: `${whose} lacks the scope ${missing.map((scope) => `\`${scope}\` (${SCOPES[scope]})`).join(" and ")}; it has ${scopes.length === 0 ? "none" : scopes.join(", ")}`,
    fix: `gh auth refresh --scopes ${missing.join(",")}, or tick ${missing.join(" and ")} at https://github.com/settings/tokens.`,
  };
}
