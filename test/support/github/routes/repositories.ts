import { z } from "zod";
import { created, invalid, NO_CONTENT, notFound, ok, pages, Refusal } from "../answers.ts";
import type { Call, Routes } from "../call.ts";
import type { Owner, Repository, Settings } from "../state-types.ts";
import { minimalRepositoryView, repositoryView } from "../views.ts";

const status = z.object({ status: z.enum(["enabled", "disabled"]) });

/** Source: "Update a repository", body parameters. Others are ignored, as GitHub does. */
const change = z
  .object({
    name: z.string(),
    visibility: z.enum(["public", "private", "internal"]),
    private: z.boolean(),
    description: z.string().nullable(),
    homepage: z.string().nullable(),
    default_branch: z.string(),
    has_issues: z.boolean(),
    has_projects: z.boolean(),
    has_wiki: z.boolean(),
    has_discussions: z.boolean(),
    has_downloads: z.boolean(),
    is_template: z.boolean(),
    archived: z.boolean(),
    allow_merge_commit: z.boolean(),
    allow_squash_merge: z.boolean(),
    allow_rebase_merge: z.boolean(),
    allow_auto_merge: z.boolean(),
    allow_update_branch: z.boolean(),
    allow_forking: z.boolean(),
    delete_branch_on_merge: z.boolean(),
    web_commit_signoff_required: z.boolean(),
    squash_merge_commit_title: z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"]),
    squash_merge_commit_message: z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"]),
    merge_commit_title: z.enum(["PR_TITLE", "MERGE_MESSAGE"]),
    merge_commit_message: z.enum(["PR_BODY", "PR_TITLE", "BLANK"]),
    auto_init: z.boolean(),
    security_and_analysis: z
      .object({ secret_scanning: status, secret_scanning_push_protection: status })
      .partial()
      .nullable(),
  })
  .partial();

type Change = z.output<typeof change>;

export const REPOSITORY_ROUTES: Routes = {
  "GET /repos/{owner}/{repo}": (call) => ok(view(call, call.repository())),
  "PATCH /repos/{owner}/{repo}": (call) => {
    const repository = call.repository();
    edit(repository, call.read(change));
    return ok(view(call, repository));
  },
  "DELETE /repos/{owner}/{repo}": (call) => {
    const repository = call.repository();
    if (!call.has("delete_repo")) throw new Refusal(403, "Must have admin rights to Repository.");
    call.state.repositories.splice(call.state.repositories.indexOf(repository), 1);
    return NO_CONTENT;
  },
  "POST /user/repos": (call) => create(call, call.user()),
  "POST /orgs/{org}/repos": (call) => {
    call.user();
    return create(call, call.owner("org", "Organization"));
  },
  "GET /user/repos": (call) => {
    const user = call.user();
    return pages(seen(call, ({ owner }) => owner === user));
  },
  "GET /users/{username}/repos": (call) => {
    const owner = call.owner("username");
    return pages(seen(call, (repository) => repository.owner === owner));
  },
  "GET /orgs/{org}/repos": (call) => {
    const owner = call.owner("org", "Organization");
    return pages(seen(call, (repository) => repository.owner === owner));
  },
  "GET /repos/{owner}/{repo}/topics": (call) => ok({ names: call.repository().settings.topics }),
  "PUT /repos/{owner}/{repo}/topics": (call) => {
    const { settings } = call.repository();
    settings.topics = call.read(z.object({ names: z.array(z.string()) })).names;
    return ok({ names: settings.topics });
  },
  "GET /repos/{owner}/{repo}/vulnerability-alerts": (call) => {
    if (!call.administered().security.alerts) throw notFound();
    return NO_CONTENT;
  },
  "PUT /repos/{owner}/{repo}/vulnerability-alerts": (call) => {
    call.repository().security.alerts = true;
    return NO_CONTENT;
  },
  "DELETE /repos/{owner}/{repo}/vulnerability-alerts": (call) => {
    call.repository().security.alerts = false;
    return NO_CONTENT;
  },
  "GET /repos/{owner}/{repo}/automated-security-fixes": (call) =>
    ok({ enabled: call.administered().security.fixes, paused: false }),
  "PUT /repos/{owner}/{repo}/automated-security-fixes": (call) => {
    const { security } = call.repository();
    // Source: "Configuring Dependabot security updates": alerts are a precondition.
    if (!security.alerts)
      throw invalid("Vulnerability alerts must be enabled to configure automated security fixes.");
    security.fixes = true;
    return NO_CONTENT;
  },
  "DELETE /repos/{owner}/{repo}/automated-security-fixes": (call) => {
    call.repository().security.fixes = false;
    return NO_CONTENT;
  },
};

