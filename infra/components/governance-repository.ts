import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { keyWith, sealedInputs } from "../lib/github-secret.ts";
import { componentType } from "../lib/names.ts";
import type { RepositorySettings, SecretSource } from "../settings/governance.ts";
import type { Actors } from "./governance-actors.ts";
import { makeBranchRules } from "./governance-repository-branches.ts";
import { codeOwnersText } from "./governance-repository-code-owners.ts";
import { repositoryInputs, unstated } from "./governance-repository-details.ts";
import { makeEnvironments } from "./governance-repository-environments.ts";

export interface GovernedRepositoryArgs {
  /** Login of the organization or user. */
  readonly owner: string;
  readonly organization: boolean;
  /** Name without the owner. */
  readonly repository: string;
  readonly settings: RepositorySettings;
  /** Random bytes of the stack that make sealed secrets unguessable, base64, marked as a secret. */
  readonly salt: pulumi.Output<string>;
  readonly valueOf: (source: SecretSource) => pulumi.Output<string>;
  readonly numberOf: Actors["numberOf"];
  /** Marks of ownership that every change waits for. */
  readonly claims: readonly pulumi.Resource[];
  /** Claims a repository that was just made. */
  readonly claimNew: (made: github.Repository) => pulumi.Resource;
}

/** Options of a part of the repository, which waits for the marks of ownership. */
export interface PartOptions extends pulumi.CustomResourceOptions {
  readonly dependsOn: pulumi.Resource[];
}

/** What the parts of a repository are made with. */
export interface RepositoryScope extends GovernedRepositoryArgs {
  /** Prefix of resource names. */
  readonly name: string;
  readonly made: github.Repository;
  /** Options of what the repository holds: it goes when the stack goes. */
  readonly held: PartOptions;
  /** Options of what the repository is set to: it stays as it is when the stack goes. */
  readonly kept: PartOptions;
}

/**
 * One repository as its settings want it. Settings stay when the stack goes, since GitHub has no
 * "before" to return to; secrets, variables, environments, labels and branch rules that the stack made go
 * with it, and what it adopted stays.
 */
export class GovernedRepository extends pulumi.ComponentResource {
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: GovernedRepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts = factsOf(args);
    super(componentType("GovernedRepository"), name, facts, opts);
    this.repository = `${args.owner}/${args.repository}`;
    const made = this.repositoryOf(name, args);
    this.url = made.htmlUrl;
    const claims = args.settings.create ? [...args.claims, args.claimNew(made)] : args.claims;
    const held = { parent: this, dependsOn: [...claims] };
    const scope = { ...args, name, made, held, kept: { ...held, retainOnDelete: true } };

    setActions(scope);
    setSecurity(scope);
    makeSecrets(scope);
    makeVariables(scope);
    makeEnvironments(scope);
    makeLabels(scope);
    makeBranchRules(scope, writeCodeOwners(scope));
    this.registerOutputs(facts);
  }

  private repositoryOf(
    name: string,
    { repository, settings, claims }: GovernedRepositoryArgs,
  ): github.Repository {
    return new github.Repository(`${name}-repository`, repositoryInputs(repository, settings), {
      parent: this,
      dependsOn: [...claims],
      ...(settings.create ? {} : { import: repository }),
      ignoreChanges: unstated(settings),
      retainOnDelete: true,
    });
  }
}

/** What policies judge branch rules and required checks by, and what the resources themselves hold sealed. */
function factsOf({ owner, repository, settings }: GovernedRepositoryArgs): Record<string, unknown> {
  const { reported, fromApps } = settings.checks;
  return {
    repository: `${owner}/${repository}`,
    defaultBranch: settings.details.defaultBranch,
    requiredChecks: Object.fromEntries(
      Object.entries(settings.branches).map(([pattern, { checks }]) => [pattern, checks]),
    ),
    mergeQueues: Object.entries(settings.branches)
      .filter(([, { mergeQueue }]) => mergeQueue)
      .map(([pattern]) => pattern),
    ...(reported === undefined ? {} : { reportedChecks: reported }),
    checksFromApps: fromApps,
    secretSources: secretSources(settings),
  };
}

/** Where each secret's value comes from, so that a plan shows when another value takes its place. */
function secretSources({
  secrets,
  dependabotSecrets,
  environments,
}: RepositorySettings): Record<string, unknown> {
  const named = (sources: Readonly<Record<string, SecretSource>>): Record<string, string> =>
    Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, sourceText(source)]));
  const ofEnvironments = Object.entries(environments)
    .filter(([, environment]) => Object.keys(environment.secrets).length > 0)
    .map(([name, environment]) => [name, named(environment.secrets)]);
  return {
    actions: named(secrets),
    dependabot: named(dependabotSecrets),
    environments: Object.fromEntries(ofEnvironments) as Record<string, Record<string, string>>,
  };
}

