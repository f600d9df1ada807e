import * as aws from "@pulumi/aws";
import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { claimRepository } from "../lib/github-claim.ts";
import { componentType } from "../lib/names.ts";
import type { GovernanceSettings, SecretSource } from "../settings/governance.ts";
import type { ActorReference } from "../settings/governance-actors.ts";
import type { GithubOptions } from "../settings/load.ts";
import { findActors } from "./governance-actors.ts";
import { GovernedRepository } from "./governance-repository.ts";

export interface GovernanceArgs {
  readonly settings: GovernanceSettings;
  /** Every source of a secret that the settings name; one that stands there twice may stand here twice. */
  readonly sources: readonly SecretSource[];
  /** Every user and team that the settings name. */
  readonly actors: readonly ActorReference[];
  /** Values of the Pulumi configuration that secrets come from, by key, marked as secrets. */
  readonly configSecrets: ReadonlyMap<string, pulumi.Output<string>>;
  readonly githubOptions?: GithubOptions;
  /** Provider of the account whose Secrets Manager is read; needed only where a source says so. */
  readonly awsProvider: aws.Provider | undefined;
}

/**
 * GitHub repositories as code: settings, branches, secrets, environments. Repositories are adopted, or
 * made where the settings say so, and never deleted: a destroyed stack leaves them with the settings it
 * gave them, and takes along what it made inside them.
 *
 * The token comes from GITHUB_TOKEN, which the provider reads itself. Cost: none.
 */
export class Governance extends pulumi.ComponentResource {
  readonly repositories: readonly GovernedRepository[];

  constructor(name: string, args: GovernanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Governance"), name, {}, opts);
    const { settings } = args;
    const provider = new github.Provider(
      `${name}-provider`,
      { owner: settings.owner, ...args.githubOptions },
      { parent: this, transformations: [withoutToken] },
    );
    const own = { parent: this, provider };
    const salt = pulumi.secret(
      new random.RandomBytes(`${name}-salt`, { length: 32 }, { parent: this }).base64,
    );
    const values = new Map(args.sources.map((source) => [keyOf(source), readValue(this, source, args)]));
    const actors = findActors(settings.owner, args.actors, own);
    const needed = [...values.values(), actors.found];
    const repositories = Object.entries(settings.repositories);

    // All at once and before anything else: a repository of another stack, a secret that nobody put in, or
    // a reviewer whom nobody knows fails the deployment while it has changed nothing. A new repository
    // belongs to whoever made it.
    const claims = repositories
      .filter(([, { create }]) => !create)
      .map(([repository]) => claimRepository(`${name}-${repository}`, repository, needed, own));
    this.repositories = repositories.map(
      ([repository, repositorySettings]) =>
        new GovernedRepository(
          `${name}-${repository}`,
          {
            owner: settings.owner,
            organization: settings.ownerKind === "organization",
            repository,
            settings: repositorySettings,
            salt,
            numberOf: actors.numberOf,
            valueOf: (source) => found(values, keyOf(source)),
            claims,
            claimNew: (made) =>
              claimRepository(`${name}-${repository}`, made.name, needed, { ...own, dependsOn: [made] }),
          },
          { parent: this, providers: { github: provider } },
        ),
    );
    this.registerOutputs({ owner: settings.owner });
  }
}

/** The value a source stands for, marked as a secret. */
function readValue(
  parent: pulumi.Resource,
  source: SecretSource,
  { configSecrets, awsProvider }: GovernanceArgs,
): pulumi.Output<string> {
  if ("config" in source) return found(configSecrets, source.config);
  const version = aws.secretsmanager.getSecretVersionOutput(
    { secretId: source.secretsManager },
    { parent, ...(awsProvider === undefined ? {} : { provider: awsProvider }) },
  );
  return pulumi.secret(version.secretString);
}

/**
 * Takes the token out of the provider's inputs again: the SDK puts GITHUB_TOKEN there as it is, and with it
 * into the state, in clear, and each job's new token would be a change. The provider reads the same
 * variable itself.
 */
const withoutToken: pulumi.ResourceTransformation = ({ props, opts }) => ({
  props: Object.fromEntries(
    Object.entries(props as Readonly<Record<string, unknown>>).filter(([input]) => input !== "token"),
  ),
  opts,
});

function keyOf(source: SecretSource): string {
  return "config" in source ? source.config : `secretsmanager ${source.secretsManager}`;
}

function found<Value>(values: ReadonlyMap<string, Value>, key: string): Value {
  const value = values.get(key);
  if (value === undefined) throw new RangeError(`no value was given for the secret source ${key}`);
  return value;
}
