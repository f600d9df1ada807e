import type { ResourceRecord } from "../../model/resource.ts";
import { TAGS } from "../../model/tags.ts";
import { loadCatalogue, type Catalogue } from "../../pricing/catalogue.ts";

/** Records of resources as the plan and the engine give them, for tests of prices and policies. */

export interface RecordExtras {
  readonly parent?: string;
  /** By input, the URNs it depends on. */
  readonly dependsOn?: Readonly<Record<string, readonly string[]>>;
}

export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::proving-ground::${type}::${name}`;
}

export function record(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
  { parent, dependsOn = {} }: RecordExtras = {},
): ResourceRecord {
  const dependencies = [...new Set(Object.values(dependsOn).flat())].sort();
  return {
    urn: urnOf(type, name),
    type,
    name,
    parent,
    dependencies,
    propertyDependencies: dependsOn,
    protect: false,
    inputs,
  };
}

export function provider(region: string): ResourceRecord {
  return record("pulumi:providers:aws", "aws", { region });
}

export function subnet(zone: string, inputs: Readonly<Record<string, unknown>> = {}): ResourceRecord {
  return record("aws:ec2/subnet:Subnet", `subnet-${zone}`, { availabilityZoneId: zone, ...inputs });
}

export interface SlotOptions {
  readonly types: readonly unknown[];
  readonly zones?: readonly string[];
  /** Root volume of gp3, GiB; 0 for a launch template without mappings. */
  readonly gib?: number;
  readonly address?: boolean;
  readonly hoursPerDay?: number | string | undefined;
  readonly onDemandPercentage?: number;
  readonly maxSize?: unknown;
  readonly onDemandBase?: unknown;
}

/** A slot as the cluster makes it: an Auto Scaling group and its launch template, without the subnets. */
export function slot(name: string, options: SlotOptions): readonly ResourceRecord[] {
  const { types, zones = [], gib = 20, address = true, onDemandPercentage = 0, maxSize = 1 } = options;
  const template = record("aws:ec2/launchTemplate:LaunchTemplate", name, {
    blockDeviceMappings:
      gib === 0
        ? []
        : [{ deviceName: "/dev/xvda", ebs: { volumeSize: gib, volumeType: "gp3", encrypted: "true" } }],
    networkInterfaces: [{ associatePublicIpAddress: String(address) }],
  });
  const hours = "hoursPerDay" in options ? options.hoursPerDay : 8;
  const tags =
    hours === undefined ? [] : [{ key: TAGS.hoursPerDay, value: String(hours), propagateAtLaunch: true }];
  const group = record(
    "aws:autoscaling/group:Group",
    name,
    {
      name,
      minSize: 0,
      maxSize,
      mixedInstancesPolicy: {
        launchTemplate: {
          launchTemplateSpecification: {
            launchTemplateId: `[${name}.id]`,
            version: `[${name}.latestVersion]`,
          },
          overrides: types.map((instanceType) => ({ instanceType })),
        },
        instancesDistribution: {
          onDemandBaseCapacity: options.onDemandBase ?? 0,
          onDemandPercentageAboveBaseCapacity: onDemandPercentage,
          spotAllocationStrategy: "price-capacity-optimized",
        },
      },
      tags,
    },
    {
      dependsOn: {
        mixedInstancesPolicy: [template.urn],
        vpcZoneIdentifiers: zones.map((zone) => subnet(zone).urn),
      },
    },
  );
  return [template, group];
}

export function schedule(
  name: string,
  group: string,
  inputs: Readonly<Record<string, unknown>>,
): ResourceRecord {
  const urn = urnOf("aws:autoscaling/group:Group", group);
  return record(
    "aws:autoscaling/schedule:Schedule",
    name,
    { autoscalingGroupName: group, minSize: -1, maxSize: -1, ...inputs },
    { dependsOn: { autoscalingGroupName: [urn] } },
  );
}

/** The five storage nodes, three c7a.xlarge and one t3.medium of the complete ClaudeFS cluster, 8 hours a day. */
export function claudefs(
  zones: readonly string[],
  options: Partial<SlotOptions> = {},
): readonly ResourceRecord[] {
  const slots = [
    ...[1, 2, 3, 4, 5].map((ordinal) => [`storage-${String(ordinal)}`, "i4i.2xlarge"] as const),
    ["fuse-client-1", "c7a.xlarge"] as const,
    ["nfs-smb-client-1", "c7a.xlarge"] as const,
    ["jepsen-1", "c7a.xlarge"] as const,
    ["conduit-1", "t3.medium"] as const,
  ];
  return [
    provider("us-west-2"),
    ...zones.map((zone) => subnet(zone)),
    ...slots.flatMap(([name, type]) => slot(name, { types: [type], zones, ...options })),
  ];
}

/** The catalogue shipped with the project. */
export const CATALOGUE: Catalogue = loadCatalogue();
