import assert from "node:assert/strict";
import ipaddr from "ipaddr.js";
import { Network } from "../../infra/components/network.ts";
import { SERVICE_ENDPOINTS } from "../../model/endpoints.ts";
import type { ZoneId } from "../../model/regions.ts";
import {
  KEY_ARN,
  recordComponent,
  remembered,
  SCOPE,
  settings,
  statementsOf,
  type RecordedComponent,
} from "../support/components.ts";

const TWO: readonly ZoneId[] = ["usw2-az2", "usw2-az3"];
const THREE: readonly ZoneId[] = [...TWO, "usw2-az4"];

const SUBNET = "aws:ec2/subnet:Subnet";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

/** What every network is made of, whatever its zones and mode. */
const COMMON = [
  "aws:cloudwatch/logGroup:LogGroup network-flow-logs",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup network-default",
  "aws:ec2/flowLog:FlowLog network-flow-log",
  "aws:ec2/internetGateway:InternetGateway network-internet",
  `${ROUTE} network-public-default`,
  "aws:ec2/routeTable:RouteTable network-public",
  "aws:ec2/vpc:Vpc network-vpc",
  `${ENDPOINT} network-dynamodb`,
  `${ENDPOINT} network-s3`,
  "aws:iam/role:Role network-flow-logs-role",
  "aws:iam/rolePolicy:RolePolicy network-flow-logs-rights",
  "aws:route53/zone:Zone network-zone",
  "proving-ground:infra:Network network",
];

const PRIVATE = [
  "aws:ec2/eip:Eip network-nat-address",
  "aws:ec2/natGateway:NatGateway network-nat",
  `${ROUTE} network-private-default`,
  "aws:ec2/routeTable:RouteTable network-private",
  "aws:ec2/securityGroup:SecurityGroup network-endpoints",
  `${ENDPOINT} network-autoscaling`,
  `${ENDPOINT} network-bedrock-runtime`,
  `${ENDPOINT} network-secretsmanager`,
  `${ENDPOINT} network-ssm`,
  `${ENDPOINT} network-ssmmessages`,
];

function subnetLines(side: "public" | "private", zones: readonly ZoneId[]): string[] {
  return zones.flatMap((zone) => [
    `${SUBNET} network-${side}-${zone}`,
    `${ASSOCIATION} network-${side}-${zone}-routes`,
  ]);
}

interface Made extends RecordedComponent {
  readonly network: Network;
}

const network = remembered(async (mode: "public" | "private", zones: readonly ZoneId[]): Promise<Made> => {
  const made: Network[] = [];
  const recorded = await recordComponent((opts) => {
    const component = new Network(
      "network",
      { scope: SCOPE, settings: settings({ network: { mode } }).network, zones, keyArn: KEY_ARN },
      opts,
    );
    made.push(component);
    return component;
  });
  const [only] = made;
  assert.ok(only !== undefined);
  return Object.assign(recorded, { network: only });
});

