import { companionsOf } from "../../companions.ts";
import { stackRule } from "../../rule.ts";

export const flowLogs = stackRule({
  name: "flow-logs",
  level: "mandatory",
  why: "Without flow logs nobody can say afterwards which host sent what to whom.",
  fix: "add an aws.ec2.FlowLog with the VPC's id",
  outside: ["CKV2_AWS_11", "CIS AWS 3.7", "Security Hub EC2.6"],
  *checkStack(resources) {
    for (const vpc of resources.filter(({ type }) => type === "aws:ec2/vpc:Vpc")) {
      const logs = companionsOf(resources, vpc, { types: ["aws:ec2/flowLog:FlowLog"], property: "vpcId" });
      if (logs.length === 0) yield { urn: vpc.urn, message: "the network has no flow log" };
    }
  },
});
