import { isTrue, listOf, numberOf, tableOf, textOf, type Table } from "../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";

/** One rule of a firewall, as far as it concerns addresses. */
export interface Opening {
  /** Address block, or the marker of one that is unknown. */
  readonly block: string;
  /** `tcp`, `udp`, another name or number in lower case, or `-1` for every protocol. */
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

/** Every opening to address blocks that a resource makes in a direction; those to prefix lists: prefix-lists.ts. */
export function openingsOf(
  { type, inputs }: ResourceRecord,
  direction: Direction,
  keys: readonly string[] = BLOCKS,
): Opening[] {
  if (INLINE.has(type)) return inline(inputs[direction], false, keys);
  if (ACLS.has(type)) return inline(inputs[direction], true, keys);
  if (type === "aws:ec2/securityGroupRule:SecurityGroupRule")
    return inputs["type"] === direction || isUnknown(inputs["type"]) ? openings(inputs, false, keys) : [];
  if (type === "aws:ec2/networkAclRule:NetworkAclRule")
    return isTrue(inputs["egress"]) === (direction === "egress") && inputs["ruleAction"] !== "deny"
      ? openings(inputs, true, keys)
      : [];
  return RULES[type] === direction ? openings(inputs, false, keys) : [];
}

/** True where the rules inside a resource are unknown as a whole: to the rules on the stack, what AWS computes where the program gives none. */
export function isComputed({ type, inputs }: ResourceRecord, direction: Direction): boolean {
  return (INLINE.has(type) || ACLS.has(type)) && isUnknown(inputs[direction]);
}

/** What a firewall's rules belong to: the group or list itself, or the one that a rule beside it names. */
export function firewallOf({ type, urn, inputs, propertyDependencies }: ResourceRecord): string {
  if (INLINE.has(type) || ACLS.has(type)) return urn;
  const [named] = ["securityGroupId", "networkAclId"].flatMap(
    (key) => propertyDependencies[key]?.[0] ?? textOf(inputs[key]) ?? [],
  );
  return named ?? urn;
}

function inline(rules: unknown, stateless: boolean, keys: readonly string[]): Opening[] {
  // A list that is unknown as a whole may hold anything.
  if (isUnknown(rules)) return keys !== BLOCKS ? [] : [opening(String(rules), {}, stateless)];
  return listOf(rules)
    .map(tableOf)
    .filter((rule) => rule["action"] !== "deny")
    .flatMap((rule) => openings(rule, stateless, keys));
}

const BLOCKS: readonly string[] = [
  "cidrBlock",
  "ipv6CidrBlock",
  "cidrIpv4",
  "cidrIpv6",
  "cidrBlocks",
  "ipv6CidrBlocks",
];

function openings(rule: Table, stateless: boolean, keys: readonly string[]): Opening[] {
  return keys.flatMap((key) => {
    const value = rule[key];
    const blocks = Array.isArray(value) ? listOf(value) : [value];
    return blocks
      .filter((block): block is string => typeof block === "string" && block !== "")
      .map((block) => opening(block, rule, stateless));
  });
}

/** AWS takes names in any case, and numbers. */
const NAMES: Readonly<Record<string, string>> = { all: "-1", "6": "tcp", "17": "udp" };

function opening(block: string, rule: Table, stateless: boolean): Opening {
  const protocol = rule["protocol"] ?? rule["ipProtocol"];
  const given = (textOf(protocol) ?? (typeof protocol === "number" ? String(protocol) : "-1")).toLowerCase();
  const known = NAMES[given] ?? given;
  const every = known === "-1";
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

/**
 * True where blocks mean everybody: one of them by itself, or all the public ones together. Private networks do
 * not count together: 10.0.0.0/8 and 172.16.0.0/12 are wider than a /8 and no part of the Internet.
 */
export function isWide(blocks: readonly string[]): boolean {
  if (blocks.some(isAnywhere)) return true;
  const distinct = [...new Set(blocks)].filter((block) => block.includes("/") && !isUnknown(block));
  const ranges = distinct.filter((block) => !block.includes(":")).map(rangeOf);
  const isPublic = (range: Range) => !PRIVATE.some((own) => own.from <= range.from && range.to <= own.to);
  const addresses = merged(ranges.filter(isPublic)).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  // Blocks that lie in each other count twice: no stack needs so many of them.
  const shares = distinct
    .filter((block) => block.includes(":") && !/^f[cd]/i.test(block))
    .reduce((sum, block) => sum + 2 ** (16 - Number(block.split("/")[1])), 0);
  return addresses > 2 ** 24 || shares > 1;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** First and last address of an IPv4 block. */
function rangeOf(block: string): Range {
  const [address = "", bits = "32"] = block.split("/");
  const size = 2 ** (32 - Number(bits));
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const from = number - (number % size);
  return { from, to: from + size - 1 };
}

/** RFC 1918, and RFC 6598 for networks behind a carrier's translation. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(rangeOf);

/** The same numbers in ranges that do not touch, in order. */
export function merged(ranges: readonly Range[]): Range[] {
  const apart: Range[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || from > last.to + 1) apart.push({ from, to });
    else apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return apart;
}

/** `tcp 22`, `tcp 8000-9000`, `every protocol and port`. */
export function portsOf({ protocol, from, to }: Opening): string {
  if (protocol === "-1") return "every protocol and port";
  return `${protocol} ${from === to ? String(from) : `${String(from)}-${String(to)}`}`;
}