describe("network", () => {
  for (const zones of [TWO, THREE]) {
    const count = String(zones.length);
    it(`in public mode over ${count} zones is exactly these resources`, async () => {
      assert.deepEqual(
        (await network("public", zones)).lines,
        [...COMMON, ...subnetLines("public", zones)].sort(),
      );
    });

    it(`in private mode over ${count} zones is exactly these resources`, async () => {
      const expected = [
        ...COMMON,
        ...PRIVATE,
        ...subnetLines("public", zones),
        ...subnetLines("private", zones),
      ];
      assert.deepEqual((await network("private", zones)).lines, expected.sort());
    });

    for (const mode of ["public", "private"] as const) {
      it(`keeps the subnets of ${mode} mode over ${count} zones inside the VPC and apart`, async () => {
        const recorded = await network(mode, zones);
        const cidr = String(recorded.inputs("aws:ec2/vpc:Vpc", "network-vpc")["cidrBlock"]);
        const blocks = recorded.ofType(SUBNET).map(({ inputs }) => String(inputs["cidrBlock"]));
        assert.equal(blocks.length, zones.length * (mode === "private" ? 2 : 1));
        for (const [index, block] of blocks.entries()) {
          assert.ok(contains(cidr, block), `${block} lies in ${cidr}`);
          for (const other of blocks.slice(index + 1)) {
            assert.ok(!contains(block, other) && !contains(other, block), `${block} and ${other} are apart`);
          }
        }
      });
    }
  }

  it("gives no subnet the right to hand out public addresses", async () => {
    for (const { inputs } of (await network("private", THREE)).ofType(SUBNET)) {
      assert.equal(inputs["mapPublicIpOnLaunch"], false);
      assert.ok(THREE.some((zone) => zone === inputs["availabilityZoneId"]));
    }
  });

  it("closes the default security group", async () => {
    const { ingress, egress } = (await network("public", TWO)).inputs(
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      "network-default",
    );
    assert.deepEqual({ ingress, egress }, { ingress: [], egress: [] });
  });

  it("places hosts in public subnets with addresses, or in private ones without", async () => {
    const open = await network("public", TWO);
    assert.deepEqual([...open.network.subnetIds.keys()], TWO);
    assert.equal(open.network.publicAddresses, true);
    const closed = await network("private", TWO);
    assert.deepEqual([...closed.network.subnetIds.keys()], TWO);
    assert.equal(closed.network.publicAddresses, false);
    const ids = await Promise.all([...closed.network.subnetIds.values()].map(valueOf));
    assert.deepEqual(ids, ["[network-private-usw2-az2.id]", "[network-private-usw2-az3.id]"]);
  });

  it("leads private hosts outside through the one NAT gateway, public ones through the internet gateway", async () => {
    const recorded = await network("private", THREE);
    assert.equal(recorded.ofType("aws:ec2/natGateway:NatGateway").length, 1);
    assert.deepEqual(recorded.inputs(ROUTE, "network-private-default"), {
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: "[network-nat.id]",
      routeTableId: "[network-private.id]",
    });
    assert.deepEqual(recorded.inputs(ROUTE, "network-public-default"), {
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: "[network-internet.id]",
      routeTableId: "[network-public.id]",
    });
    for (const zone of THREE) {
      assert.equal(
        recorded.inputs(ASSOCIATION, `network-private-${zone}-routes`)["routeTableId"],
        "[network-private.id]",
      );
    }
  });

  it("makes the NAT gateway and its address after the internet gateway, which AWS demands", async () => {
    const recorded = await network("private", TWO);
    const gateway = recorded.find("aws:ec2/internetGateway:InternetGateway", "network-internet").urn;
    for (const [type, name] of [
      ["aws:ec2/natGateway:NatGateway", "network-nat"],
      ["aws:ec2/eip:Eip", "network-nat-address"],
    ] as const) {
      assert.ok(recorded.find(type, name).dependencies.includes(gateway), name);
    }
  });

  it("has every endpoint of the model in private mode, in every zone, open to the VPC on 443 alone", async () => {
    const recorded = await network("private", THREE);
    for (const [service, kind] of Object.entries(SERVICE_ENDPOINTS)) {
      if (kind === "nat") continue;
      const inputs = recorded.inputs(ENDPOINT, `network-${service}`);
      assert.equal(inputs["serviceName"], `com.amazonaws.us-west-2.${service}`);
      if (kind === "gateway") {
        assert.equal(inputs["vpcEndpointType"], "Gateway");
        assert.deepEqual(inputs["routeTableIds"], ["[network-public.id]", "[network-private.id]"]);
      } else {
        assert.equal(inputs["vpcEndpointType"], "Interface");
        assert.equal(inputs["privateDnsEnabled"], true);
        assert.deepEqual(inputs["securityGroupIds"], ["[network-endpoints.id]"]);
        assert.deepEqual(
          inputs["subnetIds"],
          THREE.map((zone) => `[network-private-${zone}.id]`),
        );
      }
    }
    const { ingress, egress } = recorded.inputs("aws:ec2/securityGroup:SecurityGroup", "network-endpoints");
    assert.deepEqual(egress, []);
    assert.deepEqual(ingress, [
      {
        cidrBlocks: ["10.20.0.0/16"],
        description: "HTTPS from hosts",
        fromPort: 443,
        protocol: "tcp",
        toPort: 443,
      },
    ]);
  });

  it("records all traffic into an encrypted log group of its own, with no right beyond it", async () => {
    const recorded = await network("public", TWO);
    const group = recorded.inputs("aws:cloudwatch/logGroup:LogGroup", "network-flow-logs");
    assert.equal(group["name"], "/proving-ground/dev/flow-logs");
    assert.equal(group["kmsKeyId"], KEY_ARN);
    assert.equal(group["retentionInDays"], 30);
    const log = recorded.inputs("aws:ec2/flowLog:FlowLog", "network-flow-log");
    assert.equal(log["trafficType"], "ALL");
    assert.equal(log["logDestination"], "[network-flow-logs.arn]");

    const rights = statementsOf(
      recorded.inputs("aws:iam/rolePolicy:RolePolicy", "network-flow-logs-rights")["policy"],
    );
    assert.deepEqual(
      rights.map(({ Sid, Action, Resource }) => [Sid, Action, Resource]),
      [
        [
          "WriteFlowLogs",
          ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          ["[network-flow-logs.arn]", "[network-flow-logs.arn]:*"],
        ],
        ["FindLogGroup", ["logs:DescribeLogGroups"], ["arn:aws:logs:us-west-2:123456789012:log-group:*"]],
      ],
    );
    assert.deepEqual(
      statementsOf(recorded.inputs("aws:iam/role:Role", "network-flow-logs-role")["assumeRolePolicy"]),
      [
        {
          Sid: "Assume",
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: ["sts:AssumeRole"],
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    );
  });
});

function contains(outer: string, inner: string): boolean {
  const [address, bits] = ipaddr.IPv4.parseCIDR(inner);
  const [network, outerBits] = ipaddr.IPv4.parseCIDR(outer);
  return bits >= outerBits && address.match(network, outerBits);
}

function valueOf(output: Network["vpcId"]): Promise<string> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
