import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ZoneId } from "../../model/regions.ts";
import { subnetsOf } from "../lib/cidr.ts";
import { componentType, domainOf, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";
import type { NetworkSettings } from "../settings/schema.ts";
import { createSubnets, type PublicSide, type Side, type SubnetsArgs } from "../lib/subnets.ts";
import { createFlowLogs } from "./network-flow-logs.ts";
import { createGatewayEndpoints, createPrivateSide } from "./network-endpoints.ts";

export interface NetworkArgs {
  readonly scope: Scope;
  readonly settings: NetworkSettings;
  readonly zones: readonly ZoneId[];
  /** Key that encrypts the flow logs. */
  readonly keyArn: pulumi.Input<string>;
}

/**
 * VPC over two or three zones with a private DNS zone and flow logs.
 *
 * `public` mode (default): hosts have public addresses and no ingress. Cost: 0.005 USD per address-hour.
 * `private` mode: hosts have none; one NAT gateway (0.045 USD per hour and per GB) and an interface
 * endpoint per service and zone (0.01 USD per hour) take their place. One NAT gateway, not one per
 * zone: what it serves (Route 53, package mirrors) may pause with its zone.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** The subnet of hosts in each zone. */
  readonly subnetIds: ReadonlyMap<ZoneId, pulumi.Output<string>>;
  /** True where hosts carry public addresses. */
  readonly publicAddresses: boolean;
  readonly hostedZoneId: pulumi.Output<string>;
  readonly domain: string;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Network"), name, {}, opts);
    const { scope, settings, zones, keyArn } = args;
    const parent = { parent: this };
    const blocks = subnetsOf(settings.cidr, zones.length * 2);
    const [publicBlocks, privateBlocks] = [blocks.slice(0, zones.length), blocks.slice(zones.length)];

    const vpc = new aws.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: settings.cidr,
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: tagsFor(scope, name),
      },
      parent,
    );
    // Adopting the default group without rules closes it: nothing may be launched into it by mistake.
    new aws.ec2.DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.id, ingress: [], egress: [], tags: tagsFor(scope, `${name}-closed`) },
      parent,
    );

    const place = { scope, vpcId: vpc.id };
    const publicSide = createPublicSide(this, name, { ...place, zones, blocks: publicBlocks });
    const sides: Side[] = [publicSide];
    if (settings.mode === "private") {
      const args = { ...place, cidr: settings.cidr, zones, blocks: privateBlocks, publicSide };
      sides.push(createPrivateSide(this, name, args));
    }
    const hostSide = sides.at(-1) ?? publicSide;
    createGatewayEndpoints(this, name, { ...place, routeTableIds: sides.map((side) => side.routeTable.id) });
    createFlowLogs(this, name, { ...place, keyArn, retentionDays: settings.flowLogRetentionDays });

    const domain = domainOf(scope);
    const hostedZone = new aws.route53.Zone(
      `${name}-zone`,
      {
        name: domain,
        comment: `proving-ground ${scope.environment}`,
        vpcs: [{ vpcId: vpc.id }],
        forceDestroy: true,
        tags: tagsFor(scope, `${name}-zone`),
      },
      parent,
    );

    this.vpcId = vpc.id;
    this.subnetIds = new Map([...hostSide.subnets].map(([zone, subnet]) => [zone, subnet.id]));
    this.publicAddresses = settings.mode === "public";
    this.hostedZoneId = hostedZone.zoneId;
    this.domain = domain;
    this.registerOutputs({ vpcId: this.vpcId, hostedZoneId: this.hostedZoneId, domain });
  }
}

function createPublicSide(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, vpcId, zones, blocks }: SubnetsArgs,
): PublicSide {
  const parent = { parent: owner };
  const gateway = new aws.ec2.InternetGateway(
    `${name}-internet`,
    { vpcId, tags: tagsFor(scope, name) },
    parent,
  );
  const routeTable = new aws.ec2.RouteTable(
    `${name}-public`,
    { vpcId, tags: tagsFor(scope, `${name}-public`) },
    parent,
  );
  new aws.ec2.Route(
    `${name}-public-default`,
    { routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
    parent,
  );
  const subnets = createSubnets(owner, `${name}-public`, { scope, vpcId, zones, blocks, routeTable });
  return { subnets, routeTable, gateway };
}
