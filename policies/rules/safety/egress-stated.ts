import { listOf } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { companionsOf } from "../../companions.ts";
import { firewallOf, isAnywhere, isComputed, merged, openingsOf, type Opening } from "../../openings.ts";
import { openingsToLists } from "../../prefix-lists.ts";
import { stackRule, type Finding } from "../../rule.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULES = [
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];
const HOSTS = new Set([
  "aws:ec2/instance:Instance",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
  "aws:lambda/function:Function",
]);

export const egressStated = stackRule({
  name: "egress-stated",
  level: "mandatory",
  why: "Egress open to everything carries data out on any port; a host with none never fetches its programs and is paid for nothing.",
  fix: "state each protocol, port range and destination that hosts of the group need",
  outside: ["CKV_AWS_382", "CIS AWS 5.5"],
  *checkStack(resources) {
    const used = new Set(
      resources.filter(({ type }) => HOSTS.has(type)).flatMap(({ dependencies }) => dependencies),
    );
    const firewalls = new Map<string, { urn: string; opening: Opening }[]>();
    for (const resource of resources) {
      for (const opening of outward(resource, resources)) {
        const { urn } = resource;
        const { block, protocol } = opening;
        if (protocol === "-1") {
          const where = isUnknown(block) ? "an address block unknown before deployment" : block;
          yield { urn, message: `lets every protocol and port out to ${where}` };
        } else {
          const key = firewallOf(resource);
          const others = firewalls.get(key);
          if (others === undefined) firewalls.set(key, [{ urn, opening }]);
          else others.push({ urn, opening });
        }
      }
      if (resource.type === GROUP && used.has(resource.urn) && !statesEgress(resource, resources))
        yield { urn: resource.urn, message: "has no egress rule, and hosts belong to it" };
    }
    for (const openings of firewalls.values()) yield* inParts(openings);
  },
});

/** Openings to everybody. A list that AWS computes, where the program gives none, proves nothing. */
function outward(resource: ResourceRecord, resources: readonly ResourceRecord[]): Opening[] {
  const direct = isComputed(resource, "egress") ? [] : openingsOf(resource, "egress");
  // Lists of AWS's own services are made elsewhere, and are what egress should be stated by.
  const ofLists = openingsToLists(resources, resource, "egress").filter(({ block }) => !isUnknown(block));
  return [...direct, ...ofLists].filter(
    // An ACL that lets all out still leaves the security group in charge.
    ({ block, stateless }) => !stateless && (isUnknown(block) || isAnywhere(block)),
  );
}

/** Every port of both TCP and UDP is everything, in however many rules. The first resource by URN answers. */
function* inParts(openings: readonly { urn: string; opening: Opening }[]): Iterable<Finding> {
  const [urn] = openings.map((one) => one.urn).sort();
  const isWhole = (wanted: string) =>
    merged(openings.filter(({ opening }) => opening.protocol === wanted).map(({ opening }) => opening)).some(
      // Nothing listens on port 0.
      ({ from, to }) => from <= 1 && to === 65_535,
    );
  if (urn !== undefined && isWhole("tcp") && isWhole("udp"))
    yield { urn, message: "lets every port of TCP and UDP out to everybody" };
}

function statesEgress(group: ResourceRecord, resources: readonly ResourceRecord[]): boolean {
  if (listOf(group.inputs["egress"]).length > 0) return true;
  return companionsOf(resources, group, { types: RULES, property: "securityGroupId" }).some(
    ({ type, inputs }) => type !== RULES[1] || inputs["type"] === "egress",
  );
}
