import assert from "node:assert/strict";
import { DEFAULT_POLICY_SETTINGS } from "../../../model/policy-settings.ts";
import { UNKNOWN, type ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { evaluate } from "../../../policies/evaluate.ts";
import type { Rule } from "../../../policies/rule.ts";
import { allowedInstanceTypes } from "../../../policies/rules/cost/allowed-instance-types.ts";
import { logRetention } from "../../../policies/rules/cost/log-retention.ts";
import { natGatewayAsked } from "../../../policies/rules/cost/nat-gateway-asked.ts";
import { volumeSize } from "../../../policies/rules/cost/volume-size.ts";
import { volumesGp3 } from "../../../policies/rules/cost/volumes-gp3.ts";
import { record } from "../../pricing/records.ts";

const GROUP = "aws:autoscaling/group:Group";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const VOLUME = "aws:ebs/volume:Volume";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const NAT = "aws:ec2/natGateway:NatGateway";
const NETWORK = "urn:pulumi:test::proving-ground::proving-ground:infra:Network::network";

type Inputs = Readonly<Record<string, unknown>>;

/** What is judged, and what the rule says of it before its remedy; nothing where it passes. */
interface Case {
  readonly what: string;
  readonly rule: Rule;
  readonly resource: ResourceRecord;
  readonly parameters?: Inputs;
  readonly says?: readonly string[];
}

function group(role: unknown, instanceType: unknown): ResourceRecord {
  return record(GROUP, "host", {
    tags: [{ key: TAGS.role, value: role }],
    mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType }] } },
  });
}

function template(ebs: unknown): ResourceRecord {
  return record(TEMPLATE, "host", { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }] });
}

