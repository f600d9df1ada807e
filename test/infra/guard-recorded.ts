import { Guard } from "../../infra/components/guard.ts";
import { guardFigures } from "../../infra/settings/guard.ts";
import type { GuardSettings } from "../../infra/settings/schema.ts";
import { KEY_ARN, recordComponent, remembered, SCOPE, settings } from "../support/components.ts";

export const FUNCTION = "aws:lambda/function:Function";
export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
export const QUEUE = "aws:sqs/queue:Queue";
export const RIGHTS = "aws:iam/rolePolicy:RolePolicy";
export const BUDGET_TOPIC = "arn:aws:sns:us-west-2:123456789012:proving-ground-dev-alarms";
export const EMAILS = ["oncall@example.com", "owner@example.com"];

type Changes = Partial<Omit<GuardSettings, "regions">>;

export const guard = remembered((changes: Changes = {}, agentsRole?: string, protect?: boolean) =>
  recordComponent((opts) => {
    const parsed = settings({ guard: changes });
    return new Guard(
      "guard",
      {
        scope: SCOPE,
        settings: parsed.guard,
        program: { path: "package.json" },
        config: '{"environment":"dev"}',
        figures: guardFigures(parsed),
        emails: EMAILS,
        budgetTopicArn: BUDGET_TOPIC,
        agentsRole,
        keyArn: KEY_ARN,
        protect: protect === true,
      },
      opts,
    );
  }),
);

export async function rights(agentsRole?: string): Promise<unknown> {
  return (await guard({}, agentsRole)).inputs(RIGHTS, "guard-rights")["policy"];
}
