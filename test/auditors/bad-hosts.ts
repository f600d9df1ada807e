import { KEY_ID, resource, type BadResource } from "./bad-resource.ts";

const IMAGE = { ami: "ami-0123456789abcdef0", instanceType: "c7a.large" };
const VPC = resource("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
const HARMLESS = { cidrIpv4: "10.0.0.0/16" };

function ingress(fromPort: number, toPort: number) {
  return resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
    securityGroupId: "sg-1",
    description: "open",
    ipProtocol: "tcp",
    fromPort,
    toPort,
    cidrIpv4: "0.0.0.0/0",
  });
}

const SHELL = { description: "shell", protocol: "tcp", fromPort: 22, toPort: 22 };
const EVERYTHING = { description: "all", protocol: "-1", fromPort: 0, toPort: 0 };

/** checkov reads `::/0`, and `-1` for every port, only where the rule stands inside its group. */
function groupWith(rules: Readonly<Record<string, unknown>>) {
  return resource("aws:ec2/securityGroup:SecurityGroup", "group", {
    description: "hosts",
    vpcId: "vpc-1",
    ...rules,
  });
}

const instance = resource("aws:ec2/instance:Instance", "host", IMAGE);

const template = resource("aws:ec2/launchTemplate:LaunchTemplate", "template", {
  imageId: IMAGE.ami,
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "optional", httpPutResponseHopLimit: 2 },
  networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: "true" }],
});

/** Machines and their network. */
export const BAD_HOSTS: readonly BadResource[] = [
  {
    check: "CKV_AWS_3",
    wrong: "a volume without encryption",
    resource: resource("aws:ebs/volume:Volume", "volume", { availabilityZone: "us-west-2a", size: 20 }),
    cure: { encrypted: true },
  },
  {
    check: "CKV_AWS_8",
    wrong: "an instance with a plain root volume",
    resource: resource("aws:ec2/instance:Instance", "host", {
      ...IMAGE,
      rootBlockDevice: { volumeSize: 20, encrypted: false },
    }),
    cure: { rootBlockDevice: { volumeSize: 20, encrypted: true } },
  },
  {
    check: "CKV_AWS_79",
    wrong: "an instance that answers IMDSv1",
    resource: instance,
    cure: { metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" } },
  },
  {
    check: "CKV_AWS_79",
    wrong: "a launch template that answers IMDSv1",
    resource: template,
    cure: { metadataOptions: { httpEndpoint: "enabled", httpTokens: "required" } },
  },
  {
    check: "CKV_AWS_341",
    wrong: "a launch template whose metadata travels two hops",
    resource: template,
    cure: {
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    },
  },
  {
    check: "CKV_AWS_88",
    wrong: "an instance with a public address",
    resource: resource("aws:ec2/instance:Instance", "host", { ...IMAGE, associatePublicIpAddress: true }),
    cure: { associatePublicIpAddress: false },
  },
  {
    check: "CKV_AWS_88",
    wrong: "a launch template with public addresses",
    resource: template,
    cure: { networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: "false" }] },
  },
  {
    check: "CKV_AWS_126",
    wrong: "an instance without detailed monitoring",
    resource: instance,
    cure: { monitoring: true },
  },
  {
    check: "CKV_AWS_135",
    wrong: "an instance not optimized for EBS",
    resource: instance,
    cure: { ebsOptimized: true },
  },
  {
    check: "CKV2_AWS_41",
    wrong: "an instance without a role",
    resource: instance,
    cure: { iamInstanceProfile: "[profile.name]" },
    beside: [resource("aws:iam/instanceProfile:InstanceProfile", "profile", { role: "host" })],
  },
  {
    check: "CKV_AWS_46",
    wrong: "credentials in user data",
    resource: resource("aws:ec2/instance:Instance", "host", {
      ...IMAGE,
      userData: `export AWS_ACCESS_KEY_ID=${KEY_ID}\n`,
    }),
    cure: { userData: "#!/bin/bash\n" },
  },
  {
    check: "CKV_AWS_24",
    wrong: "port 22 open to the world, as a rule",
    resource: ingress(22, 22),
    cure: HARMLESS,
  },
  {
    check: "CKV_AWS_24",
    wrong: "port 22 open to the world, inside a group",
    resource: groupWith({ ingress: [{ ...SHELL, cidrBlocks: ["0.0.0.0/0"] }] }),
    cure: { ingress: [{ ...SHELL, cidrBlocks: ["10.0.0.0/16"] }] },
  },
  {
    check: "CKV_AWS_24",
    wrong: "port 22 open to the world over IPv6",
    resource: groupWith({ ingress: [{ ...SHELL, ipv6CidrBlocks: ["::/0"] }] }),
    cure: { ingress: [{ ...SHELL, ipv6CidrBlocks: ["fd00::/8"] }] },
  },
  {
    check: "CKV_AWS_25",
    wrong: "port 3389 open to the world",
    resource: ingress(3000, 4000),
    cure: HARMLESS,
  },
  { check: "CKV_AWS_260", wrong: "port 80 open to the world", resource: ingress(80, 80), cure: HARMLESS },
  {
    check: "CKV_AWS_23",
    wrong: "a rule that does not say what it is for",
    resource: resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
      securityGroupId: "sg-1",
      ipProtocol: "tcp",
      fromPort: 9400,
      toPort: 9400,
      ...HARMLESS,
    }),
    cure: { description: "metadata between storage nodes" },
  },
  {
    check: "CKV_AWS_382",
    wrong: "every port to the whole world",
    resource: groupWith({ egress: [{ ...EVERYTHING, cidrBlocks: ["0.0.0.0/0"] }] }),
    cure: { egress: [{ ...EVERYTHING, cidrBlocks: ["10.0.0.0/16"] }] },
  },
  {
    check: "CKV2_AWS_5",
    wrong: "a security group that protects nothing",
    resource: groupWith({}),
    cureBeside: [
      resource("aws:ec2/instance:Instance", "host", { ...IMAGE, vpcSecurityGroupIds: ["[group.id]"] }),
    ],
  },
  {
    check: "CKV_AWS_130",
    wrong: "a subnet that gives out public addresses",
    resource: resource("aws:ec2/subnet:Subnet", "subnet", {
      vpcId: "vpc-1",
      cidrBlock: "10.0.0.0/24",
      mapPublicIpOnLaunch: true,
    }),
    cure: { mapPublicIpOnLaunch: false },
  },
  {
    check: "CKV2_AWS_11",
    wrong: "a network without flow logs",
    resource: VPC,
    cureBeside: [resource("aws:ec2/flowLog:FlowLog", "log", { vpcId: "[vpc.id]", trafficType: "ALL" })],
  },
  {
    check: "CKV2_AWS_12",
    wrong: "a network whose default security group lets everything through",
    resource: VPC,
    cureBeside: [
      resource("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "closed", {
        vpcId: "[vpc.id]",
        ingress: [],
        egress: [],
      }),
    ],
  },
];
