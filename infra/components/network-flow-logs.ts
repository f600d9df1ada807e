import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../lib/iam.ts";
import { physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";

interface FlowLogsArgs {
  readonly scope: Scope;
  readonly vpcId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly retentionDays: number;
}

/**
 * Records every connection's metadata; priced by volume (see pricing/assumptions.ts). The rights are the
 * documented ones of VPC flow logs without `CreateLogGroup`: the group is made here, with its retention.
 */
export function createFlowLogs(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, vpcId, keyArn, retentionDays }: FlowLogsArgs,
): void {
  const parent = { parent: owner };
  const group = new aws.cloudwatch.LogGroup(
    `${name}-flow-logs`,
    {
      name: `/proving-ground/${scope.environment}/flow-logs`,
      retentionInDays: retentionDays,
      kmsKeyId: keyArn,
      tags: tagsFor(scope, `${name}-flow-logs`),
    },
    parent,
  );
  const role = new aws.iam.Role(
    `${name}-flow-logs-role`,
    {
      name: physicalName(scope, "flow-logs"),
      description: "Delivers VPC flow logs to CloudWatch",
      assumeRolePolicy: serviceTrust("vpc-flow-logs.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": scope.account },
      }),
      tags: tagsFor(scope, `${name}-flow-logs`),
    },
    parent,
  );
  new aws.iam.RolePolicy(
    `${name}-flow-logs-rights`,
    {
      role: role.name,
      policy: policyDocument([
        {
          sid: "WriteFlowLogs",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [group.arn, pulumi.interpolate`${group.arn}:*`],
        },
        {
          sid: "FindLogGroup",
          actions: ["logs:DescribeLogGroups"],
          // A list of log groups is asked for as a whole: AWS knows no narrower resource for it.
          resources: [pulumi.interpolate`arn:aws:logs:${scope.region}:${scope.account}:log-group:*`],
        },
      ]),
    },
    parent,
  );
  new aws.ec2.FlowLog(
    `${name}-flow-log`,
    {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: tagsFor(scope, `${name}-flow-log`),
    },
    parent,
  );
}
