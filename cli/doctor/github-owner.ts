import type { GovernanceSettings } from "../../infra/settings/governance.ts";
import { governanceProblems } from "../../infra/settings/governance-rules.ts";
import type { GitHub } from "../github-client.ts";
import { statusOf, type Check, type Finding } from "./check.ts";
import type { GitHubAccount } from "./github-account.ts";

export type GitHubPlan = GovernanceSettings["plan"];

/** What GitHub tells of an owner. */
export interface Owner {
  readonly kind: "user" | "organization";
  /** GitHub's own word for the plan; undefined where the token may not see it. */
  readonly plan: string | undefined;
}

/** Whether the owner is what the stack file says: the settings are judged by kind and plan (FM-60). */
export function ownerCheck(governance: GovernanceSettings, account: GitHubAccount): Check {
  return {
    id: "github.owner",
    title: "GitHub owner",
    side: "github",
    rights: "`read:org`, as an owner of the organization, or `user` for one's own plan",
    async look() {
      const client = await account.ready();
      const { login, plan } = await account.token();
      const own = login?.toLowerCase() === governance.owner.toLowerCase();
      const owner = await findOwner(client, governance.owner, own ? plan : undefined);
      return ownerFinding(governance, owner);
    },
  };
}

async function findOwner(
  client: GitHub,
  name: string,
  ownPlan: string | undefined,
): Promise<Owner | undefined> {
  try {
    const { data } = await client.users.getByUsername({ username: name });
    if (data.type !== "Organization") return { kind: "user", plan: ownPlan };
    const { data: organization } = await client.orgs.get({ org: name });
    return { kind: "organization", plan: organization.plan?.name };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** GitHub's words for plans, older ones included, as the settings name them. */
const PLANS: ReadonlyMap<string, GitHubPlan> = new Map([
  ["free", "free"],
  ["pro", "pro"],
  ["team", "team"],
  ["business", "enterprise"],
  ["business_plus", "enterprise"],
  ["enterprise", "enterprise"],
]);

export function ownerFinding(governance: GovernanceSettings, owner: Owner | undefined): Finding {
  const { owner: name, ownerKind, plan: stated } = governance;
  if (owner === undefined)
    return {
      status: "failed",
      found: `GitHub has no owner ${name}`,
      fix: "Mend governance.owner in the stack file.",
    };
  if (owner.kind !== ownerKind)
    return {
      status: "failed",
      found: `${name} is ${article(owner.kind)}, the stack file says ${article(ownerKind)}`,
      fix: `Set governance.ownerKind: ${owner.kind}.`,
    };
  const found = `${name}, ${article(owner.kind)}`;
  if (owner.plan === undefined)
    return {
      status: "warning",
      found: `${found}; its plan is not shown to this token, the stack file says ${stated}`,
      fix:
        owner.kind === "user"
          ? "See the plan at https://github.com/settings/billing."
          : `See the plan at https://github.com/organizations/${name}/settings/billing.`,
    };
  const actual = PLANS.get(owner.plan.toLowerCase());
  if (actual === stated) return { status: "ok", found: `${found} on the ${stated} plan` };
  if (actual === undefined)
    return {
      status: "warning",
      found: `${found} on the plan ${JSON.stringify(owner.plan)}, of which nothing is known here; the stack file says ${stated}`,
      fix: "See that this plan has every feature the stack asks for.",
    };
  const lacking = lackingOn(governance, actual);
  const what =
    lacking.length === 0
      ? "; nothing in the stack file needs more"
      : `, where GitHub refuses ${lacking.join(", ")}, half way through \`up\``;
  return {
    status: lacking.length === 0 ? "warning" : "failed",
    found: `${found} on the ${actual} plan, the stack file says ${stated}${what}`,
    fix: `Set governance.plan: ${actual}${lacking.length === 0 ? "" : ", and take out what it lacks, or change the plan"}.`,
  };
}

/** Settings that the rules refuse on the real plan and pass on the stated one. */
function lackingOn(governance: GovernanceSettings, plan: GitHubPlan): string[] {
  return [...governanceProblems({ ...governance, plan })].map(([path]) => path.replace(/^governance\./, ""));
}

function article(kind: Owner["kind"]): string {
  return kind === "user" ? "a user" : "an organization";
}
