import assert from "node:assert/strict";
import fc from "fast-check";
import { UNKNOWN } from "../../../model/resource.ts";
import { isAnywhere } from "../../../policies/openings.ts";
import { egressStated } from "../../../policies/rules/safety/egress-stated.ts";
import { defaultSecurityGroupClosed } from "../../../policies/rules/safety/default-security-group-closed.ts";
import { flowLogs } from "../../../policies/rules/safety/flow-logs.ts";
import { noPort22 } from "../../../policies/rules/safety/no-port-22.ts";
import { noPublicIngress } from "../../../policies/rules/safety/no-public-ingress.ts";
import { record } from "../../pricing/records.ts";
import { faults, judge } from "./support.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule";
const everybody = { cidrBlocks: ["0.0.0.0/0"] };
const https = { protocol: "tcp", fromPort: 443, toPort: 443 };

judge({
  rule: noPublicIngress,
  type: GROUP,
  bad: {
    "a port for everybody": [{ ingress: [{ ...https, ...everybody }] }, "tcp 443 is open to 0.0.0.0/0"],
    "everybody by IPv6": [{ ingress: [{ ...https, ipv6CidrBlocks: ["::/0"] }] }, "tcp 443 is open to ::/0"],
    "everybody in two halves": [
      { ingress: [{ ...https, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] },
      "tcp 443 is open to 0.0.0.0/1",
      "tcp 443 is open to 128.0.0.0/1",
    ],
    "every protocol": [
      { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, ...everybody }] },
      "every protocol and port is open to 0.0.0.0/0",
    ],
    "an unknown block": [
      { ingress: [{ ...https, cidrBlocks: [UNKNOWN] }] },
      "tcp 443 is open to an address block unknown before deployment",
    ],
    "an unknown list": [
      { ingress: UNKNOWN },
      "every protocol and port is open to an address block unknown before deployment",
    ],
  },
  good: {
    "a private block": { ingress: [{ ...https, cidrBlocks: ["10.0.0.0/8"] }] },
    "another group": { ingress: [{ ...https, securityGroups: [UNKNOWN] }] },
    "no ingress": { ingress: [] },
  },
});
judge({
  rule: noPublicIngress,
  type: INGRESS,
  settings: { parameters: { allowedPorts: [443, 444] } },
  bad: {
    "a range wider than the allowed ports": [
      { ipProtocol: "tcp", fromPort: 443, toPort: 445, cidrIpv4: "0.0.0.0/0" },
      "tcp 443-445 is open to 0.0.0.0/0",
    ],
    "unknown ports": [
      { ipProtocol: "tcp", fromPort: UNKNOWN, toPort: UNKNOWN, cidrIpv6: "::/0" },
      "tcp 0-65535 is open to ::/0",
    ],
  },
  good: { "allowed ports": { ipProtocol: "tcp", fromPort: 443, toPort: 444, cidrIpv4: "0.0.0.0/0" } },
});
judge({
  rule: noPublicIngress,
  type: RULE,
  bad: { "an ingress rule": [{ type: "ingress", ...https, ...everybody }, "tcp 443 is open to 0.0.0.0/0"] },
  good: { "an egress rule": { type: "egress", ...https, ...everybody } },
});
judge({
  rule: noPublicIngress,
  type: ACL_RULE,
  bad: {
    "a low port": [{ ruleAction: "allow", ...https, cidrBlock: "0.0.0.0/0" }, "tcp 443 is open to 0.0.0.0/0"],
  },
  good: {
    "answers to ephemeral ports": {
      ruleAction: "allow",
      protocol: "tcp",
      fromPort: 1024,
      toPort: 65_535,
      cidrBlock: "0.0.0.0/0",
    },
    "a refusal": { ruleAction: "deny", ...https, cidrBlock: "0.0.0.0/0" },
    egress: { egress: true, ruleAction: "allow", ...https, cidrBlock: "0.0.0.0/0" },
  },
});

