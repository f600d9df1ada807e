import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cpuCredits } from "../lib/cpu-credits.ts";
import { policyDocument, serviceTrust, SESSION_MANAGER, type Statement } from "../lib/iam.ts";
import { componentType, parameterRoot, physicalName, type Scope } from "../lib/names.ts";
import { PREFIXES } from "../lib/prefixes.ts";
import { hostTags, tagsFor } from "../lib/tags.ts";
import type { OrchestratorSettings } from "../settings/schema.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import type { Network } from "./network.ts";

export interface OrchestratorArgs {
  readonly scope: Scope;
  readonly settings: OrchestratorSettings;
  readonly network: Pick<Network, "subnetIds" | "publicAddresses" | "hostedZoneId" | "domain">;
  readonly securityGroupId: pulumi.Input<string>;
  readonly artifacts: Pick<ArtifactStore, "bucketArn">;
  readonly keyArn: pulumi.Input<string>;
  readonly secretArns: readonly pulumi.Input<string>[];
  /** True where agents on this host call models on Amazon Bedrock. */
  readonly modelApi: boolean;
}

/**
 * The persistent host: agents, supervision loops and the repository. On demand, because nothing
 * would restart the restarters. Default c7a.2xlarge with 100 GB of gp3: about 10.1 USD a day.
 * A new machine image never replaces it: images are taken at the first launch only.
 */
export class Orchestrator extends pulumi.ComponentResource {
  readonly instanceId: pulumi.Output<string>;
  readonly privateIp: pulumi.Output<string>;
  readonly dnsName: string;
  readonly sessionCommand: pulumi.Output<string>;
  /** Name of its role, under which agents work. */
  readonly roleName: string;

  constructor(name: string, args: OrchestratorArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Orchestrator"), name, {}, opts);
    const { scope, settings, network } = args;
    const parent = { parent: this };
    const tags = tagsFor(scope, name, hostTags("orchestrator", "persistent"));
    const subnetId = [...network.subnetIds.values()][0];
    if (subnetId === undefined)
      throw new RangeError("the orchestrator needs a network with at least one zone");

    const instance = new aws.ec2.Instance(
      `${name}-instance`,
      {
        ami: imageId(settings.image, this),
        instanceType: settings.instanceType,
        subnetId,
        vpcSecurityGroupIds: [args.securityGroupId],
        associatePublicIpAddress: network.publicAddresses,
        iamInstanceProfile: this.createProfile(name, args).name,
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: settings.diskGib,
          encrypted: true,
          deleteOnTermination: !settings.protect,
        },
        // Laid on with the launch. Tags of the block device come by a call after it, for which the deployment would
        // need the right to tag volumes that carry none yet: anybody's.
        volumeTags: tags,
        disableApiTermination: settings.protect,
        ebsOptimized: true,
        ...cpuCredits([settings.instanceType]),
        monitoring: true,
        maintenanceOptions: { autoRecovery: "default" },
        tags,
      },
      // A stopped host has lost its public address: a refresh would take that for a reason to replace it.
      { ...parent, protect: settings.protect, ignoreChanges: ["ami", "associatePublicIpAddress"] },
    );
    this.dnsName = `${name}.${network.domain}`;
    new aws.route53.Record(
      `${name}-address`,
      { zoneId: network.hostedZoneId, name: this.dnsName, type: "A", ttl: 60, records: [instance.privateIp] },
      parent,
    );

    this.roleName = physicalName(scope, name);
    this.instanceId = instance.id;
    this.privateIp = instance.privateIp;
    this.sessionCommand = pulumi.interpolate`aws ssm start-session --region ${scope.region} --target ${instance.id}`;
    this.registerOutputs({ instanceId: this.instanceId, privateIp: this.privateIp, dnsName: this.dnsName });
  }

  private createProfile(name: string, args: OrchestratorArgs): aws.iam.InstanceProfile {
    const { scope } = args;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: physicalName(scope, name),
        description: "The orchestrator's own rights",
        assumeRolePolicy: serviceTrust("ec2.amazonaws.com"),
        tags: tagsFor(scope, name, hostTags("orchestrator", "persistent")),
      },
      parent,
    );
    new aws.iam.RolePolicy(
      `${name}-rights`,
      { role: role.name, policy: policyDocument(rights(args)) },
      parent,
    );
    return new aws.iam.InstanceProfile(
      `${name}-profile`,
      { name: physicalName(scope, name), role: role.name, tags: tagsFor(scope, name) },
      parent,
    );
  }
}

/** The id itself, or what Amazon's own parameter names today. */
function imageId(image: string, parent: pulumi.Resource): pulumi.Input<string> {
  return image.startsWith("/") ? aws.ssm.getParameterOutput({ name: image }, { parent }).value : image;
}

function rights({ scope, artifacts, keyArn, secretArns, modelApi }: OrchestratorArgs): Statement[] {
  const { region, account } = scope;
  const objects = (prefix: string) => pulumi.interpolate`${artifacts.bucketArn}/${prefix}*`;
  return [
    SESSION_MANAGER,
    { sid: "ListArtifacts", actions: ["s3:ListBucket"], resources: [artifacts.bucketArn] },
    {
      sid: "ReadArtifacts",
      actions: ["s3:GetObject"],
      resources: [objects(PREFIXES.releases), objects(PREFIXES.runs), objects(PREFIXES.hosts)],
    },
    {
      sid: "WriteArtifacts",
      actions: ["s3:PutObject"],
      resources: [objects(PREFIXES.releases), objects(PREFIXES.runs)],
    },
    {
      sid: "ArtifactKey",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [keyArn],
      conditions: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
    {
      sid: "ReadSlotStatus",
      actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
      // A look by path is checked against the path itself, without the slash of what lies below.
      resources: ["slots", "slots/*"].map(
        (path) =>
          pulumi.interpolate`arn:aws:ssm:${region}:${account}:parameter${parameterRoot(scope)}/${path}`,
      ),
    },
    ...(secretArns.length > 0
      ? [{ sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: secretArns }]
      : []),
    ...(modelApi
      ? [
          {
            sid: "CallModels",
            actions: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            resources: [
              pulumi.interpolate`arn:aws:bedrock:*::foundation-model/*`,
              pulumi.interpolate`arn:aws:bedrock:*:${account}:inference-profile/*`,
            ],
          },
        ]
      : []),
  ];
}