function view(call: Call, repository: Repository) {
  return repositoryView(call.url, repository, call.has("repo"));
}

function seen(call: Call, wanted: (repository: Repository) => boolean) {
  return call.state.repositories
    .filter(
      (repository) => wanted(repository) && (repository.settings.visibility === "public" || call.has("repo")),
    )
    .map((repository) => minimalRepositoryView(call.url, repository));
}

function create(call: Call, owner: Owner) {
  if (!call.has("repo") && !call.has("public_repo"))
    throw new Refusal(403, "Resource not accessible by personal access token");
  const wanted = call.read(change.required({ name: true }));
  const fullName = `${owner.login}/${wanted.name}`;
  if (call.state.findRepository(fullName) !== undefined)
    throw invalid("Repository creation failed.", [
      {
        resource: "Repository",
        code: "custom",
        field: "name",
        message: "name already exists on this account",
      },
    ]);
  const repository = call.state.addRepository(fullName, { empty: wanted.auto_init !== true });
  edit(repository, wanted);
  return created(view(call, repository));
}

function edit(repository: Repository, wanted: Change): void {
  const { security_and_analysis: analysis, name, private: isPrivate, ...rest } = wanted;
  const settings = settingsOf(rest);
  const { default_branch: branch } = settings;
  if (
    branch !== undefined &&
    branch !== repository.settings.default_branch &&
    !repository.branches.has(branch)
  )
    throw invalid("Validation Failed", [
      {
        resource: "Repository",
        code: "custom",
        field: "default_branch",
        message: `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`,
      },
    ]);
  const next: Settings = { ...repository.settings, ...settings };
  if (settings.visibility === undefined && isPrivate !== undefined)
    next.visibility = isPrivate ? "private" : "public";
  if (!next.allow_merge_commit && !next.allow_squash_merge && !next.allow_rebase_merge)
    throw invalid("Validation Failed", [
      {
        resource: "Repository",
        code: "custom",
        field: "merge_commit_allowed",
        message: "Sorry, you need to allow at least one merge strategy. (no_merge_method)",
      },
    ]);
  // Source: "About secret scanning", availability: private repositories of organizations with Secret Protection.
  const wantsScanning = Object.values(analysis ?? {}).some((one) => one?.status === "enabled");
  const offered = ["team", "enterprise"].includes(repository.owner.plan);
  if (wantsScanning && next.visibility !== "public" && !offered)
    throw invalid("Secret scanning is not available for this repository.");
  if (name !== undefined) repository.name = name;
  // An emptied address comes back as none.
  Object.assign(repository.settings, { ...next, homepage: next.homepage === "" ? null : next.homepage });
  const { secret_scanning: scanning, secret_scanning_push_protection: push } = analysis ?? {};
  if (scanning !== undefined) repository.security.secretScanning = scanning.status === "enabled";
  if (push !== undefined) repository.security.pushProtection = push.status === "enabled";
}

/** What an edit says of settings; what it says only of a new repository is no setting. */
function settingsOf(wanted: Omit<Change, "security_and_analysis" | "name" | "private">) {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => name !== "auto_init" && value !== undefined),
  ) as Partial<Settings>;
}
