import { CreateAutoScalingGroupCommand, type AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { slotConfig, type ClusterStack } from "../../cli/cluster/environment.ts";
import { IMAGE } from "../guard-aws/setting.ts";

/** The group of every slot with its launch template, at rest, as `pulumi up` leaves them. */
export async function makeGroups(
  stack: ClusterStack,
  ec2: EC2Client,
  autoScaling: AutoScalingClient,
): Promise<void> {
  await Promise.all(
    stack.slots.map(async ({ name, instanceTypes }) => {
      const { group } = slotConfig(stack, name);
      const [InstanceType = "c7a.large"] = instanceTypes;
      await ec2.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName: group,
          LaunchTemplateData: { ImageId: IMAGE, InstanceType: asMoto(InstanceType) },
        }),
      );
      await autoScaling.send(
        new CreateAutoScalingGroupCommand({
          AutoScalingGroupName: group,
          MinSize: 0,
          MaxSize: 1,
          DesiredCapacity: 0,
          AvailabilityZones: ["us-west-2a"],
          MixedInstancesPolicy: {
            InstancesDistribution: {
              OnDemandBaseCapacity: 0,
              OnDemandPercentageAboveBaseCapacity: 0,
              SpotAllocationStrategy: "price-capacity-optimized",
            },
            LaunchTemplate: {
              LaunchTemplateSpecification: { LaunchTemplateName: group, Version: "$Latest" },
              Overrides: instanceTypes.map((type) => ({ InstanceType: type })),
            },
          },
        }),
      );
    }),
  );
}

/** The SDK names instance types by a union that the settings do not have. */
function asMoto(type: string): "i4i.2xlarge" | "c7a.xlarge" | "t3.medium" {
  for (const known of ["i4i.2xlarge", "c7a.xlarge", "t3.medium"] as const) if (known === type) return known;
  throw new RangeError(`no launch template for ${type} in this account`);
}
