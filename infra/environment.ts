import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { FORMER_NAMES, type FormerNames } from "../model/former-names.ts";
import type { Role } from "../model/roles.ts";
import { ArtifactStore } from "./components/artifact-store.ts";
import { Budget } from "./components/budget.ts";
import { Cluster } from "./components/cluster.ts";
import { EncryptionKey } from "./components/encryption-key.ts";
import { aliasFormerNames } from "./components/former-names.ts";
import { HostBundle, type HostProgram } from "./components/host-bundle.ts";
import { Network } from "./components/network.ts";
import { Orchestrator } from "./components/orchestrator.ts";
import { Secrets } from "./components/secrets.ts";
import { SecurityGroups } from "./components/security-groups.ts";
import type { Settings } from "./settings/schema.ts";
import { slotsOf } from "./settings/slots.ts";

/** What one environment is made of; the stack's outputs are read from here. */
export interface Environment {
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
  const provider = new aws.Provider("aws", {
    region,
    ...(settings.awsAccount === undefined ? {} : { allowedAccountIds: [settings.awsAccount] }),
  });
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

  return { network, artifacts, budget, orchestrator, cluster };
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

export type Outputs = ReturnType<typeof outputsOf>;

function required(ids: ReadonlyMap<Role, pulumi.Output<string>>, role: Role): pulumi.Output<string> {
  const id = ids.get(role);
  if (id === undefined) throw new RangeError(`no security group for role ${role}`);
  return id;
}
