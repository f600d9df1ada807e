import { z } from "zod";
import { created, invalid, NO_CONTENT, ok, pages, upgradeNeeded } from "../answers.ts";
import { found, type Call, type Routes } from "../call.ts";
import { canBeProtected } from "../protection.ts";
import type { Repository, Ruleset } from "../state-types.ts";
import { repositoryUrl } from "../views.ts";

const BASE = "/repos/{owner}/{repo}/rulesets";

const ruleset = z.object({
  name: z.string().min(1),
  target: z.enum(["branch", "tag", "push"]).default("branch"),
  enforcement: z.enum(["disabled", "active", "evaluate"]),
  bypass_actors: z.array(z.record(z.string(), z.unknown())).default([]),
  conditions: z.record(z.string(), z.unknown()).nullable().default({}),
  rules: z
    .array(z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() }))
    .default([]),
});

export const RULESET_ROUTES: Routes = {
  [`GET ${BASE}`]: (call) => {
    const repository = allowed(call);
    return pages([...repository.rulesets.values()].map((one) => shortView(call, repository, one)));
  },
  [`POST ${BASE}`]: (call) => {
    const repository = allowed(call);
    const wanted = call.read(ruleset);
    if ([...repository.rulesets.values()].some(({ name }) => name === wanted.name))
      throw invalid("Validation Failed", ["Name must be unique"]);
    const at = call.state.time();
    const made = { ...kept(wanted), id: call.state.id(), createdAt: at, updatedAt: at };
    repository.rulesets.set(made.id, made);
    return created(view(call, repository, made));
  },
  [`GET ${BASE}/{ruleset_id}`]: (call) => {
    const repository = allowed(call);
    return ok(view(call, repository, named(call, repository)));
  },
  [`PUT ${BASE}/{ruleset_id}`]: (call) => {
    const repository = allowed(call);
    const one = named(call, repository);
    Object.assign(one, kept(call.read(ruleset)), { updatedAt: call.state.time() });
    return ok(view(call, repository, one));
  },
  [`DELETE ${BASE}/{ruleset_id}`]: (call) => {
    const repository = allowed(call);
    repository.rulesets.delete(named(call, repository).id);
    return NO_CONTENT;
  },
  "GET /repos/{owner}/{repo}/rules/branches/{branch}": (call) => {
    const repository = allowed(call);
    const branch = call.parameter("branch");
    const rules = [...repository.rulesets.values()]
      .filter(
        (one) => one.enforcement === "active" && one.target === "branch" && holdsFor(one, repository, branch),
      )
      .flatMap(({ id, rules: all }) =>
        all.map((rule) => ({
          ...rule,
          ruleset_id: id,
          ruleset_source_type: "Repository",
          ruleset_source: `${repository.owner.login}/${repository.name}`,
        })),
      );
    return pages(rules);
  },
};

/** @throws Refusal (403) where the plan has no rulesets. Source: "About rulesets", availability. */
function allowed(call: Call): Repository {
  const repository = call.repository();
  if (!canBeProtected(repository)) throw upgradeNeeded();
  return repository;
}

function named(call: Call, repository: Repository): Ruleset {
  return found(repository.rulesets.get(Number(call.parameter("ruleset_id"))));
}

function kept({ conditions, rules, ...rest }: z.output<typeof ruleset>) {
  return {
    ...rest,
    conditions: conditions ?? {},
    rules: rules.map(({ type, parameters }) => (parameters === undefined ? { type } : { type, parameters })),
  };
}

function holdsFor({ conditions }: Ruleset, { settings }: Repository, branch: string): boolean {
  const patterns = z
    .object({ ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).partial() })
    .partial()
    .parse(conditions);
  const fits = (pattern: string): boolean =>
    pattern === "~ALL" ||
    pattern === `refs/heads/${branch}` ||
    (pattern === "~DEFAULT_BRANCH" && branch === settings.default_branch);
  const { include = [], exclude = [] } = patterns.ref_name ?? {};
  return include.some(fits) && !exclude.some(fits);
}

function shortView(call: Call, repository: Repository, one: Ruleset) {
  const self = `${repositoryUrl(call.url, repository)}/rulesets/${String(one.id)}`;
  const html = `https://github.com/${repository.owner.login}/${repository.name}/rules/${String(one.id)}`;
  return {
    id: one.id,
    name: one.name,
    target: one.target,
    source_type: "Repository",
    source: `${repository.owner.login}/${repository.name}`,
    enforcement: one.enforcement,
    node_id: `RRS_${String(one.id)}`,
    _links: { self: { href: self }, html: { href: html } },
    created_at: one.createdAt,
    updated_at: one.updatedAt,
  };
}

function view(call: Call, repository: Repository, one: Ruleset) {
  return {
    ...shortView(call, repository, one),
    bypass_actors: one.bypass_actors,
    conditions: one.conditions,
    rules: one.rules,
    current_user_can_bypass: "never",
  };
}
