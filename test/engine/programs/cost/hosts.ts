import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { TAGS } from "../../../../model/tags.ts";

/** What every made-up resource carries, so that no other rule speaks of it. */
export const OWNED = {
  [TAGS.project]: "proving-ground",
  [TAGS.environment]: "dev",
  [TAGS.owner]: "claudefs",
};

export interface GroupOptions {
  readonly role?: string;
  readonly instanceType?: pulumi.Input<string>;
  readonly maxSize?: number;
  readonly onDemandBase?: number;
  /** Default 8; undefined for none. */
  readonly hoursPerDay?: string | undefined;
}

/** A group as the cluster makes them, of one type, without subnets. */
export function group(name: string, options: GroupOptions = {}): aws.autoscaling.Group {
  const { role = "storage", instanceType = "i4i.large", maxSize = 1, onDemandBase = 0 } = options;
  const hours = "hoursPerDay" in options ? options.hoursPerDay : "8";
  const tags = {
    ...OWNED,
    [TAGS.role]: role,
    [TAGS.life]: "on-demand",
    ...(hours === undefined ? {} : { [TAGS.hoursPerDay]: hours }),
  };
  const template = new aws.ec2.LaunchTemplate(`${name}-template`, {
    name,
    blockDeviceMappings: [
      { deviceName: "/dev/xvda", ebs: { volumeSize: 20, volumeType: "gp3", encrypted: "true" } },
    ],
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    tagSpecifications: [{ resourceType: "instance", tags }],
    tags: OWNED,
  });
  return new aws.autoscaling.Group(name, {
    name,
    minSize: 0,
    maxSize,
    mixedInstancesPolicy: {
      instancesDistribution: {
        onDemandBaseCapacity: onDemandBase,
        onDemandPercentageAboveBaseCapacity: 0,
        spotAllocationStrategy: "price-capacity-optimized",
      },
      launchTemplate: {
        launchTemplateSpecification: {
          launchTemplateId: template.id,
          version: pulumi.interpolate`${template.latestVersion}`,
        },
        overrides: [{ instanceType }],
      },
    },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
  });
}

/** A budget of AWS with an alarm that somebody hears. */
export function budget(name: string, notificationType: "ACTUAL" | "FORECASTED" = "ACTUAL"): void {
  new aws.budgets.Budget(name, {
    budgetType: "COST",
    timeUnit: "DAILY",
    limitAmount: "100.00",
    limitUnit: "USD",
    notifications: [
      {
        comparisonOperator: "GREATER_THAN",
        notificationType,
        threshold: 80,
        thresholdType: "PERCENTAGE",
        subscriberEmailAddresses: ["oncall@example.com"],
      },
    ],
    tags: OWNED,
  });
}

/** Amounts of the environment, as the budget component registers them. */
export class Amounts extends pulumi.ComponentResource {
  constructor(name: string, amounts: Readonly<Record<string, number | string>>) {
    super("proving-ground:infra:Budget", name);
    this.registerOutputs({ ...amounts });
  }
}
