import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { FORMER_NAMES, type FormerNames } from "../model/former-names.ts";
import type { Role } from "../model/roles.ts";
import { ArtifactStore } from "./components/artifact-store.ts";
import { Budget } from "./components/budget.ts";
import { Cluster } from "./components/cluster.ts";
import { EncryptionKey } from "./components/encryption-key.ts";
import { aliasFormerNames } from "./components/former-names.ts";
import { Governance } from "./components/governance.ts";
import { HostBundle, type HostProgram } from "./components/host-bundle.ts";
import { Network } from "./components/network.ts";
import { Orchestrator } from "./components/orchestrator.ts";
import { Secrets } from "./components/secrets.ts";
import { SecurityGroups } from "./components/security-groups.ts";
import { secretReferences } from "./settings/governance-secrets.ts";
import type { GithubOptions } from "./settings/load.ts";
import type { Settings, StackSettings } from "./settings/schema.ts";
import { slotsOf } from "./settings/slots.ts";

/** What one environment is made of; the stack's outputs are read from here. */
export interface Environment {
  readonly provider: aws.Provider;
  readonly network: Network;
  readonly artifacts: ArtifactStore;
  readonly budget: Budget;
  readonly orchestrator: Orchestrator;
  readonly cluster: Cluster | undefined;
}

/** Makes and wires every component of an environment: the one place where they meet. */
export function createEnvironment(
  settings: Settings,
  program: HostProgram,
  formerNames: FormerNames = FORMER_NAMES,
): Environment {
  const { environment, owner, region, zones } = settings;
  const provider = awsProviderOf(settings);
  const opts = { providers: { aws: provider }, transformations: [aliasFormerNames(formerNames)] };
  const account = settings.awsAccount ?? aws.getCallerIdentityOutput({}, { provider }).accountId;
  const scope = { environment, owner, region, account, formerNames };
  const protect = settings.orchestrator.protect;
  const slots = slotsOf(settings);
  const roles: Role[] = ["orchestrator", ...new Set(slots.map((slot) => slot.role))];

  const keyArn = new EncryptionKey("encryption", { scope, protect }, opts).arn;
  const network = new Network("network", { scope, settings: settings.network, zones, keyArn }, opts);
  const { ids: securityGroups } = new SecurityGroups(
    "security",
    { scope, vpcId: network.vpcId, roles },
    opts,
  );
  const artifacts = new ArtifactStore(
    "artifacts",
    { scope, settings: settings.artifacts, keyArn, protect },
    opts,
  );
  const bundle = new HostBundle("host-bundle", { scope, bucketName: artifacts.bucketName, program }, opts);
  const budget = new Budget(
    "budget",
    { scope, keyArn, modelApi: settings.modelApi, ...settings.budget },
    opts,
  );
  const secrets = new Secrets("secrets", { scope, settings: settings.secrets, protect }, opts);
  const orchestrator = new Orchestrator(
    "orchestrator",
    {
      scope,
      settings: settings.orchestrator,
      network,
      artifacts,
      keyArn,
      securityGroupId: required(securityGroups, "orchestrator"),
      secretArns: secrets.arns,
      modelApi: settings.modelApi !== undefined,
    },
    opts,
  );
  const cluster =
    settings.cluster === undefined
      ? undefined
      : new Cluster(
          "cluster",
          {
            scope,
            settings: settings.cluster,
            slots,
            budget,
            network,
            securityGroups,
            artifacts,
            bundle,
            keyArn,
          },
          opts,
        );

  return { provider, network, artifacts, budget, orchestrator, cluster };
}

/** Makes the GitHub side of a stack. */
export function governRepositories(
  { region, awsAccount, governance }: StackSettings,
  configSecrets: ReadonlyMap<string, pulumi.Output<string>>,
  githubOptions: GithubOptions,
  hosts: Environment | undefined,
): Governance | undefined {
  if (governance === undefined) return undefined;
  const sources = secretReferences(governance).map(({ source }) => source);
  const asksAws = sources.some((source) => "secretsManager" in source);
  const awsProvider = hosts?.provider ?? (asksAws ? awsProviderOf({ region, awsAccount }) : undefined);
  return new Governance("governance", {
    settings: governance,
    sources,
    configSecrets,
    githubOptions,
    awsProvider,
  });
}

function awsProviderOf({ region, awsAccount }: Pick<StackSettings, "region" | "awsAccount">): aws.Provider {
  return new aws.Provider("aws", {
    region,
    ...(awsAccount === undefined ? {} : { allowedAccountIds: [awsAccount] }),
  });
}

/** Outputs of the stack. */
export function outputsOf({ network, artifacts, budget, orchestrator, cluster }: Environment) {
  return {
    alarmTopic: budget.topicArn,
    artifactBucket: artifacts.bucketName,
    clusterEndpoints: cluster?.endpoints ?? {},
    orchestratorAddress: { dnsName: orchestrator.dnsName, privateIp: orchestrator.privateIp },
    orchestratorSession: orchestrator.sessionCommand,
    slotDnsNames: cluster?.slots.map((slot) => slot.dnsName) ?? [],
    vpcId: network.vpcId,
  };
}

/** Addresses of the governed repositories by `OWNER/NAME`. */
export function governanceOutputsOf(governance: Governance | undefined) {
  if (governance === undefined) return {};
  const urls = governance.repositories.map(({ repository, url }) => [repository, url] as const);
  return { repositories: Object.fromEntries(urls) };
}

export type Outputs = Partial<ReturnType<typeof outputsOf>> & ReturnType<typeof governanceOutputsOf>;

function required(ids: ReadonlyMap<Role, pulumi.Output<string>>, role: Role): pulumi.Output<string> {
  const id = ids.get(role);
  if (id === undefined) throw new RangeError(`no security group for role ${role}`);
  return id;
}
