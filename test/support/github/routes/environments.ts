import { z } from "zod";
import { countedPages, invalid, NO_CONTENT, notFound, ok, Refusal } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import type { Environment, Repository, Variable } from "../state-types.ts";
import { repositoryUrl, teamView, userView } from "../views.ts";

const BASE = "/repos/{owner}/{repo}/environments";
const POLICIES = `${BASE}/{environment_name}/deployment-branch-policies`;

const wanted = z
  .object({
    wait_timer: z.int().min(0).max(43_200),
    prevent_self_review: z.boolean(),
    can_admins_bypass: z.boolean(),
    reviewers: z
      .array(z.object({ type: z.enum(["User", "Team"]), id: z.int() }))
      .max(6)
      .nullable(),
    deployment_branch_policy: z
      .object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
      .nullable(),
  })
  .partial();

const policy = z.object({ name: z.string().min(1), type: z.enum(["branch", "tag"]).default("branch") });

export const ENVIRONMENT_ROUTES: Routes = {
  [`GET ${BASE}`]: (call) => {
    const repository = call.repository();
    return countedPages(
      "environments",
      [...repository.environments.values()].map((one) => view(call, repository, one)),
    );
  },
  [`GET ${BASE}/{environment_name}`]: (call) => {
    const repository = call.repository();
    return ok(view(call, repository, call.environment(repository)));
  },
  [`PUT ${BASE}/{environment_name}`]: (call) => {
    const repository = call.repository();
    return ok(view(call, repository, put(call, repository)));
  },
  [`DELETE ${BASE}/{environment_name}`]: (call) => {
    const repository = call.repository();
    repository.environments.delete(call.environment(repository).name);
    return NO_CONTENT;
  },
  [`GET ${POLICIES}`]: (call) =>
    countedPages(
      "branch_policies",
      [...call.environment(call.repository()).policies].map(([id, one]) => policyView(id, one)),
    ),
  [`POST ${POLICIES}`]: (call) => {
    const environment = call.environment(call.repository());
    if (environment.branchPolicy?.custom_branch_policies !== true) throw notFound();
    const { name, type } = call.read(policy);
    const known = [...environment.policies.values()];
    // Source: "Create a deployment branch policy", status 303.
    if (known.some((one) => one.name === name && one.type === type))
      throw new Refusal(303, "Response if the same branch name pattern already exists");
    const id = call.state.id();
    environment.policies.set(id, { name, type });
    return ok(policyView(id, { name, type }));
  },
  [`GET ${POLICIES}/{branch_policy_id}`]: (call) => {
    const id = Number(call.parameter("branch_policy_id"));
    return ok(policyView(id, found(call.environment(call.repository()).policies.get(id))));
  },
  [`PUT ${POLICIES}/{branch_policy_id}`]: (call) => {
    const id = Number(call.parameter("branch_policy_id"));
    const one = found(call.environment(call.repository()).policies.get(id));
    one.name = call.read(policy).name;
    return ok(policyView(id, one));
  },
  [`DELETE ${POLICIES}/{branch_policy_id}`]: (call) => {
    const { policies } = call.environment(call.repository());
    if (!policies.delete(Number(call.parameter("branch_policy_id")))) throw notFound();
    return NO_CONTENT;
  },
};

/** Source: "Create or update an environment": what is not said goes back to its default. */
function put(call: Call, repository: Repository): Environment {
  const body = call.read(wanted);
  const name = decodeURIComponent(call.parameter("environment_name"));
  const branches = body.deployment_branch_policy ?? null;
  if (branches?.protected_branches === branches?.custom_branch_policies && branches !== null)
    throw invalid("The protected_branches and custom_branch_policies cannot have the same value.");
  const reviewers = body.reviewers ?? [];
  const needsPlan = reviewers.length > 0 || (body.wait_timer ?? 0) > 0;
  // Source: "Managing environments for deployment", availability of reviewers and wait timer.
  if (needsPlan && repository.settings.visibility !== "public" && repository.owner.plan !== "enterprise")
    throw invalid(
      "Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.",
    );
  for (const reviewer of reviewers)
    if (reviewerView(call, reviewer) === undefined) throw invalid("Validation Failed");
  const before = repository.environments.get(name);
  const policies: Environment["policies"] = new Map(
    branches?.custom_branch_policies === true ? before?.policies : [],
  );
  const environment: Environment = {
    id: before?.id ?? call.state.id(),
    name,
    waitMinutes: body.wait_timer ?? 0,
    preventSelfReview: body.prevent_self_review ?? false,
    canAdminsBypass: body.can_admins_bypass ?? true,
    reviewers,
    branchPolicy: branches,
    policies,
    secrets: before?.secrets ?? call.state.newStore(),
    variables: before?.variables ?? new Map<string, Variable>(),
    createdAt: before?.createdAt ?? call.state.time(),
  };
  repository.environments.set(name, environment);
  return environment;
}

function policyView(id: number, { name, type }: { name: string; type: "branch" | "tag" }) {
  return { id, node_id: `DBP_${String(id)}`, name, type };
}

function reviewerView(call: Call, { type, id }: { type: "User" | "Team"; id: number }) {
  const owners = [...call.state.owners.values()];
  if (type === "User") {
    const user = owners.find((owner) => owner.id === id);
    return user === undefined ? undefined : userView(call.url, user);
  }
  for (const owner of owners)
    for (const team of owner.teams.values()) if (team.id === id) return teamView(call.url, owner, team);
  return undefined;
}

function view(call: Call, repository: Repository, environment: Environment) {
  const { id, name, waitMinutes, reviewers, branchPolicy, preventSelfReview, createdAt } = environment;
  const rule = (kind: string, number: number) => ({
    id: number,
    node_id: `GA_${String(number)}`,
    type: kind,
  });
  return {
    id,
    node_id: `EN_${String(id)}`,
    name,
    url: `${repositoryUrl(call.url, repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `https://github.com/${repository.owner.login}/${repository.name}/deployments/activity_log?environments_filter=${name}`,
    created_at: createdAt,
    updated_at: createdAt,
    can_admins_bypass: environment.canAdminsBypass,
    protection_rules: [
      ...(waitMinutes > 0 ? [{ ...rule("wait_timer", id * 10 + 1), wait_timer: waitMinutes }] : []),
      ...(reviewers.length > 0
        ? [
            {
              ...rule("required_reviewers", id * 10 + 2),
              prevent_self_review: preventSelfReview,
              reviewers: reviewers.map((one) => ({ type: one.type, reviewer: reviewerView(call, one) })),
            },
          ]
        : []),
      ...(branchPolicy === null ? [] : [rule("branch_policy", id * 10 + 3)]),
    ],
    deployment_branch_policy: branchPolicy,
  };
}
