import { countedPages, notFound, ok, pages, Refusal } from "../answers.ts";
import type { Call, Routes } from "../call.ts";
import type { Owner } from "../state-types.ts";
import { teamView, userView } from "../views.ts";

/** Minutes a month included in a plan. Source: "About billing for GitHub Actions". */
const INCLUDED_MINUTES = { free: 2000, pro: 3000, team: 3000, enterprise: 50_000 } as const;

export const OWNER_ROUTES: Routes = {
  "GET /user": (call) => ok(privateUser(call, call.user())),
  "GET /users/{username}": (call) => ok(publicUser(call, call.owner("username"))),
  // The form by numeric id, which the documented list of users links to.
  "GET /user/{account_id}": (call) => {
    const wanted = call.parameter("account_id");
    const owner = [...call.state.owners.values()].find(({ id }) => String(id) === wanted);
    if (owner === undefined) throw notFound();
    return ok(publicUser(call, owner));
  },
  "GET /orgs/{org}": (call) => ok(organization(call, call.owner("org", "Organization"))),
  "GET /orgs/{org}/teams": (call) => {
    const owner = call.owner("org", "Organization");
    return pages(teamsOf(call, owner));
  },
  "GET /orgs/{org}/teams/{team_slug}": (call) => {
    const owner = call.owner("org", "Organization");
    readsOrganization(call);
    const team = owner.teams.get(call.parameter("team_slug"));
    if (team === undefined) throw notFound();
    return ok(fullTeam(call, owner, team.slug));
  },
  // Lists that clients read along with a person or a team; nothing here has any.
  "GET /orgs/{org}/teams/{team_slug}/members": (call) => none(call, call.owner("org", "Organization")),
  "GET /orgs/{org}/teams/{team_slug}/repos": (call) => none(call, call.owner("org", "Organization")),
  "GET /users/{username}/gpg_keys": (call) => none(call, call.owner("username")),
  "GET /users/{username}/keys": (call) => none(call, call.owner("username")),
  "GET /orgs/{org}/installations": (call) => {
    const owner = call.owner("org", "Organization");
    readsOrganization(call);
    return countedPages(
      "installations",
      owner.installations.map(({ id, app }) => installation(call, owner, id, app)),
    );
  },
  "GET /users/{username}/settings/billing/usage": (call) => usage(call, call.owner("username", "User")),
  "GET /organizations/{org}/settings/billing/usage": (call) => usage(call, call.owner("org", "Organization")),
  "GET /rate_limit": () => {
    const rate = { limit: 5000, used: 0, remaining: 5000, reset: 0 };
    return ok({ resources: { core: rate, search: rate, graphql: rate }, rate });
  },
};

/** @throws Refusal (403) where a classic token lacks the scope that reads an organization's inside */
function readsOrganization(call: Call): void {
  call.user();
  if (!call.has("read:org") && !call.has("admin:org") && !call.has("repo"))
    throw new Refusal(403, "You must be an org member or have proper credentials.");
}

/** An empty list of an owner that exists; those of an organization's inside need a scope. */
function none(call: Call, { kind }: Owner) {
  if (kind === "Organization") readsOrganization(call);
  return pages([]);
}

function teamsOf(call: Call, owner: Owner) {
  readsOrganization(call);
  return [...owner.teams.values()].map((team) => teamView(call.url, owner, team));
}

function fullTeam(call: Call, owner: Owner, slug: string) {
  const team = owner.teams.get(slug);
  if (team === undefined) throw notFound();
  return {
    ...teamView(call.url, owner, team),
    members_count: 1,
    repos_count: 0,
    created_at: call.state.time(),
    updated_at: call.state.time(),
    organization: organization(call, owner),
  };
}

function publicUser(call: Call, owner: Owner) {
  return {
    ...userView(call.url, owner),
    name: null,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: call.state.time(),
    updated_at: call.state.time(),
  };
}

function privateUser(call: Call, owner: Owner) {
  return {
    ...publicUser(call, owner),
    private_gists: 0,
    total_private_repos: 0,
    owned_private_repos: 0,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
    plan: { name: owner.plan, space: 976_562_499, private_repos: 10_000, collaborators: 0 },
  };
}

function organization(call: Call, owner: Owner) {
  const self = `${call.url}/orgs/${owner.login}`;
  return {
    login: owner.login,
    id: owner.id,
    node_id: owner.nodeId,
    url: self,
    repos_url: `${self}/repos`,
    events_url: `${self}/events`,
    hooks_url: `${self}/hooks`,
    issues_url: `${self}/issues`,
    members_url: `${self}/members{/member}`,
    public_members_url: `${self}/public_members{/member}`,
    avatar_url: `${call.url}/avatars/${String(owner.id)}`,
    html_url: `https://github.com/${owner.login}`,
    description: null,
    type: "Organization",
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: call.state.time(),
    updated_at: call.state.time(),
    archived_at: null,
    plan: { name: owner.plan, space: 976_562_499, private_repos: 10_000, filled_seats: 1, seats: 1 },
  };
}

function installation(call: Call, owner: Owner, id: number, app: string) {
  return {
    id,
    account: userView(call.url, owner),
    repository_selection: "all",
    access_tokens_url: `${call.url}/app/installations/${String(id)}/access_tokens`,
    repositories_url: `${call.url}/installation/repositories`,
    html_url: `https://github.com/organizations/${owner.login}/settings/installations/${String(id)}`,
    app_id: id,
    app_slug: app,
    target_id: owner.id,
    target_type: owner.kind,
    permissions: { metadata: "read", statuses: "write" },
    events: ["pull_request"],
    created_at: call.state.time(),
    updated_at: call.state.time(),
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}

/** The report of the enhanced billing platform; the older answer with `included_minutes` was closed in 2025. */
function usage(call: Call, owner: Owner) {
  if (call.user() !== owner && owner.kind === "User") throw notFound();
  const items =
    owner.usageItems.length > 0 || owner.minutesUsed === 0
      ? owner.usageItems
      : [actionsMinutes(call, owner, owner.minutesUsed)];
  return ok({ usageItems: items });
}

function actionsMinutes(call: Call, owner: Owner, minutes: number) {
  const free = Math.min(minutes, INCLUDED_MINUTES[owner.plan]);
  const pricePerUnit = 0.006;
  return {
    date: call.state.time(),
    product: "actions",
    sku: "actions_linux",
    quantity: minutes,
    unitType: "minutes",
    pricePerUnit,
    grossAmount: minutes * pricePerUnit,
    discountAmount: free * pricePerUnit,
    netAmount: (minutes - free) * pricePerUnit,
    ...(owner.kind === "Organization" ? { organizationName: owner.login } : {}),
  };
}
