import { listOf } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { companionsOf } from "../../companions.ts";
import { stackRule } from "../../rule.ts";

export const defaultSecurityGroupClosed = stackRule({
  name: "default-security-group-closed",
  level: "mandatory",
  why: "What names no security group lands in the VPC's default one, whose members reach each other on every port.",
  fix: "adopt it with an aws.ec2.DefaultSecurityGroup that has neither ingress nor egress",
  outside: ["CKV2_AWS_12", "CIS AWS 5.5", "Security Hub EC2.2"],
  *checkStack(resources) {
    for (const vpc of resources.filter(({ type }) => type === "aws:ec2/vpc:Vpc")) {
      const adopted = companionsOf(resources, vpc, {
        types: ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
        property: "vpcId",
      });
      if (adopted.length === 0)
        yield { urn: vpc.urn, message: "its default security group is left as AWS makes it" };
      for (const group of adopted) {
        const open = (["ingress", "egress"] as const).filter((direction) => hasRules(group, direction));
        if (open.length > 0)
          yield { urn: group.urn, message: `the default security group has ${open.join(" and ")} rules` };
      }
    }
  },
});

/** A list that is unknown as a whole is one the program did not give: AWS computes it from what is there. */
function hasRules({ inputs }: ResourceRecord, direction: "ingress" | "egress"): boolean {
  return listOf(inputs[direction]).length > 0;
}