function sourceText(source: SecretSource): string {
  return "config" in source ? `configuration ${source.config}` : `Secrets Manager ${source.secretsManager}`;
}

function setActions({ name, made, settings: { actions }, kept }: RepositoryScope): void {
  if (actions === undefined) return;
  const { enabled, allowed, selected, shaPinningRequired } = actions;
  const permissions = new github.ActionsRepositoryPermissions(
    `${name}-actions`,
    {
      repository: made.name,
      enabled,
      ...(enabled ? { allowedActions: allowed } : {}),
      ...(enabled && selected !== undefined
        ? {
            allowedActionsConfig: {
              githubOwnedAllowed: selected.githubOwned,
              verifiedAllowed: selected.verified,
              patternsAlloweds: selected.patterns,
            },
          }
        : {}),
      ...(shaPinningRequired === undefined ? {} : { shaPinningRequired }),
    },
    kept,
  );
  new github.WorkflowRepositoryPermissions(
    `${name}-workflow-token`,
    {
      repository: made.name,
      defaultWorkflowPermissions: actions.workflowToken,
      canApprovePullRequestReviews: actions.mayApprovePullRequests,
    },
    { ...kept, dependsOn: [...kept.dependsOn, permissions] },
  );
}

function setSecurity({ name, made, settings, kept }: RepositoryScope): void {
  const { vulnerabilityAlerts, dependabotSecurityUpdates } = settings;
  const alerts =
    vulnerabilityAlerts === undefined
      ? []
      : [
          new github.RepositoryVulnerabilityAlerts(
            `${name}-vulnerability-alerts`,
            { repository: made.name, enabled: vulnerabilityAlerts },
            kept,
          ),
        ];
  if (dependabotSecurityUpdates === undefined) return;
  // GitHub refuses the updates while the alerts are off.
  new github.RepositoryDependabotSecurityUpdates(
    `${name}-dependabot-updates`,
    { repository: made.name, enabled: dependabotSecurityUpdates },
    { ...kept, dependsOn: [...kept.dependsOn, ...alerts] },
  );
}

function makeSecrets({ name, repository, made, settings, salt, valueOf, held }: RepositoryScope): void {
  const known = { repository: knownName(made) };
  const options = { parent: made };
  const stores = [
    [
      "secret",
      settings.secrets,
      github.ActionsSecret,
      () => github.getActionsPublicKeyOutput(known, options),
    ],
    [
      "dependabot-secret",
      settings.dependabotSecrets,
      github.DependabotSecret,
      () => github.getDependabotPublicKeyOutput(known, options),
    ],
  ] as const;
  for (const [store, secrets, Secret, publicKeyOf] of stores) {
    const entries = Object.entries(secrets);
    if (entries.length === 0) continue;
    const publicKey = keyWith(publicKeyOf(), [known.repository]);
    for (const [secretName, source] of entries) {
      const sealed = sealedInputs(`${repository} ${store} ${secretName}`, valueOf(source), publicKey, salt);
      new Secret(`${name}-${store}-${secretName}`, { repository: made.name, secretName, ...sealed }, held);
    }
  }
}

/** The repository's name, unknown until it exists: a new one has no public key to ask for in a preview. */
function knownName(made: github.Repository): pulumi.Output<string> {
  return pulumi.all([made.name, made.nodeId]).apply(([name]) => name);
}

function makeVariables({ name, made, settings, held }: RepositoryScope): void {
  for (const [variableName, value] of Object.entries(settings.variables))
    new github.ActionsVariable(
      `${name}-variable-${variableName}`,
      { repository: made.name, variableName, value },
      held,
    );
}

function makeLabels({ name, repository, made, settings, held, kept }: RepositoryScope): void {
  for (const [label, { color, description, existing }] of Object.entries(settings.labels ?? {}))
    new github.IssueLabel(
      `${name}-label-${label}`,
      { repository: made.name, name: label, color, ...(description === undefined ? {} : { description }) },
      existing ? { ...kept, import: `${repository}:${label}` } : held,
    );
}

/** The file comes before the rules of its branch, which refuse a direct push. It stays when the stack goes. */
function writeCodeOwners({ name, made, settings, kept }: RepositoryScope): github.RepositoryFile[] {
  if (settings.codeOwners === undefined) return [];
  return [
    new github.RepositoryFile(
      `${name}-code-owners`,
      {
        repository: made.name,
        branch: settings.details.defaultBranch,
        file: ".github/CODEOWNERS",
        content: codeOwnersText(settings.codeOwners),
        commitMessage: "Write CODEOWNERS from the stack file",
        overwriteOnCreate: true,
      },
      kept,
    ),
  ];
}
