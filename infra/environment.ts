import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { GuardedPlaces, LocatedConfig } from "./guard-config.ts";
import { FORMER_NAMES, type FormerNames } from "../model/former-names.ts";
import type { Role } from "../model/roles.ts";
import { ArtifactStore } from "./components/artifact-store.ts";
import { Budget } from "./components/budget.ts";
import { Cluster } from "./components/cluster.ts";
import { EncryptionKey } from "./components/encryption-key.ts";
import { aliasFormerNames } from "./components/former-names.ts";
import { Governance } from "./components/governance.ts";
import { Guard, type GuardProgram } from "./components/guard.ts";
import { HostBundle, type HostProgram } from "./components/host-bundle.ts";
import { Network } from "./components/network.ts";
import { Orchestrator } from "./components/orchestrator.ts";
import { boundRoles } from "./components/permissions-boundary.ts";
import { Secrets } from "./components/secrets.ts";
import { SecurityGroups } from "./components/security-groups.ts";
import type { Scope } from "./lib/names.ts";
import { actorReferences } from "./settings/governance-actors.ts";
import { secretReferences } from "./settings/governance-secrets.ts";
import { guardedBudget, guardFigures } from "./settings/guard.ts";
import type { GithubOptions } from "./settings/load.ts";
import { scheduledActions } from "./settings/scheduled-actions.ts";
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
  readonly guard: Guard | undefined;
  readonly settings: Settings;
}

/** What an environment is built from besides its settings. */
export interface EnvironmentInputs {
  readonly hostProgram: HostProgram;
  /** Program and configuration of the guard; asked for only where the settings want one. */
  readonly guard: () => { readonly program: GuardProgram; readonly config: LocatedConfig };
  /** Today in UTC, `YYYY-MM-DD`: exceptions of schedules before it are over. */
  readonly today: string;
  /** Default: those of the model. */
  readonly formerNames?: FormerNames;
}

/** Makes and wires every component of an environment: the one place where they meet. */
export function createEnvironment(
  settings: Settings,
  { hostProgram, guard: readGuard, today, formerNames = FORMER_NAMES }: EnvironmentInputs,
): Environment {
  const { environment, owner, region, zones } = settings;
  const provider = awsProviderOf(settings);
  const account = settings.awsAccount ?? aws.getCallerIdentityOutput({}, { provider }).accountId;
  const boundary = settings.permissionsBoundary;
  const opts = {
    providers: { aws: provider },
    transformations: [
      aliasFormerNames(formerNames),
      ...(boundary === undefined ? [] : [boundRoles(policyArn(boundary, account))]),
    ],
  };
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
  const bundle = new HostBundle(
    "host-bundle",
    { scope, bucketName: artifacts.bucketName, program: hostProgram },
    opts,
  );
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
            scheduledActions: scheduledActions(settings.cluster, slots, today),
            deadManMinutes: guardedBudget(settings) === undefined ? undefined : settings.guard.deadManMinutes,
            budget,
            network,
            securityGroups,
            artifacts,
            bundle,
            keyArn,
          },
          opts,
        );

  const guard = createGuard(
    settings,
    { scope, opts, keyArn, network, budget, orchestrator, protect },
    readGuard,
  );

  return { provider, network, artifacts, budget, orchestrator, cluster, guard, settings };
}

interface GuardSurroundings extends Pick<Environment, "network" | "budget" | "orchestrator"> {
  readonly scope: Scope;
  readonly opts: pulumi.ComponentResourceOptions;
  readonly keyArn: pulumi.Input<string>;
  readonly protect: boolean;
}

/** The guard, where the stack has a budget to keep. */
function createGuard(
  settings: Settings,
  { scope, opts, keyArn, network, budget, orchestrator, protect }: GuardSurroundings,
  readGuard: EnvironmentInputs["guard"],
): Guard | undefined {
  const kept = guardedBudget(settings);
  if (kept === undefined) return undefined;
  const { program, config } = readGuard();
  const places = pulumi
    .all([scope.account, network.vpcId, orchestrator.instanceId])
    .apply(([account, vpcId, orchestratorId]): GuardedPlaces => ({ account, vpcId, orchestratorId }));
  return new Guard(
    "guard",
    {
      scope,
      settings: settings.guard,
      program,
      config: places.apply((known) => JSON.stringify(config(known), null, 1)),
      figures: guardFigures(settings),
      emails: kept.emails,
      budgetTopicArn: budget.topicArn,
      agentsRole: settings.modelApi === undefined ? undefined : orchestrator.roleName,
      keyArn,
      protect,
    },
    opts,
  );
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
    actors: actorReferences(governance),
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
export function outputsOf(environment: Environment) {
  const { network, artifacts, budget, orchestrator, cluster } = environment;
  const guard = guardOutputsOf(environment);
  return {
    alarmTopic: budget.topicArn,
    artifactBucket: artifacts.bucketName,
    clusterEndpoints: cluster?.endpoints ?? {},
    ...(guard === undefined ? {} : { guard }),
    orchestratorAddress: { dnsName: orchestrator.dnsName, privateIp: orchestrator.privateIp },
    orchestratorSession: orchestrator.sessionCommand,
    slotDnsNames: cluster?.slots.map((slot) => slot.dnsName) ?? [],
    vpcId: network.vpcId,
  };
}

/** What commands must know to ask the guard and to start slots; undefined where there is none. */
function guardOutputsOf({ guard, budget, cluster, settings }: Environment) {
  if (guard === undefined) return undefined;
  return {
    table: guard.tableName,
    function: guard.functionName,
    topicArn: guard.topicArn,
    budgetTopicArn: budget.topicArn,
    queueUrl: guard.eventsUrl,
    failuresUrl: guard.failuresUrl,
    schedule: guard.scheduleName,
    scheduleGroup: guard.scheduleGroup,
    slots: Object.fromEntries((cluster?.slots ?? []).map(({ name, groupName }) => [name, groupName])),
    intervalMinutes: settings.guard.intervalMinutes,
    deadManMinutes: settings.guard.deadManMinutes,
  };
}

/** Addresses of the governed repositories by `OWNER/NAME`. */
export function governanceOutputsOf(governance: Governance | undefined) {
  if (governance === undefined) return {};
  const urls = governance.repositories.map(({ repository, url }) => [repository, url] as const);
  return { repositories: Object.fromEntries(urls) };
}

export type Outputs = Partial<ReturnType<typeof outputsOf>> & ReturnType<typeof governanceOutputsOf>;

/** A policy of the account is named by its name alone, or by its ARN. */
function policyArn(policy: string, account: pulumi.Input<string>): pulumi.Input<string> {
  return policy.startsWith("arn:") ? policy : pulumi.interpolate`arn:aws:iam::${account}:policy/${policy}`;
}

function required(ids: ReadonlyMap<Role, pulumi.Output<string>>, role: Role): pulumi.Output<string> {
  const id = ids.get(role);
  if (id === undefined) throw new RangeError(`no security group for role ${role}`);
  return id;
}
