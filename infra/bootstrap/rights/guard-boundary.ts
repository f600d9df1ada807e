import { TAGS } from "../../../model/tags.ts";
import type { Statement } from "../../lib/iam.ts";
import { PROJECT } from "../../lib/names.ts";
import { environmentPrefix, hostBoundaryArn } from "../names.ts";
import { iam, regional, tagged, type Reach } from "./reach.ts";

/**
 * The most that the guard, its schedule and the dead man's switch of a host can ever do: look at what costs money,
 * stop what is the environment's and not persistent, and shut the models to its own roles.
 */
export function guardBoundary(reach: Reach): Statement[] {
  const { account } = reach.account;
  const own = `${environmentPrefix(reach.environment)}*`;
  return [
    {
      sid: "Look",
      actions: [
        "autoscaling:Describe*",
        "cloudwatch:GetMetricData",
        "cloudwatch:GetMetricStatistics",
        "cloudwatch:ListMetrics",
        "ec2:Describe*",
      ],
      // In every region: what somebody starts elsewhere costs as much.
      resources: ["*"],
    },
    {
      sid: "Heartbeat",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringLike: { "cloudwatch:namespace": [PROJECT, `${PROJECT}/*`] } },
    },
    {
      sid: "StopGroups",
      actions: [
        "autoscaling:ResumeProcesses",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:SuspendProcesses",
        "autoscaling:UpdateAutoScalingGroup",
      ],
      resources: [regional(reach, "autoscaling", `autoScalingGroup:*:autoScalingGroupName/${own}`)],
      conditions: tagged(reach),
    },
    {
      sid: "StopHosts",
      actions: ["ec2:TerminateInstances"],
      resources: [`arn:aws:ec2:*:${account}:instance/*`],
      // Never a persistent one, whatever the guard's own policy and its code say.
      conditions: {
        StringEquals: { ...tagged(reach).StringEquals, [`aws:ResourceTag/${TAGS.life}`]: "on-demand" },
      },
    },
    {
      sid: "StopSpotRequests",
      actions: ["ec2:CancelSpotInstanceRequests"],
      resources: [`arn:aws:ec2:*:${account}:spot-instances-request/*`],
      conditions: tagged(reach),
    },
    {
      sid: "Ledger",
      actions: [
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      resources: [regional(reach, "dynamodb", `table/${own}`)],
    },
    {
      sid: "Messages",
      actions: [
        "lambda:InvokeFunction",
        "sns:Publish",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
      ],
      resources: [
        regional(reach, "lambda", `function:${own}`),
        regional(reach, "sns", own),
        regional(reach, "sqs", own),
      ],
    },
    {
      sid: "ShutModels",
      actions: ["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
      resources: [iam(reach, `role/${own}`)],
      // Whatever is written into such a role stays inside the same boundary.
      conditions: {
        StringEquals: { "iam:PermissionsBoundary": hostBoundaryArn(reach.account, reach.environment) },
      },
    },
    { sid: "SeeModels", actions: ["iam:GetRolePolicy"], resources: [iam(reach, `role/${own}`)] },
    {
      sid: "FunctionLogs",
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [regional(reach, "logs", `log-group:/aws/lambda/${own}`)],
    },
  ];
}
