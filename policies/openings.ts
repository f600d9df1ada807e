import { isTrue, listOf, numberOf, tableOf, textOf, type Table } from "../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";

/** One rule of a firewall, as far as it concerns addresses. */
export interface Opening {
  /** Address block, or the marker of one that is unknown. */
  readonly block: string;
  /** `tcp`, `udp`, a number, or `-1` for every protocol. */
  readonly protocol: string;
  /** First and last port; 0 to 65535 where the rule has none or they are unknown. */
  readonly from: number;
  readonly to: number;
  /** Of a network ACL, which keeps no state: answers come in through the ephemeral ports. */
  readonly stateless: boolean;
}

export type Direction = "ingress" | "egress";

const INLINE = new Set([
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
]);
const ACLS = new Set(["aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"]);
const RULES: Readonly<Record<string, Direction>> = {
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ingress",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "egress",
};

/** Every opening a resource makes in a direction. Openings to groups and prefix lists are not to addresses. */
export function openingsOf({ type, inputs }: ResourceRecord, direction: Direction): Opening[] {
  if (INLINE.has(type)) return inline(inputs[direction], false);
  if (ACLS.has(type)) return inline(inputs[direction], true);
  if (type === "aws:ec2/securityGroupRule:SecurityGroupRule")
    return inputs["type"] === direction || isUnknown(inputs["type"]) ? openings(inputs, false) : [];
  if (type === "aws:ec2/networkAclRule:NetworkAclRule")
    return isTrue(inputs["egress"]) === (direction === "egress") && inputs["ruleAction"] !== "deny"
      ? openings(inputs, true)
      : [];
  return RULES[type] === direction ? openings(inputs, false) : [];
}

function inline(rules: unknown, stateless: boolean): Opening[] {
  // A list that is unknown as a whole may hold anything.
  if (isUnknown(rules)) return [opening(String(rules), {}, stateless)];
  return listOf(rules)
    .map(tableOf)
    .filter((rule) => rule["action"] !== "deny")
    .flatMap((rule) => openings(rule, stateless));
}

const BLOCKS = [
  "cidrBlock",
  "ipv6CidrBlock",
  "cidrIpv4",
  "cidrIpv6",
  "cidrBlocks",
  "ipv6CidrBlocks",
] as const;

function openings(rule: Table, stateless: boolean): Opening[] {
  return BLOCKS.flatMap((key) => {
    const value = rule[key];
    const blocks = Array.isArray(value) ? listOf(value) : [value];
    return blocks
      .filter((block): block is string => typeof block === "string" && block !== "")
      .map((block) => opening(block, rule, stateless));
  });
}

function opening(block: string, rule: Table, stateless: boolean): Opening {
  const protocol = rule["protocol"] ?? rule["ipProtocol"];
  const known = textOf(protocol) ?? (typeof protocol === "number" ? String(protocol) : "-1");
  const every = known === "-1" || known === "all";
  const from = every ? undefined : numberOf(rule["fromPort"]);
  const to = every ? undefined : numberOf(rule["toPort"]);
  return { block, protocol: every ? "-1" : known, from: from ?? 0, to: to ?? 65_535, stateless };
}

/**
 * True for a block so wide that it means everybody. Wider than a /8 (IPv4) or a /16 (IPv6): two halves of the
 * Internet (`0.0.0.0/1`, `128.0.0.0/1`) or `2000::/3` are everybody too, while 10.0.0.0/8 is a private network.
 */
export function isAnywhere(block: string): boolean {
  const [address = "", bits] = block.split("/");
  if (bits === undefined || isUnknown(block)) return false;
  return Number(bits) < (address.includes(":") ? 16 : 8);
}

/** `tcp 22`, `tcp 8000-9000`, `every protocol and port`. */
export function portsOf({ protocol, from, to }: Opening): string {
  if (protocol === "-1") return "every protocol and port";
  return `${protocol} ${from === to ? String(from) : `${String(from)}-${String(to)}`}`;
}
