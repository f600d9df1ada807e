import { CLAIM_VARIABLE } from "../../model/owners.ts";
import type { GitHub } from "../github-client.ts";
import { statusOf, type Check, type Finding } from "./check.ts";
import type { GitHubAccount } from "./github-account.ts";

/** Whether another stack governs the repository already: two would undo each other's settings for ever (FM-67). */
export function claimCheck(owner: string, repo: string, stack: string, account: GitHubAccount): Check {
  return {
    id: `github.claim.${repo}`,
    title: `Owner stack of ${repo}`,
    side: "github",
    rights: "`repo`",
    async look() {
      const client = await account.ready();
      await account.existing(owner, repo);
      return claimFinding(await claimOf(client, owner, repo), stack);
    },
  };
}

/** Undefined where no stack has claimed it. */
async function claimOf(client: GitHub, owner: string, repo: string): Promise<string | undefined> {
  try {
    return (await client.actions.getRepoVariable({ owner, repo, name: CLAIM_VARIABLE })).data.value;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** @param stack as the claim names it: PROJECT/STACK */
export function claimFinding(claim: string | undefined, stack: string): Finding {
  if (claim === undefined) return { status: "ok", found: "governed by no stack yet" };
  if (claim === stack) return { status: "ok", found: "governed by this stack" };
  return {
    status: "failed",
    found: `governed by the stack ${claim} already, this one is ${stack}`,
    fix: `Take the repository out of one of the two; where ${claim} is gone for good, delete the repository's Actions variable ${CLAIM_VARIABLE}.`,
  };
}
