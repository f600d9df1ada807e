import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { SERVICE_ENDPOINTS } from "../../model/endpoints.ts";
import type { ZoneId } from "../../model/regions.ts";
import type { Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import { createSubnets, type PublicSide, type Side } from "../lib/subnets.ts";

interface GatewayEndpointArgs {
  readonly scope: Scope;
  readonly vpcId: pulumi.Input<string>;
  readonly routeTableIds: readonly pulumi.Input<string>[];
}

function servicesBy(kind: "gateway" | "interface"): string[] {
  return Object.entries(SERVICE_ENDPOINTS)
    .filter(([, of]) => of === kind)
    .map(([service]) => service);
}

/** S3 and DynamoDB without internet, free of charge; Amazon Linux finds its packages through the first. */
export function createGatewayEndpoints(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, vpcId, routeTableIds }: GatewayEndpointArgs,
): void {
  for (const service of servicesBy("gateway")) {
    new aws.ec2.VpcEndpoint(
      `${name}-${service}`,
      {
        vpcId,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${scope.region}.${service}`,
        routeTableIds: [...routeTableIds],
        tags: tagsFor(scope, `${name}-${service}`),
      },
      { parent: owner },
    );
  }
}

interface PrivateSideArgs {
  readonly scope: Scope;
  readonly vpcId: pulumi.Input<string>;
  readonly cidr: string;
  readonly zones: readonly ZoneId[];
  readonly blocks: readonly string[];
  readonly publicSide: PublicSide;
}

/** Subnets without public addresses, their NAT gateway and interface endpoints. */
export function createPrivateSide(
  owner: pulumi.ComponentResource,
  name: string,
  args: PrivateSideArgs,
): Side {
  const { scope, vpcId, cidr, zones, blocks, publicSide } = args;
  const parent = { parent: owner };
  const [natSubnet] = publicSide.subnets.values();
  if (natSubnet === undefined)
    throw new RangeError("a private network needs a public subnet for its NAT gateway");

  // AWS refuses address and NAT gateway while the network has no internet gateway; no input tells Pulumi so.
  const afterGateway = { ...parent, dependsOn: [publicSide.gateway] };
  const natTags = tagsFor(scope, `${name}-nat`);
  const address = new aws.ec2.Eip(`${name}-nat-address`, { domain: "vpc", tags: natTags }, afterGateway);
  const nat = new aws.ec2.NatGateway(
    `${name}-nat`,
    { subnetId: natSubnet.id, allocationId: address.allocationId, tags: natTags },
    afterGateway,
  );
  const routeTable = new aws.ec2.RouteTable(
    `${name}-private`,
    { vpcId, tags: tagsFor(scope, `${name}-private`) },
    parent,
  );
  new aws.ec2.Route(
    `${name}-private-default`,
    { routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
    parent,
  );
  const subnets = createSubnets(owner, `${name}-private`, { scope, vpcId, zones, blocks, routeTable });

  const group = new aws.ec2.SecurityGroup(
    `${name}-endpoints`,
    {
      vpcId,
      description: "HTTPS from the network to AWS service endpoints",
      ingress: [
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [cidr], description: "HTTPS from hosts" },
      ],
      egress: [],
      tags: tagsFor(scope, `${name}-endpoints`),
    },
    parent,
  );
  for (const service of servicesBy("interface")) {
    new aws.ec2.VpcEndpoint(
      `${name}-${service}`,
      {
        vpcId,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.${scope.region}.${service}`,
        subnetIds: [...subnets.values()].map((subnet) => subnet.id),
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        tags: tagsFor(scope, `${name}-${service}`),
      },
      parent,
    );
  }
  return { subnets, routeTable };
}
