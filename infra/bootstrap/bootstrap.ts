import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { environmentOutputs, EnvironmentAccess } from "./components/environment-access.ts";
import { GithubProvider } from "./components/github-provider.ts";
import { GithubRole } from "./components/github-role.ts";
import { KeptKey } from "./components/kept-key.ts";
import { StateBucket } from "./components/state-bucket.ts";
import { BOOTSTRAP, ownName, ownRoleArn, roleNames, stateBucketName, type Account } from "./names.ts";
import { cleanupRights } from "./rights/cleanup.ts";
import type { Settings } from "./settings/schema.ts";

/** What one AWS account needs before any environment can be deployed to it. */
export interface Bootstrap {
  readonly stateBucket: StateBucket;
  readonly environments: readonly EnvironmentAccess[];
  readonly cleanup: GithubRole;
  readonly region: string;
}

/** Makes and wires all of it: the one place where the components meet. */
export function createBootstrap(
  settings: Settings,
  options: pulumi.ComponentResourceOptions = {},
): Bootstrap {
  const { owner, region, awsAccount, github, administrators } = settings;
  const account: Account = { environment: BOOTSTRAP, owner, region, account: awsAccount };
  const provider = new aws.Provider("aws", { region, allowedAccountIds: [awsAccount] });
  const opts = { ...options, providers: { aws: provider } };
  const bucket = settings.stateBucket ?? stateBucketName(account);

  const bucketKey = new KeptKey(
    "state-storage",
    {
      account,
      alias: `alias/${ownName("state-storage")}`,
      description: "proving-ground: the state bucket",
      uses: [
        {
          sid: "StatesAreReadAndWritten",
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          by: [...administrators, ...stateRoles(account, settings)],
          through: `s3.${region}.amazonaws.com`,
        },
      ],
    },
    opts,
  );
  const stateBucket = new StateBucket(
    "state",
    {
      account,
      bucket,
      versionsKeptDays: settings.stateVersionsKeptDays,
      keyArn: bucketKey.arn,
      administrators,
    },
    opts,
  );
  const trusted = new GithubProvider("github", { account, existing: settings.oidcProvider.existing }, opts);
  // AWS takes a role's trust only where the provider is known.
  const afterProvider = { ...opts, dependsOn: [trusted] };
  const environments = settings.environments.map(
    (environment) =>
      new EnvironmentAccess(
        environment.name,
        { account, settings, environment, store: { bucket, bucketKeyArn: bucketKey.arn } },
        afterProvider,
      ),
  );
  const cleanup = new GithubRole(
    roleNames.cleanup,
    {
      account,
      github,
      context: "environment:cleanup",
      description: "Deletes volumes, addresses and interfaces that lost hosts left behind",
      rights: { rights: cleanupRights({ account }) },
      maxSessionSeconds: 3600,
    },
    afterProvider,
  );
  return { stateBucket, environments, cleanup, region };
}

/** Every role that reads a state or writes one. */
function stateRoles(account: Account, { environments }: Settings): string[] {
  const names = environments.flatMap(({ name }) => [roleNames.preview(name), roleNames.deploy(name)]);
  return [roleNames.pullRequests, ...names].map((name) => ownRoleArn(account, name));
}

/** Outputs of the stack: what docs/bootstrap.md puts into GitHub's variables and into stack files. */
export function outputsOf({ stateBucket, environments, cleanup, region }: Bootstrap) {
  return {
    backend: stateBucket.bucketName.apply((name) => `s3://${name}?region=${region}&awssdk=v2`),
    environments: Object.fromEntries(
      environments.map((environment) => [environment.name, environmentOutputs(environment, region)]),
    ),
    cleanupRole: cleanup.arn,
  };
}

export type Outputs = ReturnType<typeof outputsOf>;
