import { z } from "zod";
import { created, invalid, notFound, ok, pages, Refusal, type Answer } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import { protectionOf } from "../protection.ts";
import { sha1 } from "../state.ts";
import type { Branch, Repository } from "../state-types.ts";
import { blobSha, commitView, repositoryUrl } from "../views.ts";

const file = z.object({
  message: z.string(),
  content: z.string().optional(),
  sha: z.string().optional(),
  branch: z.string().optional(),
});

export const CONTENT_ROUTES: Routes = {
  "GET /repos/{owner}/{repo}/contents/{path}": (call) => {
    const repository = call.repository();
    const name = call.query.get("ref") ?? repository.settings.default_branch;
    const path = call.parameter("path").replace(/\/$/, "");
    return show(call, repository, { name: name.replace(/^refs\/heads\//, ""), path });
  },
  "PUT /repos/{owner}/{repo}/contents/{path}": (call) => {
    const { content = "", ...rest } = call.read(file);
    return write(call, Buffer.from(content, "base64").toString("utf8"), rest);
  },
  "DELETE /repos/{owner}/{repo}/contents/{path}": (call) => write(call, null, call.read(file)),
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha}": (call) => {
    const repository = call.repository();
    const name = call.parameter("tree_sha");
    const branch = branchOf(repository, name);
    const self = repositoryUrl(call.url, repository);
    const files = [...branch.files].filter(([path]) => call.query.has("recursive") || !path.includes("/"));
    return ok({
      sha: sha1(`tree of ${branch.sha}`),
      url: `${self}/git/trees/${branch.sha}`,
      truncated: false,
      tree: files.map(([path, text]) => ({
        path,
        mode: "100644",
        type: "blob",
        sha: blobSha(text),
        size: Buffer.byteLength(text),
        url: `${self}/git/blobs/${blobSha(text)}`,
      })),
    });
  },
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": (call) => {
    const repository = call.repository();
    const sha = call.parameter("file_sha");
    const texts = [...repository.branches.values()].flatMap((branch) => [...branch.files.values()]);
    const text = found(texts.find((one) => blobSha(one) === sha));
    return ok({
      sha,
      node_id: `B_${sha}`,
      size: Buffer.byteLength(text),
      url: `${repositoryUrl(call.url, repository)}/git/blobs/${sha}`,
      content: Buffer.from(text).toString("base64"),
      encoding: "base64",
    });
  },
  "GET /repos/{owner}/{repo}/commits": (call) => {
    const repository = call.repository();
    const branch = call.query.get("sha") ?? repository.settings.default_branch;
    const path = call.query.get("path");
    const commits = repository.commits
      .filter((one) => one.branch === branch && (path === null || one.paths.includes(path)))
      .reverse();
    return pages(commits.map((commit) => commitView(call.url, repository, commit)));
  },
  "GET /repos/{owner}/{repo}/commits/{ref}": (call) => {
    const repository = call.repository();
    const ref = call.parameter("ref");
    const sha = repository.branches.get(ref)?.sha ?? ref;
    const commit = repository.commits.find((one) => one.sha === sha);
    if (commit === undefined) throw invalid(`No commit found for SHA: ${ref}`);
    return ok({
      ...commitView(call.url, repository, commit),
      stats: { additions: 0, deletions: 0, total: 0 },
      files: [],
    });
  },
};

function branchOf(repository: Repository, name: string): Branch {
  return found(
    repository.branches.get(name) ?? [...repository.branches.values()].find(({ sha }) => sha === name),
  );
}

function show(call: Call, repository: Repository, { name, path }: { name: string; path: string }): Answer {
  const { files } = branchOf(repository, name);
  const text = files.get(path);
  if (text !== undefined && call.accept.includes("raw"))
    return {
      status: 200,
      body: text,
      headers: { "content-type": "application/vnd.github.raw; charset=utf-8" },
    };
  if (text !== undefined) {
    const content = Buffer.from(text).toString("base64");
    return ok({ ...entry(call, repository, { name, path, text }), content, encoding: "base64" });
  }
  const prefix = path === "" ? "" : `${path}/`;
  const below = [...files].filter(([one]) => one.startsWith(prefix));
  if (below.length === 0) throw notFound();
  const folders = new Set<string>();
  const entries: unknown[] = [];
  for (const [one, content] of below) {
    const [first = "", ...rest] = one.slice(prefix.length).split("/");
    if (rest.length === 0) entries.push(entry(call, repository, { name, path: one, text: content }));
    else if (!folders.has(first)) {
      folders.add(first);
      entries.push(entry(call, repository, { name, path: `${prefix}${first}`, text: undefined }));
    }
  }
  return ok(entries);
}

/** @param at text: undefined for a folder */
function entry(
  call: Call,
  repository: Repository,
  at: { name: string; path: string; text: string | undefined },
) {
  const self = `${repositoryUrl(call.url, repository)}/contents/${at.path}?ref=${at.name}`;
  const sha = at.text === undefined ? sha1(`folder ${at.path}`) : blobSha(at.text);
  const kind = at.text === undefined ? "tree" : "blob";
  const fullName = `${repository.owner.login}/${repository.name}`;
  const git = `${repositoryUrl(call.url, repository)}/git/${kind}s/${sha}`;
  const html = `https://github.com/${fullName}/${kind}/${at.name}/${at.path}`;
  return {
    type: at.text === undefined ? "dir" : "file",
    name: at.path.split("/").at(-1) ?? "",
    path: at.path,
    sha,
    size: at.text === undefined ? 0 : Buffer.byteLength(at.text),
    url: self,
    git_url: git,
    html_url: html,
    download_url: at.text === undefined ? null : `${call.url}/raw/${fullName}/${at.name}/${at.path}`,
    _links: { self, git, html },
  };
}

/** Makes, changes or (text null) removes a file. */
function write(call: Call, text: string | null, change: z.output<typeof file>): Answer {
  const repository = call.repository();
  const path = call.parameter("path");
  const name = change.branch ?? repository.settings.default_branch;
  const branch = repository.branches.get(name);
  if (branch === undefined && repository.branches.size > 0)
    throw new Refusal(404, `Branch ${name} not found`);
  // Source: "Scopes for OAuth apps": workflow files need a scope of their own.
  if (path.startsWith(".github/workflows/") && !call.has("workflow")) throw notFound();
  const before = branch?.files.get(path);
  if (before === undefined && text === null) throw notFound();
  if (before !== undefined && change.sha === undefined)
    throw invalid(`Invalid request.\n\n"sha" wasn't supplied.`);
  if (before !== undefined && change.sha !== blobSha(before))
    throw new Refusal(409, `${path} does not match ${change.sha ?? ""}`);
  const rule = protectionOf(repository, name);
  if (rule?.isAdminEnforced === true && (rule.requiresApprovingReviews || rule.requiresStatusChecks))
    throw new Refusal(409, "Could not change file: Changes must be made through a pull request.");
  const sha = call.state.commit(repository, name, { [path]: text }, change.message);
  const commit = repository.commits.find((one) => one.sha === sha);
  const content = text === null ? null : entry(call, repository, { name, path, text });
  const body = { content, commit: commit === undefined ? {} : gitCommit(call, repository, commit) };
  return before === undefined ? created(body) : ok(body);
}

function gitCommit(call: Call, repository: Repository, commit: Repository["commits"][number]) {
  const { sha, node_id, url, html_url, commit: inner } = commitView(call.url, repository, commit);
  const { author, committer, message, tree, verification } = inner;
  return { sha, node_id, url, html_url, author, committer, message, tree, verification, parents: [] };
}
