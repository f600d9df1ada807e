import type { GovernanceSettings, RepositorySettings } from "./governance.ts";
import { featureProblems, planProblems } from "./governance-rules-features.ts";
import { lockOutProblems } from "./governance-rules-lock-outs.ts";
import { secretTextProblems } from "./governance-rules-secret-texts.ts";
import { CLAIM_VARIABLE } from "../../model/owners.ts";
import type { Broken } from "./rules.ts";

/** A repository with what its rules also depend on. */
export interface RepositoryContext {
  readonly governance: GovernanceSettings;
  readonly repository: RepositorySettings;
  /** Path of the repository's settings. */
  readonly path: string;
}

/**
 * Rules of governance that need more than one field, all of them told before anything is changed: what
 * the owner's plan lacks (FM-60), what would lock everybody out (FM-62), what contradicts itself.
 */
export function* governanceProblems(governance: GovernanceSettings): Generator<Broken> {
  yield* planProblems(governance);
  yield* sameNames("governance.repositories", governance.repositories, "repository");
  yield* secretTextProblems(governance);
  for (const [name, repository] of Object.entries(governance.repositories)) {
    const context = { governance, repository, path: `governance.repositories.${name}` };
    yield* sameNames(`${context.path}.environments`, repository.environments, "environment");
    yield* sameNames(`${context.path}.labels`, repository.labels ?? {}, "label");
    yield* sameActors(context);
    yield* featureProblems(context);
    yield* lockOutProblems(context);
    yield* actionsProblems(context);
    yield* branchProblems(context);
    yield* securityProblems(context);
    yield* environmentProblems(context);
    yield* secretProblems(context);
    yield* creationProblems(context);
  }
}

/** GitHub does not tell capitals in logins apart: one person twice is no second one. */
function* sameActors({ repository, path }: RepositoryContext): Generator<Broken> {
  const { branches, environments, codeOwners = {} } = repository;
  for (const [pattern, { pushers = [], bypass = [] }] of Object.entries(branches)) {
    // Node ids have no slash, and mean another with other capitals.
    const named = (list: readonly string[]) => list.map((actor) => (actor.includes("/") ? actor : ""));
    yield* twice(`${path}.branches.${pattern}.pushers`, named(pushers));
    yield* twice(`${path}.branches.${pattern}.bypass`, named(bypass));
  }
  for (const [name, { reviewers }] of Object.entries(environments)) {
    yield* twice(`${path}.environments.${name}.reviewers.users`, reviewers?.users ?? []);
    yield* twice(`${path}.environments.${name}.reviewers.teams`, reviewers?.teams ?? []);
  }
  for (const [pattern, owners] of Object.entries(codeOwners))
    yield* twice(`${path}.codeOwners.${pattern}`, owners);
}

function* twice(path: string, names: readonly string[]): Generator<Broken> {
  for (const [index, name] of names.entries()) {
    const earlier = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
    // The same letter for letter is the list's own rule.
    if (earlier !== undefined && earlier !== name)
      yield [`${path}[${String(index)}]`, name, `is ${earlier} once more to GitHub; name it once`];
  }
}

/** GitHub does not tell capitals in names apart: of two environments, the later would take away the reviewers. */
function* sameNames(path: string, entries: object, what: string): Generator<Broken> {
  const names = Object.keys(entries);
  for (const [index, name] of names.entries()) {
    const earlier = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
    if (earlier !== undefined)
      yield [`${path}.${name}`, undefined, `is the same ${what} as ${earlier} to GitHub`];
  }
}

function* actionsProblems({ repository: { actions }, path }: RepositoryContext): Generator<Broken> {
  if (actions === undefined) return;
  const { allowed, selected } = actions;
  if (allowed !== "selected" && selected !== undefined)
    yield [
      `${path}.actions.selected`,
      selected,
      `has no effect with allowed: ${allowed}; remove one of the two`,
    ];
}

/** Branches that rulesets alone know by these names. */
const RULESET_NAMES: readonly string[] = ["~DEFAULT_BRANCH", "~ALL"];

function* branchProblems({ repository, path }: RepositoryContext): Generator<Broken> {
  for (const [pattern, branch] of Object.entries(repository.branches)) {
    const at = `${path}.branches.${pattern}`;
    const { kind, existing, checks, upToDate, mergeQueue, pushers, bypass = [] } = branch;
    // Source: REST API, "Create a repository ruleset", ref_name.
    if (kind === "protection" && pattern.startsWith("~"))
      yield [
        at,
        undefined,
        `needs kind: ruleset, or the branch by its name, such as ${repository.details.defaultBranch}: protection takes ${pattern} for a branch called so`,
      ];
    if (kind === "ruleset" && pattern.startsWith("~") && !RULESET_NAMES.includes(pattern))
      yield [at, undefined, `must be ${RULESET_NAMES.join(" or ")}, or a pattern of names`];
    if (kind === "ruleset" && existing === true)
      yield [`${at}.existing`, existing, "must be the ruleset's id, the number at the end of its address"];
    if (kind === "protection" && typeof existing === "number")
      yield [`${at}.existing`, existing, "must be true or false; ids are those of rulesets"];
    // Without a check GitHub has nothing to repeat on the newest base. Source: "About protected branches".
    if (checks.length === 0 && upToDate === true)
      yield [`${at}.upToDate`, upToDate, "has no effect without checks: name one, or remove it"];
    if (kind === "protection" && mergeQueue)
      yield [`${at}.mergeQueue`, mergeQueue, "needs kind: ruleset: the API of protection has no merge queue"];
    if (kind === "ruleset" && pushers !== undefined)
      yield [
        `${at}.pushers`,
        pushers,
        "needs kind: protection; a ruleset names who may go round it under bypass",
      ];
    if (kind !== "ruleset") continue;
    for (const [index, actor] of bypass.entries())
      if (!/^[^/]+\/[^/]+$/.test(actor))
        yield [`${at}.bypass[${String(index)}]`, actor, "must be ORGANIZATION/TEAM with kind: ruleset"];
  }
}

