import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../lib/iam.ts";
import { componentType } from "../../lib/names.ts";
import {
  hostBoundaryName,
  ownRoleArn,
  roleNames,
  secretsProviderUrl,
  stateKeyAlias,
  type Account,
  type StateStore,
} from "../names.ts";
import { deployBoundary } from "../rights/deploy-boundary.ts";
import { deployGuard } from "../rights/deploy-guard.ts";
import { deployIdentity } from "../rights/deploy-identity.ts";
import { deployNetworkAndHosts } from "../rights/deploy-network.ts";
import { deployStores } from "../rights/deploy-stores.ts";
import { guardRails } from "../rights/guard-rails.ts";
import { hostBoundary } from "../rights/host-boundary.ts";
import { readHostPrograms, readNamedSecrets, readRights } from "../rights/read.ts";
import type { Reach } from "../rights/reach.ts";
import { releaseRights } from "../rights/release.ts";
import { readState, writeState, type StateReach } from "../rights/state.ts";
import { verifyRights } from "../rights/verify.ts";
import type { EnvironmentSettings, Settings } from "../settings/schema.ts";
import { GithubRole, ownPolicy } from "./github-role.ts";
import { KeptKey } from "./kept-key.ts";

export interface EnvironmentAccessArgs {
  readonly account: Account;
  readonly settings: Pick<Settings, "administrators" | "github" | "hosts" | "pullRequests">;
  readonly environment: EnvironmentSettings;
  readonly store: StateStore;
}

const HOUR = 3600;

/**
 * One environment's key, and the roles that reach its state: one that deploys, one that only looks, and, for the
 * environment of pull requests, one that looks from there. One more reaches no state, and adds build artifacts.
 */
export class EnvironmentAccess extends pulumi.ComponentResource {
  readonly name: string;
  readonly deploy: GithubRole;
  readonly preview: GithubRole;
  readonly release: GithubRole;
  /** Role of pull requests; undefined where this is not their environment. */
  readonly pullRequests: GithubRole | undefined;
  readonly hostBoundary: aws.iam.Policy;

  constructor(name: string, args: EnvironmentAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("EnvironmentAccess"), name, {}, opts);
    const { account, settings, store } = args;
    const key = this.createKey(name, args);
    const reach = { account, environment: name, store, stateKeyArn: key.arn };
    const limits = { ...settings.hosts, hostSecrets: args.environment.hostSecrets };

    this.name = name;
    this.hostBoundary = ownPolicy(hostBoundaryName(name), account, hostBoundary(reach, limits), {
      description: `The most that a role made in ${name} can ever do`,
      parent: this,
    });
    this.deploy = this.createDeployRole(name, args, reach);
    this.preview = new GithubRole(
      roleNames.preview(name),
      {
        account,
        github: settings.github,
        context: `environment:${name}-preview`,
        description: `Looks at ${name} from main: previews, the nightly search for drift, and whether all is well`,
        rights: {
          state: readState(reach),
          look: lookFromMain(reach, args),
          verify: verifyRights(reach),
        },
        maxSessionSeconds: HOUR,
      },
      { parent: this },
    );
    this.release = new GithubRole(
      roleNames.release(name),
      {
        account,
        github: settings.github,
        // Not the reviewers' environment: GitHub asks them for each job that names theirs.
        context: `environment:${name}-release`,
        description: `Adds versions of build artifacts to the bucket of ${name}`,
        rights: { artifacts: releaseRights(reach) },
        maxSessionSeconds: HOUR,
      },
      { parent: this },
    );
    this.pullRequests =
      name === settings.pullRequests
        ? new GithubRole(
            roleNames.pullRequests,
            {
              account,
              github: settings.github,
              context: "pull_request",
              description: `Previews ${name} for pull requests of this repository; forks get no token`,
              rights: { state: readState(reach), look: readRights(reach) },
              maxSessionSeconds: HOUR,
            },
            { parent: this },
          )
        : undefined;
    this.registerOutputs({});
  }

  private createKey(name: string, { account, settings }: EnvironmentAccessArgs): KeptKey {
    const viewers = [
      roleNames.deploy(name),
      roleNames.preview(name),
      ...(name === settings.pullRequests ? [roleNames.pullRequests] : []),
    ];
    return new KeptKey(
      `${name}-secrets`,
      {
        account,
        alias: stateKeyAlias(name),
        description: `proving-ground ${name}: secrets in Pulumi's state`,
        uses: [
          {
            sid: "SecretsAreOpened",
            actions: ["kms:Decrypt"],
            by: viewers.map((role) => ownRoleArn(account, role)),
          },
          {
            // A stack's first command, or a change of its secrets provider, seals a new data key; no workflow does either.
            sid: "AdministratorsSeal",
            actions: ["kms:Decrypt", "kms:Encrypt"],
            by: settings.administrators,
          },
        ],
      },
      { parent: this },
    );
  }

  private createDeployRole(name: string, args: EnvironmentAccessArgs, reach: StateReach): GithubRole {
    const { account, settings, store } = args;
    const rights = {
      state: [...readState(reach), ...writeState(reach)],
      look: lookFromMain(reach, args),
      network: deployNetworkAndHosts(reach, settings.hosts.imageOwners),
      stores: deployStores(reach, args.environment),
      guard: deployGuard(reach),
      identity: deployIdentity(reach),
    };
    return new GithubRole(
      roleNames.deploy(name),
      {
        account,
        github: settings.github,
        context: `environment:${name}`,
        description: `Deploys ${name}`,
        rights: { ...rights, rails: guardRails(reach, store.bucket) },
        boundary: deployBoundary(Object.values(rights).flat()),
        maxSessionSeconds: 2 * HOUR,
      },
      { parent: this },
    );
  }
}

/** What code that was merged may look at: more than that of a pull request. */
function lookFromMain(reach: Reach, { environment }: EnvironmentAccessArgs): Statement[] {
  return [
    ...readRights(reach),
    ...readHostPrograms(reach),
    ...readNamedSecrets(reach, environment.readsSecrets),
  ];
}

/** What GitHub's environments and the stack file of the environment are told. */
export function environmentOutputs(
  { name, deploy, preview, release, pullRequests, hostBoundary }: EnvironmentAccess,
  region: string,
) {
  return {
    deployRole: deploy.arn,
    previewRole: preview.arn,
    releaseRole: release.arn,
    ...(pullRequests === undefined ? {} : { pullRequestRole: pullRequests.arn }),
    permissionsBoundary: hostBoundary.arn,
    secretsProvider: secretsProviderUrl(name, region),
  };
}
