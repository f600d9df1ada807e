import { createHash } from "node:crypto";
import { sha1 } from "./state.ts";
import type { Branch, Commit, Label, Owner, Repository, Team } from "./state-types.ts";

/** How GitHub shows what it holds; each shape is checked against the published description of the REST API. */

export function userView(url: string, { id, nodeId, login, kind }: Owner) {
  const self = `${url}/users/${login}`;
  const below = (name: string): string => `${self}/${name}`;
  return {
    login,
    id,
    node_id: nodeId,
    type: kind,
    site_admin: false,
    gravatar_id: "",
    avatar_url: `${url}/avatars/${String(id)}`,
    url: self,
    html_url: `https://github.com/${login}`,
    followers_url: below("followers"),
    following_url: below("following{/other_user}"),
    gists_url: below("gists{/gist_id}"),
    starred_url: below("starred{/owner}{/repo}"),
    subscriptions_url: below("subscriptions"),
    organizations_url: below("orgs"),
    repos_url: below("repos"),
    events_url: below("events{/privacy}"),
    received_events_url: below("received_events"),
  };
}

/** Parts of the address of a repository that its view repeats, by the name of the field. */
const LINKS = {
  archive_url: "{archive_format}{/ref}",
  assignees_url: "assignees{/user}",
  blobs_url: "git/blobs{/sha}",
  branches_url: "branches{/branch}",
  collaborators_url: "collaborators{/collaborator}",
  comments_url: "comments{/number}",
  commits_url: "commits{/sha}",
  compare_url: "compare/{base}...{head}",
  contents_url: "contents/{+path}",
  contributors_url: "contributors",
  deployments_url: "deployments",
  downloads_url: "downloads",
  events_url: "events",
  forks_url: "forks",
  git_commits_url: "git/commits{/sha}",
  git_refs_url: "git/refs{/sha}",
  git_tags_url: "git/tags{/sha}",
  hooks_url: "hooks",
  issue_comment_url: "issues/comments{/number}",
  issue_events_url: "issues/events{/number}",
  issues_url: "issues{/number}",
  keys_url: "keys{/key_id}",
  labels_url: "labels{/name}",
  languages_url: "languages",
  merges_url: "merges",
  milestones_url: "milestones{/number}",
  notifications_url: "notifications{?since,all,participating}",
  pulls_url: "pulls{/number}",
  releases_url: "releases{/id}",
  stargazers_url: "stargazers",
  statuses_url: "statuses/{sha}",
  subscribers_url: "subscribers",
  subscription_url: "subscription",
  tags_url: "tags",
  teams_url: "teams",
  trees_url: "git/trees{/sha}",
} as const;

export function repositoryUrl(url: string, { owner, name }: Repository): string {
  return `${url}/repos/${owner.login}/${name}`;
}

/** What lists and nested places show of a repository. */
export function minimalRepositoryView(url: string, repository: Repository) {
  const self = repositoryUrl(url, repository);
  const fullName = `${repository.owner.login}/${repository.name}`;
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: fullName,
    owner: userView(url, repository.owner),
    private: repository.settings.visibility !== "public",
    html_url: `https://github.com/${fullName}`,
    description: repository.settings.description,
    fork: false,
    url: self,
    ...Object.fromEntries(Object.entries(LINKS).map(([field, path]) => [field, `${self}/${path}`])),
  };
}

/** @param administered whether the caller may see what only administrators see */
export function repositoryView(url: string, repository: Repository, administered: boolean) {
  const fullName = `${repository.owner.login}/${repository.name}`;
  const { settings, security } = repository;
  const status = (enabled: boolean) => ({ status: enabled ? "enabled" : "disabled" });
  return {
    ...minimalRepositoryView(url, repository),
    ...settings,
    clone_url: `https://github.com/${fullName}.git`,
    git_url: `git://github.com/${fullName}.git`,
    ssh_url: `git@github.com:${fullName}.git`,
    svn_url: `https://github.com/${fullName}`,
    mirror_url: null,
    language: null,
    license: null,
    disabled: false,
    has_pages: false,
    forks: 0,
    forks_count: 0,
    network_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    size: 0,
    stargazers_count: 0,
    subscribers_count: 0,
    watchers: 0,
    watchers_count: 0,
    created_at: repository.createdAt,
    pushed_at: repository.createdAt,
    updated_at: repository.createdAt,
    permissions: {
      admin: administered,
      maintain: administered,
      push: administered,
      triage: administered,
      pull: true,
    },
    ...(administered
      ? {
          security_and_analysis: {
            secret_scanning: status(security.secretScanning),
            secret_scanning_push_protection: status(security.pushProtection),
            dependabot_security_updates: status(security.fixes),
          },
        }
      : {}),
  };
}

export function teamView(url: string, organization: Owner, { id, nodeId, slug, name }: Team) {
  const self = `${url}/organizations/${String(organization.id)}/team/${String(id)}`;
  return {
    id,
    node_id: nodeId,
    name,
    slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    url: self,
    html_url: `https://github.com/orgs/${organization.login}/teams/${slug}`,
    members_url: `${self}/members{/member}`,
    repositories_url: `${self}/repos`,
    type: "organization",
    parent: null,
  };
}

export function labelView(url: string, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: `LA_${String(label.id)}`,
    url: `${repositoryUrl(url, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.default,
    description: label.description,
  };
}

/** Git's own id of a text. */
export function blobSha(text: string): string {
  return createHash("sha1")
    .update(`blob ${String(Buffer.byteLength(text))}\0${text}`)
    .digest("hex");
}

export function commitView(url: string, repository: Repository, commit: Commit) {
  const self = `${repositoryUrl(url, repository)}/commits/${commit.sha}`;
  const { login } = repository.owner;
  const person = { name: login, email: `${login}@example.com`, date: commit.date };
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url: self,
    html_url: `https://github.com/${login}/${repository.name}/commit/${commit.sha}`,
    comments_url: `${self}/comments`,
    commit: {
      url: `${repositoryUrl(url, repository)}/git/commits/${commit.sha}`,
      message: commit.message,
      author: person,
      committer: person,
      comment_count: 0,
      tree: treeOf(url, repository, commit.sha),
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: userView(url, repository.owner),
    committer: userView(url, repository.owner),
    parents: [],
  };
}

function treeOf(url: string, repository: Repository, sha: string) {
  const tree = sha1(`tree of ${sha}`);
  return { sha: tree, url: `${repositoryUrl(url, repository)}/git/trees/${tree}` };
}

/** What a client that lists branches sees; `branchView` is what it sees of one. */
export function shortBranchView(
  url: string,
  repository: Repository,
  name: string,
  { sha }: Branch,
  isProtected: boolean,
) {
  const self = repositoryUrl(url, repository);
  return {
    name,
    commit: { sha, url: `${self}/commits/${sha}` },
    protected: isProtected,
    protection: {
      enabled: isProtected,
      required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
    },
    protection_url: `${self}/branches/${name}/protection`,
  };
}

export function branchView(
  url: string,
  repository: Repository,
  name: string,
  branch: Branch,
  isProtected: boolean,
) {
  const commit = repository.commits.find(({ sha }) => sha === branch.sha);
  const short = shortBranchView(url, repository, name, branch, isProtected);
  return {
    ...short,
    ...(commit === undefined ? {} : { commit: commitView(url, repository, commit) }),
    _links: {
      self: `${repositoryUrl(url, repository)}/branches/${name}`,
      html: `https://github.com/${repository.owner.login}/${repository.name}/tree/${name}`,
    },
  };
}