function* securityProblems({ repository, path }: RepositoryContext): Generator<Broken> {
  const { secretScanning, pushProtection, vulnerabilityAlerts, dependabotSecurityUpdates } = repository;
  // Source: REST API, "Update a repository", security_and_analysis.
  if (pushProtection === true && secretScanning !== true)
    yield [`${path}.pushProtection`, pushProtection, "needs secretScanning: true beside it"];
  // Source: "Configuring Dependabot security updates", supported repositories.
  if (dependabotSecurityUpdates === true && vulnerabilityAlerts !== true)
    yield [`${path}.dependabotSecurityUpdates`, true, "needs vulnerabilityAlerts: true beside it"];
}

/** Source: REST API, "Create or update an environment": reviewers, deployment_branch_policy. */
function* environmentProblems({ repository, path }: RepositoryContext): Generator<Broken> {
  for (const [name, { reviewers, branches, tags }] of Object.entries(repository.environments)) {
    const at = `${path}.environments.${name}`;
    if (reviewers !== undefined) {
      const count = reviewers.users.length + reviewers.teams.length;
      if (count === 0 || count > 6)
        yield [
          `${at}.reviewers`,
          reviewers,
          `must name 1 to 6 users and teams together, not ${String(count)}`,
        ];
    }
    if (tags !== undefined && typeof branches === "string")
      yield [
        `${at}.tags`,
        tags,
        `has no effect with branches: ${branches}; give branches as a list of patterns`,
      ];
    // Protection counts, a ruleset does not; without any, GitHub lets every branch deploy.
    // Source: "Deployments and environments", deployment branches and tags.
    const isProtected = Object.values(repository.branches).some(({ kind }) => kind === "protection");
    if (branches === "protected" && !isProtected)
      yield [
        `${at}.branches`,
        branches,
        "lets every branch deploy while no branch has kind: protection; name patterns such as main",
      ];
  }
}

/** Source: "Secrets reference" and "Variables reference", limits. */
const MOST = { secrets: 100, variables: 500, environmentVariables: 100 } as const;

function* secretProblems({ repository, path }: RepositoryContext): Generator<Broken> {
  const { secrets, dependabotSecrets, variables, environments } = repository;
  yield* storeProblems(`${path}.secrets`, secrets);
  yield* storeProblems(`${path}.dependabotSecrets`, dependabotSecrets);
  // One is taken by the stack's own mark.
  yield* tooMany(`${path}.variables`, variables, MOST.variables - 1);
  if (Object.hasOwn(variables, CLAIM_VARIABLE))
    yield [
      `${path}.variables.${CLAIM_VARIABLE}`,
      undefined,
      "is the mark of the stack that governs the repository",
    ];
  for (const [name, environment] of Object.entries(environments)) {
    yield* storeProblems(`${path}.environments.${name}.secrets`, environment.secrets);
    const at = `${path}.environments.${name}.variables`;
    yield* tooMany(at, environment.variables, MOST.environmentVariables);
  }
}

function* storeProblems(path: string, secrets: RepositorySettings["secrets"]): Generator<Broken> {
  yield* tooMany(path, secrets, MOST.secrets);
  const entries = Object.entries(secrets).map(([name, source]) => [name, JSON.stringify(source)] as const);
  for (const [index, [name, source]] of entries.entries()) {
    const earlier = entries.slice(0, index).find(([, other]) => other === source);
    if (earlier !== undefined)
      yield [
        `${path}.${name}`,
        secrets[name],
        `has the same source as ${earlier[0]}: two names for one value`,
      ];
  }
}

function* tooMany(path: string, entries: object, most: number): Generator<Broken> {
  const count = Object.keys(entries).length;
  if (count > most)
    yield [path, undefined, `must hold at most ${String(most)} entries, not ${String(count)}`];
}

/** What a repository cannot have before it is made. */
function* creationProblems({ repository, path }: RepositoryContext): Generator<Broken> {
  if (!repository.create) return;
  const message = "cannot be there in a repository that is made: set it to false, or create: false";
  for (const [pattern, { existing }] of Object.entries(repository.branches))
    if (existing !== false) yield [`${path}.branches.${pattern}.existing`, existing, message];
}
