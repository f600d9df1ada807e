import { listOf } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { companionsOf } from "../../companions.ts";
import { isAnywhere, openingsOf, type Opening } from "../../openings.ts";
import { stackRule } from "../../rule.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULES = [
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
];
const HOSTS = new Set([
  "aws:ec2/instance:Instance",
  "aws:ec2/launchTemplate:LaunchTemplate",
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
    for (const resource of resources) {
      for (const { block } of openingsOf(resource, "egress").filter((opening) =>
        isBoundless(opening, resource),
      ))
        yield {
          urn: resource.urn,
          message: `lets every protocol and port out to ${isUnknown(block) ? "an address block unknown before deployment" : block}`,
        };
      if (resource.type === GROUP && used.has(resource.urn) && !statesEgress(resource, resources))
        yield { urn: resource.urn, message: "has no egress rule, and hosts belong to it" };
    }
  },
});

function isBoundless({ block, protocol, stateless }: Opening, { inputs }: ResourceRecord): boolean {
  // An ACL that lets all out still leaves the security group in charge.
  if (stateless || protocol !== "-1" || isComputed(inputs["egress"])) return false;
  return isUnknown(block) || isAnywhere(block);
}

/** A list that is unknown as a whole: AWS computes it where the program gives none, so it proves nothing. */
function isComputed(egress: unknown): boolean {
  return isUnknown(egress);
}

function statesEgress(group: ResourceRecord, resources: readonly ResourceRecord[]): boolean {
  if (listOf(group.inputs["egress"]).length > 0) return true;
  return companionsOf(resources, group, { types: RULES, property: "securityGroupId" }).some(
    ({ type, inputs }) => type !== RULES[1] || inputs["type"] === "egress",
  );
}
