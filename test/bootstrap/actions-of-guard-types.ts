import { HERE, on, type Calls } from "./calls.ts";

const FUNCTION = `arn:aws:lambda:${HERE}:function:proving-ground-ENV-guard`;
const SCHEDULE = `arn:aws:scheduler:${HERE}:schedule/default/proving-ground-ENV-guard`;
const SCHEDULES = `arn:aws:scheduler:${HERE}:schedule-group/proving-ground-ENV-guard`;
const TABLE = `arn:aws:dynamodb:${HERE}:table/proving-ground-ENV-guard`;
const QUEUE = `arn:aws:sqs:${HERE}:proving-ground-ENV-guard-changes`;
const RULE = `arn:aws:events:${HERE}:rule/proving-ground-ENV-guard-changes`;
const ALARM = `arn:aws:cloudwatch:${HERE}:alarm:proving-ground-ENV-guard-silent`;
const DASHBOARD = "arn:aws:cloudwatch::123456789012:dashboard/proving-ground-ENV-cost";

/** The money guard, its table, queue and schedule, and its alarms. */
export const ACTIONS_OF_GUARD_TYPES: Readonly<Record<string, Calls>> = {
  "aws:cloudwatch/dashboard:Dashboard": {
    change: on(DASHBOARD, "cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"),
    look: on(DASHBOARD, "cloudwatch:GetDashboard"),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    change: on(
      RULE,
      "events:PutRule",
      "events:DeleteRule",
      "events:EnableRule",
      "events:DisableRule",
      "events:TagResource",
      "events:UntagResource",
    ),
    look: on(RULE, "events:DescribeRule", "events:ListTagsForResource"),
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    change: on(RULE, "events:PutTargets", "events:RemoveTargets"),
    look: on(RULE, "events:ListTargetsByRule"),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    change: on(
      ALARM,
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:DeleteAlarms",
      "cloudwatch:TagResource",
      "cloudwatch:UntagResource",
    ),
    look: on(ALARM, "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"),
  },
  "aws:dynamodb/table:Table": {
    change: on(
      TABLE,
      "dynamodb:CreateTable",
      "dynamodb:DeleteTable",
      "dynamodb:TagResource",
      "dynamodb:UntagResource",
      "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable",
      "dynamodb:UpdateTimeToLive",
    ),
    look: on(
      TABLE,
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:ListTagsOfResource",
    ),
  },
  "aws:lambda/function:Function": {
    change: on(
      FUNCTION,
      "lambda:CreateFunction",
      "lambda:DeleteFunction",
      "lambda:DeleteFunctionConcurrency",
      "lambda:PutFunctionConcurrency",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ),
    look: on(
      FUNCTION,
      "lambda:GetFunction",
      "lambda:GetFunctionCodeSigningConfig",
      "lambda:GetFunctionConcurrency",
      "lambda:GetFunctionConfiguration",
      "lambda:GetRuntimeManagementConfig",
      "lambda:ListTags",
      "lambda:ListVersionsByFunction",
    ),
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    change: on(
      FUNCTION,
      "lambda:PutFunctionEventInvokeConfig",
      "lambda:UpdateFunctionEventInvokeConfig",
      "lambda:DeleteFunctionEventInvokeConfig",
    ),
    look: on(FUNCTION, "lambda:GetFunctionEventInvokeConfig"),
  },
  "aws:lambda/permission:Permission": {
    change: on(FUNCTION, "lambda:AddPermission", "lambda:RemovePermission"),
    look: on(FUNCTION, "lambda:GetPolicy"),
  },
  "aws:scheduler/schedule:Schedule": {
    change: on(SCHEDULE, "scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule"),
    look: on(SCHEDULE, "scheduler:GetSchedule"),
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": {
    change: on(
      SCHEDULES,
      "scheduler:CreateScheduleGroup",
      "scheduler:DeleteScheduleGroup",
      "scheduler:TagResource",
      "scheduler:UntagResource",
    ),
    look: on(SCHEDULES, "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"),
  },
  "aws:sqs/queue:Queue": {
    change: on(
      QUEUE,
      "sqs:CreateQueue",
      "sqs:DeleteQueue",
      "sqs:SetQueueAttributes",
      "sqs:TagQueue",
      "sqs:UntagQueue",
    ),
    look: on(QUEUE, "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"),
  },
  "aws:sqs/queuePolicy:QueuePolicy": {
    change: on(QUEUE, "sqs:SetQueueAttributes"),
    look: on(QUEUE, "sqs:GetQueueAttributes"),
  },
};
