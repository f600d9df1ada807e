import type { Statement } from "../../lib/iam.ts";
import { environmentPrefix } from "../names.ts";
import { regional, type Reach } from "./reach.ts";

/**
 * The money guard and what it lives on: its function, schedule, table, queue, rules, alarms and dashboards. All of
 * these are called by a name, so the beginning of the name is the boundary; nothing here reads or writes a ledger,
 * or calls the function.
 */
export function deployGuard(reach: Reach): Statement[] {
  const own = `${environmentPrefix(reach.environment)}*`;
  return [
    {
      sid: "GuardFunctions",
      actions: [
        "lambda:AddPermission",
        "lambda:CreateFunction",
        "lambda:DeleteFunction*",
        "lambda:PutFunction*",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunction*",
      ],
      resources: [regional(reach, "lambda", `function:${own}`)],
    },
    {
      sid: "GuardSchedules",
      actions: [
        "scheduler:CreateSchedule",
        "scheduler:CreateScheduleGroup",
        "scheduler:DeleteSchedule",
        "scheduler:DeleteScheduleGroup",
        "scheduler:TagResource",
        "scheduler:UntagResource",
        "scheduler:UpdateSchedule",
      ],
      resources: [
        regional(reach, "scheduler", `schedule/*/${own}`),
        regional(reach, "scheduler", `schedule-group/${own}`),
      ],
    },
    {
      sid: "GuardTables",
      actions: [
        "dynamodb:CreateTable",
        "dynamodb:DeleteTable",
        "dynamodb:TagResource",
        "dynamodb:UntagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ],
      resources: [regional(reach, "dynamodb", `table/${own}`)],
    },
    {
      sid: "GuardQueues",
      actions: [
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
        "sqs:UntagQueue",
      ],
      resources: [regional(reach, "sqs", own)],
    },
    {
      sid: "GuardRules",
      actions: [
        "events:DeleteRule",
        "events:DisableRule",
        "events:EnableRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
      ],
      resources: [regional(reach, "events", `rule/${own}`)],
    },
    {
      sid: "GuardAlarms",
      actions: [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      resources: [regional(reach, "cloudwatch", `alarm:${own}`)],
    },
    {
      sid: "Dashboards",
      actions: ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"],
      // CloudWatch keeps dashboards by account, in no region.
      resources: [`arn:aws:cloudwatch::${reach.account.account}:dashboard/${own}`],
    },
  ];
}