const port22 = { ipProtocol: "tcp", fromPort: 22, toPort: 22 };
judge({
  rule: noPort22,
  type: INGRESS,
  bad: {
    "port 22": [{ ...port22, cidrIpv4: "0.0.0.0/0" }, "tcp 22, with port 22, is open to 0.0.0.0/0"],
    "a range with both": [
      { ipProtocol: "tcp", fromPort: 0, toPort: 4000, cidrIpv6: "::/0" },
      "tcp 0-4000, with port 22 and 3389, is open to ::/0",
    ],
    "every protocol": [
      { ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" },
      "every protocol and port, with port 22 and 3389, is open to 0.0.0.0/0",
    ],
    "an unknown block": [
      { ...port22, cidrIpv4: UNKNOWN },
      "tcp 22, with port 22, is open to an address block unknown before deployment",
    ],
  },
  good: {
    "one network": { ...port22, cidrIpv4: "10.0.0.0/16" },
    "another port": { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" },
  },
});

describe("an address block", () => {
  it("means everybody exactly where it is wider than a /8, or a /16 of IPv6", () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 128 }),
        (address, bits, bits6) => {
          assert.equal(isAnywhere(`${address}/${String(bits)}`), bits < 8);
          assert.equal(isAnywhere(`2001:db8::/${String(bits6)}`), bits6 < 16);
        },
      ),
    );
  });
});

describe("policy egress-stated", () => {
  const group = (egress?: unknown) => record(GROUP, "hosts", egress === undefined ? {} : { egress });
  const template = record(
    "aws:ec2/launchTemplate:LaunchTemplate",
    "host",
    {},
    { dependsOn: { networkInterfaces: [group().urn] } },
  );
  const rule = (inputs: Readonly<Record<string, unknown>>) =>
    record("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", inputs, {
      dependsOn: { securityGroupId: [group().urn] },
    });

  it("refuses hosts whose group lets nothing out, also where AWS computes the list", () => {
    for (const egress of [undefined, [], UNKNOWN])
      assert.deepEqual(faults(egressStated, [group(egress), template]), [
        "has no egress rule, and hosts belong to it",
      ]);
  });
  it("passes a group without hosts, with rules inline, or with rules beside it", () => {
    const out = { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" };
    assert.deepEqual(faults(egressStated, [group()]), []);
    assert.deepEqual(faults(egressStated, [group([{ ...https, ...everybody }]), template]), []);
    assert.deepEqual(faults(egressStated, [group(), template, rule(out)]), []);
  });
  it("refuses every protocol to everybody, and to an unknown block", () => {
    assert.deepEqual(faults(egressStated, [group(), rule({ ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" })]), [
      "lets every protocol and port out to 0.0.0.0/0",
    ]);
    assert.deepEqual(faults(egressStated, [group(), rule({ ipProtocol: "-1", cidrIpv4: UNKNOWN })]), [
      "lets every protocol and port out to an address block unknown before deployment",
    ]);
  });
});

describe("policies on networks", () => {
  const vpc = record("aws:ec2/vpc:Vpc", "net");
  const beside = (type: string, inputs: Readonly<Record<string, unknown>> = {}) =>
    record(type, "side", inputs, { dependsOn: { vpcId: [vpc.urn] } });
  const DEFAULT = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

  it("default-security-group-closed wants the group adopted, without rules", () => {
    assert.deepEqual(faults(defaultSecurityGroupClosed, [vpc]), [
      "its default security group is left as AWS makes it",
    ]);
    assert.deepEqual(
      faults(defaultSecurityGroupClosed, [vpc, beside(DEFAULT, { ingress: [https], egress: [] })]),
      ["the default security group has ingress rules"],
    );
    // What AWS computes is unknown at preview where the program gives no list.
    for (const inputs of [{}, { ingress: [], egress: [] }, { ingress: UNKNOWN, egress: UNKNOWN }])
      assert.deepEqual(faults(defaultSecurityGroupClosed, [vpc, beside(DEFAULT, inputs)]), []);
  });
  it("flow-logs wants a log of this network, not of another", () => {
    const other = record("aws:ec2/flowLog:FlowLog", "other", {}, { dependsOn: { vpcId: ["urn:other"] } });
    assert.deepEqual(faults(flowLogs, [vpc, other]), ["the network has no flow log"]);
    assert.deepEqual(faults(flowLogs, [vpc, beside("aws:ec2/flowLog:FlowLog")]), []);
  });
});
