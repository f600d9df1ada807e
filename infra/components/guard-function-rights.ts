import * as pulumi from "@pulumi/pulumi";
import { METRIC_NAMESPACE } from "../../model/guard.ts";
import { TAGS, type Life } from "../../model/tags.ts";
import type { Statement } from "../lib/iam.ts";
import { PROJECT, type Scope } from "../lib/names.ts";

export interface GuardReach {
  readonly scope: Scope;
  readonly agentsRole: string | undefined;
  readonly keyArn: pulumi.Input<string>;
  readonly tableArn: pulumi.Input<string>;
  readonly eventsArn: pulumi.Input<string>;
  readonly failuresArn: pulumi.Input<string>;
  readonly topicArn: pulumi.Input<string>;
  readonly logArn: pulumi.Input<string>;
}

const STOPPABLE: Life = "on-demand";
const PERSISTENT: Life = "persistent";

/** Partitions of the table that the guard works with; drills are written by people. */
const PARTITIONS = ["guard", "day", "request", "heartbeat"];

/**
 * What the guard may do. It looks at everything, since what nobody tagged costs as much; what it stops must carry
 * the tags of this environment and of a host that may be stopped, and a persistent host is denied besides: the
 * tags of an instance decide, whatever the program believes.
 */
export function guardRights(reach: GuardReach): Statement[] {
  return [...look(), ...stop(reach), ...remember(reach), ...tell(reach), ...shutModels(reach)];
}

/** Lists know no resource (AWS service authorization reference). */
function look(): Statement[] {
  return [
    {
      sid: "LookAtHosts",
      actions: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeScheduledActions",
        "ec2:DescribeInstances",
        "ec2:DescribeSpotInstanceRequests",
        "ec2:DescribeSpotPriceHistory",
      ],
      resources: ["*"],
    },
    {
      sid: "LookAtModels",
      actions: ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"],
      resources: ["*"],
    },
  ];
}

function stop({ scope }: GuardReach): Statement[] {
  const { region, account, environment } = scope;
  const ours = {
    [`aws:ResourceTag/${TAGS.project}`]: PROJECT,
    [`aws:ResourceTag/${TAGS.environment}`]: environment,
  };
  return [
    {
      sid: "StopGroups",
      actions: [
        "autoscaling:ResumeProcesses",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:SuspendProcesses",
      ],
      resources: [
        pulumi.interpolate`arn:aws:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${PROJECT}-${environment}-*`,
      ],
      conditions: { StringEquals: ours },
    },
    {
      sid: "StopHosts",
      actions: ["ec2:TerminateInstances"],
      // In every region: what somebody starts elsewhere under the environment's tags costs as much.
      resources: [pulumi.interpolate`arn:aws:ec2:*:${account}:instance/*`],
      conditions: { StringEquals: { ...ours, [`aws:ResourceTag/${TAGS.life}`]: STOPPABLE } },
    },
    {
      sid: "NeverPersistentHosts",
      effect: "Deny",
      actions: ["ec2:TerminateInstances"],
      resources: ["*"],
      conditions: { StringEquals: { [`aws:ResourceTag/${TAGS.life}`]: PERSISTENT } },
    },
    {
      sid: "CancelSpotRequests",
      actions: ["ec2:CancelSpotInstanceRequests"],
      resources: [pulumi.interpolate`arn:aws:ec2:*:${account}:spot-instances-request/*`],
      conditions: { StringEquals: ours },
    },
  ];
}

function remember({ tableArn, eventsArn }: GuardReach): Statement[] {
  return [
    {
      sid: "Ledger",
      actions: [
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      resources: [tableArn],
      conditions: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": PARTITIONS },
        // ForAllValues also holds where no key is named: it must be there.
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    },
    {
      sid: "StateChanges",
      actions: ["sqs:DeleteMessage", "sqs:ReceiveMessage"],
      resources: [eventsArn],
    },
  ];
}

function tell({ scope, keyArn, topicArn, failuresArn, logArn }: GuardReach): Statement[] {
  return [
    {
      sid: "Heartbeat",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": METRIC_NAMESPACE } },
    },
    { sid: "TellPeople", actions: ["sns:Publish"], resources: [topicArn] },
    {
      sid: "TopicKey",
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: [keyArn],
      conditions: { StringEquals: { "kms:ViaService": `sns.${scope.region}.amazonaws.com` } },
    },
    { sid: "Failures", actions: ["sqs:SendMessage"], resources: [failuresArn] },
    {
      sid: "WriteLog",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [pulumi.interpolate`${logArn}:*`],
    },
  ];
}

/**
 * One role, by name. IAM has no condition on what an inline policy says: what could be written there is bounded by
 * the role's permission boundary, where the account was bootstrapped with one.
 */
function shutModels({ scope, agentsRole }: GuardReach): Statement[] {
  if (agentsRole === undefined) return [];
  return [
    {
      sid: "ShutModels",
      actions: ["iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:PutRolePolicy"],
      resources: [pulumi.interpolate`arn:aws:iam::${scope.account}:role/${agentsRole}`],
    },
  ];
}
