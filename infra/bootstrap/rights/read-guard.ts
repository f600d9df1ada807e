import type { Statement } from "../../lib/iam.ts";
import { environmentPrefix } from "../names.ts";
import { regional, type Reach } from "./reach.ts";

/** How the money guard is set up, as a preview and a refresh ask it; no item of its table and no message of its queue. */
export function readGuard(reach: Reach): Statement[] {
  const own = `${environmentPrefix(reach.environment)}*`;
  return [
    {
      sid: "ReadGuard",
      actions: [
        "cloudwatch:ListTagsForResource",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
        "events:DescribeRule",
        "events:ListTagsForResource",
        "events:ListTargetsByRule",
        "lambda:GetFunction*",
        "lambda:GetPolicy",
        "lambda:GetRuntimeManagementConfig",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
        "scheduler:GetSchedule*",
        "scheduler:ListTagsForResource",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
      ],
      resources: [
        regional(reach, "cloudwatch", `alarm:${own}`),
        regional(reach, "dynamodb", `table/${own}`),
        regional(reach, "events", `rule/${own}`),
        regional(reach, "lambda", `function:${own}`),
        regional(reach, "scheduler", `schedule/*/${own}`),
        regional(reach, "scheduler", `schedule-group/${own}`),
        regional(reach, "sqs", own),
      ],
    },
    {
      sid: "FindAlarms",
      // Asked for by names in the request, which IAM does not see: of the region as a whole.
      actions: ["cloudwatch:DescribeAlarms"],
      resources: [regional(reach, "cloudwatch", "alarm:*")],
    },
    {
      sid: "ReadDashboards",
      actions: ["cloudwatch:GetDashboard"],
      resources: [`arn:aws:cloudwatch::${reach.account.account}:dashboard/${own}`],
    },
  ];
}
