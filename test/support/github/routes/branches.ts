import { z } from "zod";
import { created, invalid, NO_CONTENT, ok, pages, Refusal, upgradeNeeded } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import { canBeProtected, protectionOf } from "../protection.ts";
import type { Protection, Repository } from "../state-types.ts";
import { branchView, repositoryUrl, shortBranchView, teamView, userView } from "../views.ts";

const newRef = z.object({ ref: z.string(), sha: z.string() });
const movedRef = z.object({ sha: z.string(), force: z.boolean().optional() });

export const BRANCH_ROUTES: Routes = {
  "GET /repos/{owner}/{repo}/branches": (call) => {
    const repository = call.repository();
    const onlyProtected = call.query.get("protected") === "true";
    const shown = [...repository.branches]
      .map(([name, branch]) => ({ name, branch, rule: protectionOf(repository, name) }))
      .filter(({ rule }) => !onlyProtected || rule !== undefined);
    return pages(
      shown.map(({ name, branch, rule }) =>
        shortBranchView(call.url, repository, name, branch, rule !== undefined),
      ),
    );
  },
  "GET /repos/{owner}/{repo}/branches/{branch}": (call) => {
    const repository = call.repository();
    const name = call.parameter("branch");
    const branch = repository.branches.get(name);
    if (branch === undefined) throw new Refusal(404, "Branch not found");
    return ok(branchView(call.url, repository, name, branch, protectionOf(repository, name) !== undefined));
  },
  "GET /repos/{owner}/{repo}/branches/{branch}/protection": (call) => {
    const repository = call.administered();
    if (!canBeProtected(repository)) throw upgradeNeeded();
    const name = call.parameter("branch");
    if (!repository.branches.has(name)) throw new Refusal(404, "Branch not found");
    const rule = protectionOf(repository, name);
    if (rule === undefined) throw new Refusal(404, "Branch not protected");
    return ok(protectionView(call, repository, name, rule));
  },
  "GET /repos/{owner}/{repo}/git/ref/{ref}": (call) => {
    const repository = call.repository();
    const name = call.parameter("ref").replace(/^heads\//, "");
    return ok(refView(call, repository, name, found(repository.branches.get(name)).sha));
  },
  "POST /repos/{owner}/{repo}/git/refs": (call) => {
    const repository = call.repository();
    const { ref, sha } = call.read(newRef);
    const name = ref.replace(/^refs\/heads\//, "");
    if (repository.branches.has(name)) throw invalid("Reference already exists");
    const from = [...repository.branches.values()].find((branch) => branch.sha === sha);
    if (from === undefined) throw invalid("Object does not exist");
    repository.branches.set(name, { sha, files: new Map(from.files) });
    return created(refView(call, repository, name, sha));
  },
  "PATCH /repos/{owner}/{repo}/git/refs/{ref}": (call) => {
    const repository = call.repository();
    const name = call.parameter("ref").replace(/^heads\//, "");
    const branch = found(repository.branches.get(name));
    const { sha } = call.read(movedRef);
    const target = [...repository.branches.values()].find((one) => one.sha === sha);
    if (target === undefined) throw invalid("Object does not exist");
    const files = new Map(target.files);
    branch.files.clear();
    for (const [path, text] of files) branch.files.set(path, text);
    branch.sha = sha;
    return ok(refView(call, repository, name, sha));
  },
  "DELETE /repos/{owner}/{repo}/git/refs/{ref}": (call) => {
    const repository = call.repository();
    const name = call.parameter("ref").replace(/^heads\//, "");
    found(repository.branches.get(name));
    if (protectionOf(repository, name)?.allowsDeletions === false) throw invalid("Cannot delete this branch");
    repository.branches.delete(name);
    return NO_CONTENT;
  },
};

function refView(call: Call, repository: Repository, name: string, sha: string) {
  const self = repositoryUrl(call.url, repository);
  return {
    ref: `refs/heads/${name}`,
    node_id: `REF_${name}`,
    url: `${self}/git/refs/heads/${name}`,
    object: { type: "commit", sha, url: `${self}/git/commits/${sha}` },
  };
}

/** The REST view of what the GraphQL API changes: the same rule in other words. */
function protectionView(call: Call, repository: Repository, branch: string, rule: Protection) {
  const self = `${repositoryUrl(call.url, repository)}/branches/${branch}/protection`;
  const enabled = (value: boolean) => ({ enabled: value });
  return {
    url: self,
    enforce_admins: { url: `${self}/enforce_admins`, enabled: rule.isAdminEnforced },
    required_signatures: { url: `${self}/required_signatures`, enabled: rule.requiresCommitSignatures },
    required_linear_history: enabled(rule.requiresLinearHistory),
    allow_force_pushes: enabled(rule.allowsForcePushes),
    allow_deletions: enabled(rule.allowsDeletions),
    block_creations: enabled(rule.blocksCreations),
    required_conversation_resolution: enabled(rule.requiresConversationResolution),
    lock_branch: enabled(rule.lockBranch),
    allow_fork_syncing: enabled(false),
    ...(rule.requiresStatusChecks
      ? {
          required_status_checks: {
            url: `${self}/required_status_checks`,
            strict: rule.requiresStrictStatusChecks,
            contexts: rule.requiredStatusCheckContexts,
            contexts_url: `${self}/required_status_checks/contexts`,
            checks: rule.requiredStatusCheckContexts.map((context) => ({ context, app_id: null })),
          },
        }
      : {}),
    ...(rule.requiresApprovingReviews
      ? {
          required_pull_request_reviews: {
            url: `${self}/required_pull_request_reviews`,
            dismiss_stale_reviews: rule.dismissesStaleReviews,
            require_code_owner_reviews: rule.requiresCodeOwnerReviews,
            required_approving_review_count: rule.requiredApprovingReviewCount ?? 1,
            require_last_push_approval: rule.requireLastPushApproval,
            ...(rule.bypassPullRequestActorIds.length > 0
              ? { bypass_pull_request_allowances: actors(call, rule.bypassPullRequestActorIds) }
              : {}),
          },
        }
      : {}),
    ...(rule.restrictsPushes
      ? {
          restrictions: {
            url: `${self}/restrictions`,
            users_url: `${self}/restrictions/users`,
            teams_url: `${self}/restrictions/teams`,
            apps_url: `${self}/restrictions/apps`,
            ...actors(call, rule.pushActorIds),
          },
        }
      : {}),
  };
}

function actors(call: Call, ids: readonly string[]) {
  const owners = [...call.state.owners.values()];
  const teams = owners.flatMap((owner) => [...owner.teams.values()].map((team) => ({ owner, team })));
  return {
    users: owners.filter(({ nodeId }) => ids.includes(nodeId)).map((owner) => userView(call.url, owner)),
    teams: teams
      .filter(({ team }) => ids.includes(team.nodeId))
      .map(({ owner, team }) => teamView(call.url, owner, team)),
    apps: [],
  };
}
