import { z } from "zod";
import { created, invalid, NO_CONTENT, ok, pages } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import type { Issue, Repository } from "../state-types.ts";
import { labelView, repositoryUrl, userView } from "../views.ts";

const BASE = "/repos/{owner}/{repo}/issues";

const wanted = z
  .object({
    title: z.string(),
    body: z.string().nullable(),
    state: z.enum(["open", "closed"]),
    labels: z.array(z.string()),
  })
  .partial();

/** The longest text of an issue or comment. Source: what GitHub answers to a longer one. */
const LONGEST_BODY = 65_536;
const comment = z.object({ body: z.string() });

export const ISSUE_ROUTES: Routes = {
  [`GET ${BASE}`]: (call) => {
    const repository = call.repository();
    const state = call.query.get("state") ?? "open";
    const labels = (call.query.get("labels") ?? "").split(",").filter((name) => name !== "");
    const chosen = repository.issues.filter(
      (issue) =>
        (state === "all" || issue.state === state) && labels.every((name) => issue.labels.includes(name)),
    );
    return pages(chosen.toReversed().map((issue) => view(call, repository, issue)));
  },
  [`POST ${BASE}`]: (call) => {
    const repository = call.repository();
    const { title, body, labels = [] } = call.read(wanted.required({ title: true }));
    const number = repository.issues.length + 1;
    const author = call.user().login;
    const issue: Issue = {
      number,
      id: call.state.id(),
      title,
      body: fitting(body ?? ""),
      state: "open",
      labels,
      author,
      comments: [],
    };
    repository.issues.push(issue);
    return created(view(call, repository, issue));
  },
  [`GET ${BASE}/{issue_number}`]: (call) => {
    const repository = call.repository();
    return ok(view(call, repository, numbered(call, repository)));
  },
  [`PATCH ${BASE}/{issue_number}`]: (call) => {
    const repository = call.repository();
    const issue = numbered(call, repository);
    const { title, body, state, labels } = call.read(wanted);
    if (title !== undefined) issue.title = title;
    if (body !== undefined) issue.body = fitting(body ?? "");
    if (state !== undefined) issue.state = state;
    if (labels !== undefined) issue.labels = labels;
    return ok(view(call, repository, issue));
  },
  [`GET ${BASE}/{issue_number}/comments`]: (call) => {
    const repository = call.repository();
    const issue = numbered(call, repository);
    return pages(issue.comments.map((one) => commentView(call, repository, issue, one)));
  },
  [`POST ${BASE}/{issue_number}/comments`]: (call) => {
    const repository = call.repository();
    const issue = numbered(call, repository);
    const body = fitting(call.read(comment).body);
    const made = { id: call.state.id(), body, author: call.user().login };
    issue.comments.push(made);
    return created(commentView(call, repository, issue, made));
  },
  [`PATCH ${BASE}/comments/{comment_id}`]: (call) => {
    const repository = call.repository();
    const { issue, one } = commented(call, repository);
    one.body = fitting(call.read(comment).body);
    return ok(commentView(call, repository, issue, one));
  },
  [`DELETE ${BASE}/comments/{comment_id}`]: (call) => {
    const { issue, one } = commented(call, call.repository());
    issue.comments.splice(issue.comments.indexOf(one), 1);
    return NO_CONTENT;
  },
};

function fitting(body: string): string {
  if (body.length > LONGEST_BODY)
    throw invalid("Validation Failed", [
      {
        resource: "IssueComment",
        code: "unprocessable",
        field: "data",
        message: `Body is too long (maximum is ${String(LONGEST_BODY)} characters)`,
      },
    ]);
  return body;
}

function numbered(call: Call, repository: Repository): Issue {
  const wantedNumber = Number(call.parameter("issue_number"));
  return found(repository.issues.find(({ number }) => number === wantedNumber));
}

function commented(call: Call, repository: Repository) {
  const id = Number(call.parameter("comment_id"));
  for (const issue of repository.issues) {
    const one = issue.comments.find((candidate) => candidate.id === id);
    if (one !== undefined) return { issue, one };
  }
  return found<never>(undefined);
}

function commentView(call: Call, repository: Repository, issue: Issue, one: Issue["comments"][number]) {
  const self = repositoryUrl(call.url, repository);
  return {
    id: one.id,
    node_id: `IC_${String(one.id)}`,
    url: `${self}/issues/comments/${String(one.id)}`,
    html_url: `https://github.com/${repository.owner.login}/${repository.name}/issues/${String(issue.number)}#issuecomment-${String(one.id)}`,
    issue_url: `${self}/issues/${String(issue.number)}`,
    body: one.body,
    user: userView(call.url, call.state.owner(one.author)),
    author_association: "OWNER",
    created_at: call.state.time(),
    updated_at: call.state.time(),
  };
}

function view(call: Call, repository: Repository, issue: Issue) {
  const self = `${repositoryUrl(call.url, repository)}/issues/${String(issue.number)}`;
  const html = `https://github.com/${repository.owner.login}/${repository.name}/issues/${String(issue.number)}`;
  return {
    id: issue.id,
    node_id: `I_${String(issue.id)}`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: null,
    locked: false,
    user: userView(call.url, call.state.owner(issue.author)),
    assignee: null,
    assignees: [],
    milestone: null,
    labels: issue.labels.map((name) => {
      const label = repository.labels.get(name);
      return label === undefined ? { name } : labelView(call.url, repository, label);
    }),
    comments: issue.comments.length,
    closed_at: issue.state === "closed" ? call.state.time() : null,
    created_at: call.state.time(),
    updated_at: call.state.time(),
    author_association: "OWNER",
    url: self,
    html_url: html,
    repository_url: repositoryUrl(call.url, repository),
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    ...(issue.pull === undefined
      ? {}
      : {
          pull_request: {
            url: `${repositoryUrl(call.url, repository)}/pulls/${String(issue.number)}`,
            html_url: html.replace("/issues/", "/pull/"),
            diff_url: null,
            patch_url: null,
          },
        }),
  };
}
