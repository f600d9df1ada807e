import { createHash } from "node:crypto";
import { makeSealingKey } from "./sealing.ts";
import type {
  Owner,
  OwnerSettings,
  Repository,
  RepositoryOptions,
  Store,
  Team,
  Token,
  TokenOptions,
} from "./state-types.ts";

/** A free account's first repository, before anybody touched its settings. Source: GitHub's defaults. */
const NEW_REPOSITORY = {
  visibility: "public",
  description: null,
  homepage: null,
  default_branch: "main",
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  has_discussions: false,
  has_downloads: true,
  is_template: false,
  archived: false,
  allow_merge_commit: true,
  allow_squash_merge: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  allow_forking: true,
  delete_branch_on_merge: false,
  web_commit_signoff_required: false,
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  merge_commit_title: "MERGE_MESSAGE",
  merge_commit_message: "PR_TITLE",
} as const;

/** Source: "Managing labels", default labels; two of the nine are enough to see that others stay. */
const DEFAULT_LABELS = [
  { name: "bug", color: "d73a4a", description: "Something isn't working" },
  { name: "enhancement", color: "a2eeef", description: "New feature or request" },
] as const;

/** What the stand-in's GitHub holds. Tests change it directly: that is drift. */
export class GitHubState {
  readonly owners = new Map<string, Owner>();
  readonly tokens = new Map<string, Token>();
  readonly repositories: Repository[] = [];
  readonly #now: () => Date;
  #ids = 1000;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Ids are numbers that never come twice. */
  id(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** As GitHub writes times. */
  time(): string {
    return this.#now().toISOString().replace(/\.\d+/, "");
  }

  addOwner(settings: OwnerSettings): Owner {
    const id = this.id();
    const kind = settings.kind ?? "User";
    const owner: Owner = {
      plan: "free",
      minutesUsed: 0,
      usageItems: [],
      ...settings,
      id,
      kind,
      nodeId: `${kind === "User" ? "U" : "O"}_${String(id)}`,
      teams: new Map(),
      installations: [],
    };
    this.owners.set(settings.login.toLowerCase(), owner);
    return owner;
  }

  addTeam(organization: string, slug: string): Team {
    const id = this.id();
    const team = { id, nodeId: `T_${String(id)}`, slug, name: slug };
    this.owner(organization).teams.set(slug, team);
    return team;
  }

  /** @param options scopes: those of a classic token; without them the token is fine-grained */
  addToken(token: string, options: TokenOptions): void {
    this.tokens.set(token, { ...options, login: this.owner(options.login).login });
  }

  /** @throws Error where there is none: a mistake in the test. */
  owner(login: string): Owner {
    const found = this.owners.get(login.toLowerCase());
    if (found === undefined) throw new Error(`the stand-in has no owner ${login}; addOwner first`);
    return found;
  }

  /** @throws Error where there is none: a mistake in the test. */
  repository(fullName: string): Repository {
    const found = this.findRepository(fullName);
    if (found === undefined) throw new Error(`the stand-in has no repository ${fullName}`);
    return found;
  }

  /** Names of owners and repositories are compared without regard to case. */
  findRepository(fullName: string): Repository | undefined {
    const wanted = fullName.toLowerCase();
    return this.repositories.find(({ owner, name }) => `${owner.login}/${name}`.toLowerCase() === wanted);
  }

  addRepository(fullName: string, options: RepositoryOptions = {}): Repository {
    const [login = "", name = ""] = fullName.split("/");
    const id = this.id();
    const settings = { ...NEW_REPOSITORY, topics: [], ...options.settings };
    const repository: Repository = {
      id,
      nodeId: `R_${String(id)}`,
      name,
      owner: this.owner(login),
      settings,
      security: { secretScanning: false, pushProtection: false, alerts: false, fixes: false },
      branches: new Map(),
      commits: [],
      protection: new Map(),
      rulesets: new Map(),
      actions: {
        enabled: true,
        allowed_actions: "all",
        sha_pinning_required: false,
        selected: { github_owned_allowed: true, verified_allowed: false, patterns_allowed: [] },
        workflow: { default_workflow_permissions: "read", can_approve_pull_request_reviews: false },
      },
      secrets: { actions: this.#store(), dependabot: this.#store() },
      variables: new Map(),
      environments: new Map(),
      labels: new Map(),
      workflows: [],
      runs: [],
      issues: [],
      createdAt: this.time(),
    };
    this.repositories.push(repository);
    for (const label of DEFAULT_LABELS)
      repository.labels.set(label.name, { ...label, id: this.id(), default: true });
    if (options.empty !== true)
      this.commit(repository, settings.default_branch, options.files ?? { "README.md": `# ${name}\n` });
    return repository;
  }

  /** Writes files to a branch, which it makes where there is none; null removes a file. */
  commit(
    repository: Repository,
    branch: string,
    files: Readonly<Record<string, string | null>>,
    message = "Initial commit",
  ): string {
    const found = repository.branches.get(branch) ?? { sha: "", files: new Map<string, string>() };
    for (const [path, text] of Object.entries(files))
      if (text === null) found.files.delete(path);
      else found.files.set(path, text);
    const paths = Object.keys(files);
    found.sha = sha1(`${branch}:${message}:${String(this.id())}`);
    repository.branches.set(branch, found);
    repository.commits.push({ sha: found.sha, branch, message, paths, date: this.time() });
    return found.sha;
  }

  /** Secrets of a repository or an environment, with the key they are sealed for. */
  newStore(): Store {
    return this.#store();
  }

  #store(): Store {
    return { key: makeSealingKey(String(3_000_000_000_000_000_000n + BigInt(this.id()))), sealed: new Map() };
  }
}

export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
