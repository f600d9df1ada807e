import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ZoneId } from "../../model/regions.ts";
import type { Scope } from "./names.ts";
import { tagsFor } from "./tags.ts";

/** Subnets of one side of the network, in the order of the zones, and their common route table. */
export interface Side {
  readonly subnets: ReadonlyMap<ZoneId, aws.ec2.Subnet>;
  readonly routeTable: aws.ec2.RouteTable;
}

export interface PublicSide extends Side {
  /** What leads outside must exist before anything is told to use it. */
  readonly gateway: aws.ec2.InternetGateway;
}

export interface SubnetsArgs {
  readonly scope: Scope;
  readonly vpcId: pulumi.Input<string>;
  readonly zones: readonly ZoneId[];
  readonly blocks: readonly string[];
}

/** A subnet in every zone on one route table. Addresses are asked for by hosts, never given by the subnet. */
export function createSubnets(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, vpcId, zones, blocks, routeTable }: SubnetsArgs & Pick<Side, "routeTable">,
): ReadonlyMap<ZoneId, aws.ec2.Subnet> {
  const parent = { parent: owner };
  return new Map(
    zones.map((zone, index) => {
      const cidrBlock = blocks[index];
      if (cidrBlock === undefined) throw new RangeError(`no address block for zone ${zone}`);
      const subnet = new aws.ec2.Subnet(
        `${name}-${zone}`,
        {
          vpcId,
          cidrBlock,
          availabilityZoneId: zone,
          mapPublicIpOnLaunch: false,
          tags: tagsFor(scope, `${name}-${zone}`),
        },
        parent,
      );
      new aws.ec2.RouteTableAssociation(
        `${name}-${zone}-routes`,
        { subnetId: subnet.id, routeTableId: routeTable.id },
        parent,
      );
      return [zone, subnet] as const;
    }),
  );
}
