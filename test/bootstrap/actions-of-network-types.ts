import { everywhere, HERE, on, type Calls } from "./calls.ts";

const ec2 = (type: string) => `arn:aws:ec2:${HERE}:${type}/${type}-0123456789abcdef0`;
const GROUP = `arn:aws:autoscaling:${HERE}:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/proving-ground-ENV-storage-1`;

/** One type of EC2 whose calls are named after it. */
function network(name: string, type: string, inside: readonly string[] = []): Calls {
  return {
    make: on(ec2(type), `ec2:Create${name}`),
    change: [
      ...on(ec2(type), `ec2:Delete${name}`, "ec2:CreateTags"),
      ...inside.flatMap((parent) => on(ec2(parent), `ec2:Create${name}`)),
    ],
    look: everywhere(`ec2:Describe${name}s`),
  };
}

const securityGroupRule = (direction: "Ingress" | "Egress"): Calls => ({
  make: on(ec2("security-group-rule"), `ec2:AuthorizeSecurityGroup${direction}`),
  change: [
    ...on(
      ec2("security-group"),
      `ec2:AuthorizeSecurityGroup${direction}`,
      `ec2:RevokeSecurityGroup${direction}`,
    ),
    ...on(ec2("security-group-rule"), "ec2:ModifySecurityGroupRules"),
  ],
  look: everywhere("ec2:DescribeSecurityGroupRules"),
});

/** Networks, hosts and their groups. */
export const ACTIONS_OF_NETWORK_TYPES: Readonly<Record<string, Calls>> = {
  "aws:autoscaling/group:Group": {
    change: on(
      GROUP,
      "autoscaling:CreateAutoScalingGroup",
      "autoscaling:CreateOrUpdateTags",
      "autoscaling:DeleteAutoScalingGroup",
      "autoscaling:ResumeProcesses",
      "autoscaling:SuspendProcesses",
      "autoscaling:UpdateAutoScalingGroup",
    ),
    look: everywhere("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"),
  },
  "aws:autoscaling/schedule:Schedule": {
    change: on(GROUP, "autoscaling:PutScheduledUpdateGroupAction", "autoscaling:DeleteScheduledAction"),
    look: everywhere("autoscaling:DescribeScheduledActions"),
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    change: on(
      ec2("security-group"),
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "ec2:CreateTags",
    ),
    look: everywhere("ec2:DescribeSecurityGroups"),
  },
  "aws:ec2/eip:Eip": {
    make: on(ec2("elastic-ip"), "ec2:AllocateAddress"),
    change: on(ec2("elastic-ip"), "ec2:ReleaseAddress"),
    look: everywhere("ec2:DescribeAddresses"),
  },
  "aws:ec2/flowLog:FlowLog": {
    make: on(ec2("vpc-flow-log"), "ec2:CreateFlowLogs"),
    change: [...on(ec2("vpc-flow-log"), "ec2:DeleteFlowLogs"), ...on(ec2("vpc"), "ec2:CreateFlowLogs")],
    look: everywhere("ec2:DescribeFlowLogs"),
  },
  "aws:ec2/instance:Instance": {
    make: on(ec2("instance"), "ec2:RunInstances"),
    change: [
      ...on(
        ec2("instance"),
        "ec2:ModifyInstanceAttribute",
        "ec2:ModifyInstanceMetadataOptions",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "ec2:TerminateInstances",
      ),
      ...on(ec2("subnet"), "ec2:RunInstances"),
      ...on(ec2("security-group"), "ec2:RunInstances"),
      ...on(ec2("volume"), "ec2:ModifyVolume"),
    ],
    look: everywhere("ec2:DescribeInstances", "ec2:DescribeInstanceAttribute", "ec2:DescribeVolumes"),
  },
  "aws:ec2/internetGateway:InternetGateway": {
    make: on(ec2("internet-gateway"), "ec2:CreateInternetGateway"),
    change: [
      ...on(
        ec2("internet-gateway"),
        "ec2:AttachInternetGateway",
        "ec2:DeleteInternetGateway",
        "ec2:DetachInternetGateway",
      ),
      ...on(ec2("vpc"), "ec2:AttachInternetGateway", "ec2:DetachInternetGateway"),
    ],
    look: everywhere("ec2:DescribeInternetGateways"),
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    make: on(ec2("launch-template"), "ec2:CreateLaunchTemplate"),
    change: on(
      ec2("launch-template"),
      "ec2:CreateLaunchTemplateVersion",
      "ec2:DeleteLaunchTemplate",
      "ec2:ModifyLaunchTemplate",
      "ec2:RunInstances",
    ),
    look: everywhere("ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"),
  },
  "aws:ec2/natGateway:NatGateway": network("NatGateway", "natgateway", ["subnet", "elastic-ip"]),
  "aws:ec2/route:Route": {
    change: on(ec2("route-table"), "ec2:CreateRoute", "ec2:DeleteRoute", "ec2:ReplaceRoute"),
    look: everywhere("ec2:DescribeRouteTables"),
  },
  "aws:ec2/routeTable:RouteTable": network("RouteTable", "route-table", ["vpc"]),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    change: [
      ...on(ec2("route-table"), "ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"),
      ...on(ec2("subnet"), "ec2:AssociateRouteTable"),
    ],
    look: everywhere("ec2:DescribeRouteTables"),
  },
  "aws:ec2/securityGroup:SecurityGroup": network("SecurityGroup", "security-group", ["vpc"]),
  "aws:ec2/subnet:Subnet": network("Subnet", "subnet", ["vpc"]),
  "aws:ec2/vpc:Vpc": {
    ...network("Vpc", "vpc"),
    change: on(ec2("vpc"), "ec2:DeleteVpc", "ec2:ModifyVpcAttribute"),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    make: on(ec2("vpc-endpoint"), "ec2:CreateVpcEndpoint"),
    change: [
      ...on(ec2("vpc-endpoint"), "ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"),
      ...["vpc", "route-table", "subnet", "security-group"].flatMap((type) =>
        on(ec2(type), "ec2:CreateVpcEndpoint"),
      ),
    ],
    look: everywhere("ec2:DescribeVpcEndpoints", "ec2:DescribePrefixLists"),
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule("Egress"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule("Ingress"),
};
