import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ZoneId } from "../../model/regions.ts";
import { TAGS } from "../../model/tags.ts";
import { cpuCredits } from "../lib/cpu-credits.ts";
import { policyDocument, serviceTrust } from "../lib/iam.ts";
import { componentType, physicalName, statusParameter } from "../lib/names.ts";
import { hostTags, tagsFor } from "../lib/tags.ts";
import { renderUserData } from "../lib/user-data.ts";
import type { ScheduledActionPlan } from "../settings/scheduled-actions.ts";
import type { ClusterSettings } from "../settings/schema.ts";
import type { SlotPlan } from "../settings/slots.ts";
import type { SlotContext } from "./cluster.ts";
import { slotRights } from "./cluster-slot-rights.ts";
import { createScheduledActions } from "./cluster-slot-schedule.ts";

export interface SlotArgs {
  readonly plan: SlotPlan;
  readonly context: SlotContext;
  /** Its scheduled starts and stops; none where people start and stop it. */
  readonly actions: readonly ScheduledActionPlan[];
}

/**
 * One node of the cluster, under one name for life: an Auto Scaling group of at most one spot
 * instance with its own launch template, role and profile.
 *
 * It starts at nothing. Starting, stopping and latching are not deployments: `desiredCapacity`,
 * `suspendedProcesses` and the share of on-demand capacity belong to whoever runs the cluster, and the
 * program ignores what they say. Two hosts never share one identity: no capacity rebalancing, no zone
 * rebalancing, and shutting down means terminating.
 */
export class Slot extends pulumi.ComponentResource {
  readonly name: string;
  readonly dnsName: string;
  readonly groupName: pulumi.Output<string>;

  constructor(name: string, { plan, context, actions }: SlotArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Slot"), name, {}, opts);
    const { scope, settings, network } = context;
    const parent = { parent: this };
    const template = this.createTemplate(name, plan, context);

    const group = new aws.autoscaling.Group(
      `${name}-group`,
      {
        name: physicalName(scope, name),
        minSize: 0,
        maxSize: 1,
        desiredCapacity: 0,
        capacityRebalance: false,
        suspendedProcesses: ["AZRebalance"],
        vpcZoneIdentifiers: subnetsIn(plan.zones, network.subnetIds),
        mixedInstancesPolicy: {
          launchTemplate: {
            launchTemplateSpecification: {
              launchTemplateId: template.id,
              version: pulumi.interpolate`${template.latestVersion}`,
            },
            overrides: plan.instanceTypes.map((instanceType) => ({ instanceType })),
          },
          instancesDistribution: {
            onDemandBaseCapacity: 0,
            onDemandPercentageAboveBaseCapacity: 0,
            spotAllocationStrategy: "price-capacity-optimized",
          },
        },
        healthCheckType: "EC2",
        healthCheckGracePeriod: 300,
        waitForCapacityTimeout: "0",
        tags: groupTags(slotTags(plan, context), settings, actions),
      },
      {
        ...parent,
        ignoreChanges: [
          "desiredCapacity",
          "suspendedProcesses",
          "mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity",
        ],
      },
    );
    createScheduledActions(this, name, group.name, actions);

    this.name = name;
    this.dnsName = `${name}.${network.domain}`;
    this.groupName = group.name;
    this.registerOutputs({ dnsName: this.dnsName, groupName: this.groupName });
  }

  private createTemplate(name: string, plan: SlotPlan, context: SlotContext): aws.ec2.LaunchTemplate {
    const { scope, settings, network, securityGroups } = context;
    const securityGroupId = securityGroups.get(plan.role);
    if (securityGroupId === undefined) throw new RangeError(`no security group for role ${plan.role}`);
    const tags = slotTags(plan, context);
    const profile = this.createProfile(name, tags, context);

    return new aws.ec2.LaunchTemplate(
      `${name}-template`,
      {
        name: physicalName(scope, name),
        description: `proving-ground ${scope.environment}: ${name}`,
        // Amazon's parameter is resolved by EC2 at launch; Pulumi then has no image to track.
        imageId: settings.image.startsWith("/") ? `resolve:ssm:${settings.image}` : settings.image,
        instanceInitiatedShutdownBehavior: "terminate",
        iamInstanceProfile: { arn: profile.arn },
        ...cpuCredits(plan.instanceTypes),
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: String(network.publicAddresses),
            deleteOnTermination: "true",
            securityGroups: [securityGroupId],
          },
        ],
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: {
              volumeType: "gp3",
              volumeSize: settings.rootDiskGib,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
          resourceType,
          tags,
        })),
        userData: this.userData(name, plan, context),
        updateDefaultVersion: true,
        tags,
      },
      { parent: this },
    );
  }

  private userData(
    name: string,
    plan: SlotPlan,
    { scope, network, artifacts, bundle, deadManMinutes }: SlotContext,
  ): pulumi.Output<string> {
    return pulumi
      .all([artifacts.bucketName, bundle.key, network.hostedZoneId])
      .apply(([bucket, bundleKey, zoneId]) =>
        Buffer.from(
          renderUserData({
            environment: scope.environment,
            slot: name,
            role: plan.role,
            region: scope.region,
            bucket,
            bundleKey,
            bundleSha256: bundle.sha256,
            zoneId,
            domain: network.domain,
            statusParameter: statusParameter(scope, name),
            ...(deadManMinutes === undefined
              ? {}
              : {
                  deadMan: {
                    table: physicalName(scope, "guard"),
                    group: physicalName(scope, name),
                    limitSeconds: deadManMinutes * 60,
                  },
                }),
          }),
        ).toString("base64"),
      );
  }

  private createProfile(
    name: string,
    tags: Record<string, string>,
    context: SlotContext,
  ): aws.iam.InstanceProfile {
    const { scope } = context;
    const parent = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      {
        name: physicalName(scope, name),
        description: `Rights of slot ${name} alone`,
        assumeRolePolicy: serviceTrust("ec2.amazonaws.com"),
        tags,
      },
      parent,
    );
    new aws.iam.RolePolicy(
      `${name}-rights`,
      { role: role.name, policy: policyDocument(slotRights(name, context)) },
      parent,
    );
    return new aws.iam.InstanceProfile(
      `${name}-profile`,
      { name: physicalName(scope, name), role: role.name, tags },
      parent,
    );
  }
}

function slotTags(plan: SlotPlan, { scope }: SlotContext): Record<string, string> {
  return tagsFor(scope, plan.name, { ...hostTags(plan.role, "on-demand"), [TAGS.slot]: plan.name });
}

/** Tags of the group only: the template tags instances, volumes and interfaces itself, also on launches by hand. */
function groupTags(
  tags: Record<string, string>,
  { hoursPerDay }: ClusterSettings,
  actions: readonly ScheduledActionPlan[],
): aws.types.input.autoscaling.GroupTag[] {
  const all = actions.length === 0 ? { ...tags, [TAGS.hoursPerDay]: String(hoursPerDay) } : tags;
  return Object.entries(all).map(([key, value]) => ({ key, value, propagateAtLaunch: false }));
}

function subnetsIn(
  zones: readonly ZoneId[],
  subnetIds: ReadonlyMap<ZoneId, pulumi.Output<string>>,
): pulumi.Output<string>[] {
  return zones.map((zone) => {
    const id = subnetIds.get(zone);
    if (id === undefined)
      throw new RangeError(`zone ${zone} has no subnet; the network has ${[...subnetIds.keys()].join(", ")}`);
    return id;
  });
}