const CASES: readonly Case[] = [
  {
    what: "a type of the role's family",
    rule: allowedInstanceTypes,
    resource: group("storage", "i4i.large"),
  },
  {
    what: "a type of another family",
    rule: allowedInstanceTypes,
    resource: group("storage", "m5.large"),
    says: ['storage: instance type "m5.large" is not one of i4i.*'],
  },
  {
    what: "a type that a parameter allows",
    rule: allowedInstanceTypes,
    resource: group("storage", "m5.large"),
    parameters: { types: { storage: ["m5.*"] } },
  },
  {
    what: "an unknown type",
    rule: allowedInstanceTypes,
    resource: group("jepsen", UNKNOWN),
    says: ["jepsen: instance type unknown before deployment is not one of c7a.*"],
  },
  {
    what: "an unknown role",
    rule: allowedInstanceTypes,
    resource: group(UNKNOWN, "c7a.large"),
    says: ["the role of the host is unknown before deployment, and with it the types that are allowed"],
  },
  {
    what: "a type that AWS chooses by requirements",
    rule: allowedInstanceTypes,
    resource: record(GROUP, "host", {
      tags: [{ key: TAGS.role, value: "storage" }],
      mixedInstancesPolicy: {
        launchTemplate: { overrides: [{ instanceRequirements: { vcpuCount: { min: 96 } } }] },
      },
    }),
    says: ["storage: instance type unknown before deployment is not one of i4i.*"],
  },
  {
    what: "a host without a role",
    rule: allowedInstanceTypes,
    resource: record(INSTANCE, "host", { instanceType: "m5.large" }),
  },
  {
    what: "an orchestrator of another family",
    rule: allowedInstanceTypes,
    resource: record(INSTANCE, "host", { instanceType: "c7.large", tags: { [TAGS.role]: "orchestrator" } }),
    says: ['orchestrator: instance type "c7.large" is not one of c7a.*'],
  },
  {
    what: "a launch template's own type",
    rule: allowedInstanceTypes,
    resource: record(TEMPLATE, "host", {
      instanceType: "t2.medium",
      tagSpecifications: [{ resourceType: "instance", tags: { [TAGS.role]: "conduit" } }],
    }),
    says: ['conduit: instance type "t2.medium" is not one of t3.*'],
  },
  {
    what: "a NAT gateway",
    rule: natGatewayAsked,
    resource: record(NAT, "nat"),
    says: ["is a NAT gateway that nobody asked for"],
  },
  {
    what: "a NAT gateway of the network",
    rule: natGatewayAsked,
    resource: record(NAT, "nat", {}, { parent: NETWORK }),
  },
  {
    what: "a NAT gateway that is allowed",
    rule: natGatewayAsked,
    resource: record(NAT, "nat"),
    parameters: { allowed: true },
  },
  { what: "a gp3 volume", rule: volumesGp3, resource: template({ volumeType: "gp3" }) },
  { what: "a cold volume", rule: volumesGp3, resource: record(VOLUME, "data", { type: "sc1" }) },
  { what: "a volume whose type the image decides", rule: volumesGp3, resource: template({ volumeSize: 20 }) },
  ...["gp2", "io1", "io2", "standard"].map((volumeType) => ({
    what: `a ${volumeType} volume`,
    rule: volumesGp3,
    resource: template({ volumeType }),
    says: [`volume /dev/xvda: its type is "${volumeType}"`],
  })),
  {
    what: "a volume without a type",
    rule: volumesGp3,
    resource: record(VOLUME, "data", { size: 20 }),
    says: ["volume: its type is not set, which makes it gp2"],
  },
  {
    what: "root and data volumes of an instance",
    rule: volumesGp3,
    resource: record(INSTANCE, "host", {
      rootBlockDevice: { volumeType: "gp2" },
      ebsBlockDevices: [{ deviceName: "/dev/sdb" }, { deviceName: "/dev/sdc", volumeType: UNKNOWN }],
    }),
    says: [
      'root volume: its type is "gp2"',
      "volume /dev/sdb: its type is not set, which makes it gp2",
      "volume /dev/sdc: its type is unknown before deployment",
    ],
  },
  {
    what: "volumes that are unknown as a whole",
    rule: volumesGp3,
    resource: record(TEMPLATE, "host", { blockDeviceMappings: UNKNOWN }),
    says: ["blockDeviceMappings: its type is unknown before deployment"],
  },
  { what: "a volume of 2 TiB", rule: volumeSize, resource: template({ volumeSize: "2048" }) },
  { what: "a volume of the image's size", rule: volumeSize, resource: template({}) },
  {
    what: "a larger volume",
    rule: volumeSize,
    resource: record(VOLUME, "data", { size: 2049 }),
    says: ["volume: 2049 GiB, at most 2048 GiB are allowed"],
  },
  {
    what: "a volume above a parameter",
    rule: volumeSize,
    resource: template({ volumeSize: 11 }),
    parameters: { gib: 10 },
    says: ["volume /dev/xvda: 11 GiB, at most 10 GiB are allowed"],
  },
  {
    what: "a volume of unknown size",
    rule: volumeSize,
    resource: template({ volumeSize: UNKNOWN }),
    says: ["volume /dev/xvda: its size is unknown before deployment"],
  },
  {
    what: "a volume of a snapshot's size",
    rule: volumeSize,
    resource: record(VOLUME, "data", { snapshotId: "snap-0123456789abcdef0" }),
    says: ["volume: its size is not set, and that of its snapshot is unknown before deployment"],
  },
  {
    what: "a volume of a snapshot with a size",
    rule: volumeSize,
    resource: template({ snapshotId: UNKNOWN, volumeSize: 20 }),
  },
  { what: "logs of 400 days", rule: logRetention, resource: record(LOGS, "logs", { retentionInDays: 400 }) },
  {
    what: "logs of 401 days",
    rule: logRetention,
    resource: record(LOGS, "logs", { retentionInDays: 401 }),
    says: ["keeps its logs for 401 days, at most 400 are allowed"],
  },
  {
    what: "logs kept for ever",
    rule: logRetention,
    resource: record(LOGS, "logs", { retentionInDays: 0 }),
    says: ["keeps its logs for ever"],
  },
  {
    what: "logs without a retention",
    rule: logRetention,
    resource: record(LOGS, "logs"),
    says: ["its retention is not set"],
  },
  {
    what: "an unknown retention",
    rule: logRetention,
    resource: record(LOGS, "logs", { retentionInDays: UNKNOWN }),
    says: ["its retention is unknown before deployment"],
  },
];

describe("cost rules on single resources", () => {
  for (const { what, rule, resource, parameters = {}, says = [] } of CASES) {
    it(`${rule.name} ${says.length === 0 ? "passes" : "refuses"} ${what}`, () => {
      const settings = { ...DEFAULT_POLICY_SETTINGS, parameters: { [rule.name]: parameters } };
      const verdicts = evaluate([resource], "stack", { stack: "dev", settings, today: "2027-01-31" }, [rule]);
      assert.deepEqual(
        verdicts,
        says.map((message) => ({
          name: rule.name,
          level: "mandatory",
          urn: resource.urn,
          message: `${message}; ${rule.fix}`,
        })),
      );
    });
  }

  it("leave every other type alone", () => {
    const resource = record("aws:sqs/queue:Queue", "other", {
      type: "gp2",
      size: 9999,
      instanceType: UNKNOWN,
    });
    const rules = [...new Set(CASES.map(({ rule }) => rule))];
    const evaluation = { stack: "dev", settings: DEFAULT_POLICY_SETTINGS, today: "2027-01-31" };
    assert.deepEqual(evaluate([resource], "stack", evaluation, rules), []);
  });
});
