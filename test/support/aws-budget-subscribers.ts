import { z } from "zod";
import type { AwsAnswer, Rule } from "./aws-proxy.ts";

const notification = z.object({
  NotificationType: z.string(),
  ComparisonOperator: z.string(),
  Threshold: z.number(),
});

const createSchema = z.object({
  Budget: z.object({ BudgetName: z.string() }),
  NotificationsWithSubscribers: z
    .array(
      z.object({
        Notification: notification,
        Subscribers: z.array(z.object({ SubscriptionType: z.string(), Address: z.string() })),
      }),
    )
    .default([]),
});

const describeSchema = z.object({ BudgetName: z.string(), Notification: notification });

type Alarms = z.output<typeof createSchema>["NotificationsWithSubscribers"];

/**
 * moto keeps the notifications of a budget and forgets who is told of them. AWS Budgets API Reference,
 * "DescribeSubscribersForNotification": lists them, and NotFoundException where the notification is not there.
 */
export class BudgetSubscribers {
  readonly #alarms = new Map<string, Alarms>();

  readonly rule: Rule = ({ headers, body }) => {
    const operation = String(headers["x-amz-target"] ?? "").split(".");
    if (operation[0] !== "AWSBudgetServiceGateway") return undefined;
    if (operation[1] === "CreateBudget") {
      const { Budget, NotificationsWithSubscribers } = createSchema.parse(parsed(body));
      this.#alarms.set(Budget.BudgetName, NotificationsWithSubscribers);
    }
    return operation[1] === "DescribeSubscribersForNotification" ? this.#describe(parsed(body)) : undefined;
  };

  #describe(request: unknown): AwsAnswer {
    const { BudgetName, Notification: asked } = describeSchema.parse(request);
    const found = this.#alarms
      .get(BudgetName)
      ?.find(
        ({ Notification: one }) =>
          one.Threshold === asked.Threshold &&
          one.NotificationType === asked.NotificationType &&
          one.ComparisonOperator === asked.ComparisonOperator,
      );
    const headers = { "content-type": "application/x-amz-json-1.1" };
    return found === undefined
      ? { status: 400, headers, body: JSON.stringify({ __type: "NotFoundException" }) }
      : { status: 200, headers, body: JSON.stringify({ Subscribers: found.Subscribers }) };
  }
}

function parsed(body: Buffer): unknown {
  return JSON.parse(body.toString("utf8"));
}
