import { TAGS } from "../../../model/tags.ts";
import type { Statement } from "../../lib/iam.ts";
import { environmentPrefix } from "../names.ts";
import { ec2, ENVIRONMENT_TAG, regional, tagged, taggedAtCreation, type Reach } from "./reach.ts";

/** Types that carry the environment's tag from their creation on. */
const TAGGED_TYPES = [
  "elastic-ip",
  "instance",
  "internet-gateway",
  "launch-template",
  "natgateway",
  "route-table",
  "security-group",
  "security-group-rule",
  "subnet",
  "vpc",
  "vpc-endpoint",
  "vpc-flow-log",
  "volume",
] as const;

/** Tags of which AWS leaves every one away, people and tools seldom all. */
const SIGNS_OF_AN_OWNER = [
  ENVIRONMENT_TAG.resource,
  ...[TAGS.project, TAGS.owner, TAGS.name, "aws:cloudformation:stack-id"].map(
    (tag) => `aws:ResourceTag/${tag}`,
  ),
].map((key) => [key, "true"] as const);

/**
 * Networks, hosts and their groups: made with the environment's tag, and changed only where they carry it.
 * Names would be no boundary here, since EC2 gives ids.
 */
export function deployNetworkAndHosts(reach: Reach, imageOwners: readonly string[]): Statement[] {
  const prefix = environmentPrefix(reach.environment);
  return [
    // What is made and what it is made in are asked for alike, and a tag in the request counts for both: no list
    // below holds what another of its actions makes things in, or the role could build in a foreign network.
    {
      sid: "MakeNetworks",
      actions: [
        "ec2:AllocateAddress",
        "ec2:CreateInternetGateway",
        "ec2:CreateLaunchTemplate",
        "ec2:CreateVpc",
      ],
      resources: ec2(reach, "elastic-ip", "internet-gateway", "launch-template", "vpc"),
      conditions: taggedAtCreation(reach),
    },
    {
      sid: "MakeInNetworks",
      actions: ["ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"],
      resources: ec2(reach, "route-table", "security-group", "subnet"),
      conditions: taggedAtCreation(reach),
    },
    {
      sid: "MakeInSubnets",
      actions: [
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateFlowLogs",
        "ec2:CreateNatGateway",
        "ec2:CreateVpcEndpoint",
        "ec2:RunInstances",
      ],
      resources: ec2(reach, "instance", "natgateway", "security-group-rule", "vpc-endpoint", "vpc-flow-log"),
      conditions: taggedAtCreation(reach),
    },
    {
      sid: "TagAtCreation",
      actions: ["ec2:CreateTags"],
      resources: ec2(reach, ...TAGGED_TYPES),
      // Only as a part of another call: the role cannot lay its tag on what others made, and then change that.
      conditions: { ...taggedAtCreation(reach), Null: { "ec2:CreateAction": "false" } },
    },
    {
      sid: "ChangeOwn",
      actions: [
        "ec2:AssociateAddress",
        "ec2:AssociateIamInstanceProfile",
        "ec2:AssociateRouteTable",
        "ec2:AttachInternetGateway",
        "ec2:AuthorizeSecurityGroup*",
        "ec2:Create*",
        "ec2:Delete*",
        "ec2:DetachInternetGateway",
        "ec2:Disassociate*",
        "ec2:Modify*",
        "ec2:MonitorInstances",
        "ec2:ReleaseAddress",
        "ec2:ReplaceIamInstanceProfileAssociation",
        "ec2:ReplaceRoute*",
        "ec2:RevokeSecurityGroup*",
        "ec2:RunInstances",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "ec2:TerminateInstances",
        "ec2:UnmonitorInstances",
        "ec2:UpdateSecurityGroupRuleDescriptions*",
      ],
      resources: ec2(reach, ...TAGGED_TYPES, "network-interface"),
      conditions: tagged(reach),
    },
    {
      sid: "AdoptWithoutOwner",
      // A network's first security group is made by EC2 itself and carries no tag: no other may be adopted. IAM knows
      // no more of it, so that a foreign group which nobody has named or tagged could be (decision 0014).
      actions: ["ec2:CreateTags"],
      resources: ec2(reach, "security-group"),
      conditions: { ...taggedAtCreation(reach), Null: Object.fromEntries(SIGNS_OF_AN_OWNER) },
    },
    {
      sid: "LaunchWithInterface",
      actions: ["ec2:RunInstances"],
      resources: ec2(reach, "network-interface"),
    },
    {
      sid: "LaunchWithEncryptedDisk",
      actions: ["ec2:RunInstances"],
      resources: ec2(reach, "volume"),
      conditions: { Bool: { "ec2:Encrypted": "true" } },
    },
    {
      sid: "LaunchKnownImages",
      actions: ["ec2:RunInstances"],
      resources: [`arn:aws:ec2:${reach.account.region}::image/*`],
      conditions: { StringEquals: { "ec2:Owner": imageOwners } },
    },
    {
      sid: "NodeGroups",
      actions: [
        "autoscaling:CreateAutoScalingGroup",
        "autoscaling:CreateOrUpdateTags",
        "autoscaling:DeleteAutoScalingGroup",
        "autoscaling:DeleteScheduledAction",
        "autoscaling:DeleteTags",
        "autoscaling:PutScheduledUpdateGroupAction",
        "autoscaling:ResumeProcesses",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:SuspendProcesses",
        "autoscaling:UpdateAutoScalingGroup",
      ],
      resources: [regional(reach, "autoscaling", `autoScalingGroup:*:autoScalingGroupName/${prefix}*`)],
    },
  ];
}
