import type { BudgetsClient, Notification } from "@aws-sdk/client-budgets";
import { z } from "zod";
import type { PlannedResource } from "../../model/plan.ts";
import type { Check } from "../doctor/check.ts";
import { mailsFinding, subscriptionsOf } from "../doctor/aws-mails.ts";
import { findingOf, UP, type AwsContext } from "./context.ts";
import { ofType, textOf } from "./expected.ts";

/** A budget's inputs, as components/budget.ts makes them. */
const plannedSchema = z.object({
  name: z.string(),
  limitAmount: z.string(),
  limitUnit: z.string(),
  timeUnit: z.string(),
  notifications: z.array(
    z.object({
      comparisonOperator: z.string(),
      notificationType: z.string(),
      threshold: z.number(),
      thresholdType: z.string(),
      subscriberEmailAddresses: z.array(z.string()).default([]),
      subscriberSnsTopicArns: z.array(z.string()).default([]),
    }),
  ),
});

type PlannedBudget = z.output<typeof plannedSchema>;
type PlannedNotification = PlannedBudget["notifications"][number];

/** A line for each budget and its alarms, and one for each topic's mails. */
export function budgetChecks({ plan, account }: AwsContext): readonly Check[] {
  const budgets = ofType(plan, "aws:budgets/budget:Budget").map((resource): Check => {
    const planned = plannedSchema.parse(resource.inputs);
    return {
      id: `aws.budget.${planned.name}`,
      title: `Budget ${planned.name}`,
      side: "aws",
      rights: "budgets:ViewBudget",
      async look() {
        const { account: number } = await account.ready();
        const { BudgetsClient } = await import("@aws-sdk/client-budgets");
        const client = new BudgetsClient({ ...account.client, region: account.region });
        const alarms = planned.notifications.map(({ threshold }) => `${String(threshold)} %`).join(" and ");
        const found = `${planned.limitAmount} ${planned.limitUnit} ${planned.timeUnit.toLowerCase()}, alarms at ${alarms}`;
        return findingOf(await budgetDifferences(client, number, planned), found, UP);
      },
    };
  });
  return [...budgets, ...topicChecks(plan, account)];
}

function topicChecks(plan: AwsContext["plan"], account: AwsContext["account"]): readonly Check[] {
  return ofType(plan, "aws:sns/topic:Topic").flatMap((topic): Check[] => {
    const emails = subscribedTo(plan, topic);
    if (emails.length === 0) return [];
    return [
      {
        id: `aws.mails.${textOf(topic, "name")}`,
        title: `Alarm mails of ${textOf(topic, "name")}`,
        side: "aws",
        rights: "sns:ListSubscriptionsByTopic",
        async look() {
          const { account: number } = await account.ready();
          const arn = `arn:aws:sns:${account.region}:${number}:${textOf(topic, "name")}`;
          const subscriptions = await subscriptionsOf(arn, account);
          if (subscriptions === undefined) return findingOf([`topic ${arn} does not exist`], "", UP);
          return mailsFinding(emails, subscriptions, arn);
        },
      },
    ];
  });
}

function subscribedTo(plan: AwsContext["plan"], topic: PlannedResource): string[] {
  return ofType(plan, "aws:sns/topicSubscription:TopicSubscription")
    .filter((one) => textOf(one, "topic") === `[${topic.name}.arn]` && textOf(one, "protocol") === "email")
    .map((one) => textOf(one, "endpoint"));
}

async function budgetDifferences(
  client: BudgetsClient,
  AccountId: string,
  planned: PlannedBudget,
): Promise<string[]> {
  const { DescribeBudgetCommand, NotFoundException, paginateDescribeNotificationsForBudget } =
    await import("@aws-sdk/client-budgets");
  const place = { AccountId, BudgetName: planned.name };
  let limit: { readonly Amount?: string | undefined; readonly Unit?: string | undefined } | undefined;
  let timeUnit: string | undefined;
  try {
    const { Budget } = await client.send(new DescribeBudgetCommand(place));
    limit = Budget?.BudgetLimit;
    timeUnit = Budget?.TimeUnit;
  } catch (error) {
    if (error instanceof NotFoundException)
      return [`budget ${planned.name} does not exist: nobody is told of spending`];
    throw error;
  }
  const live: Notification[] = [];
  for await (const page of paginateDescribeNotificationsForBudget({ client }, place))
    live.push(...(page.Notifications ?? []));

  const alarms = await Promise.all(
    planned.notifications.map(async (wanted) => {
      const found = live.find((one) => isSame(wanted, one));
      return found === undefined
        ? [`no alarm at ${String(wanted.threshold)} %`]
        : subscriberDifferences(client, place, wanted, found);
    }),
  );
  return [
    // AWS writes 15 as 15.0 and 15.00: figures, not texts.
    ...(Number(limit?.Amount) === Number(planned.limitAmount) && limit?.Unit === planned.limitUnit
      ? []
      : [
          `limit is ${limit?.Amount ?? "none"} ${limit?.Unit ?? ""}, stack says ${planned.limitAmount} ${planned.limitUnit}`,
        ]),
    ...(timeUnit === planned.timeUnit ? [] : [`is ${String(timeUnit)}, stack says ${planned.timeUnit}`]),
    ...alarms.flat(),
  ];
}

/** A type that AWS leaves out is a percentage ("Notification", ThresholdType). */
function isSame(wanted: PlannedNotification, live: Notification): boolean {
  return (
    live.Threshold === wanted.threshold &&
    live.NotificationType === wanted.notificationType &&
    live.ComparisonOperator === wanted.comparisonOperator &&
    (live.ThresholdType ?? "PERCENTAGE") === wanted.thresholdType
  );
}

interface BudgetPlace {
  readonly AccountId: string;
  readonly BudgetName: string;
}

/** How AWS was asked about the notification matters: it must be given back as it came. */
async function subscriberDifferences(
  client: BudgetsClient,
  place: BudgetPlace,
  wanted: PlannedNotification,
  live: Notification,
): Promise<string[]> {
  const { paginateDescribeSubscribersForNotification } = await import("@aws-sdk/client-budgets");
  const { NotificationType, ComparisonOperator, Threshold, ThresholdType } = live;
  const asked = {
    ...place,
    Notification: { NotificationType, ComparisonOperator, Threshold, ThresholdType },
  };
  const mails: string[] = [];
  let topics = 0;
  for await (const { Subscribers = [] } of paginateDescribeSubscribersForNotification({ client }, asked))
    for (const { SubscriptionType, Address = "" } of Subscribers)
      if (SubscriptionType === "EMAIL") mails.push(Address.toLowerCase());
      else topics += 1;
  const at = `alarm at ${String(wanted.threshold)} %`;
  return [
    ...wanted.subscriberEmailAddresses
      .filter((mail) => !mails.includes(mail.toLowerCase()))
      .map((mail) => `${at}: ${mail} is not told`),
    ...(topics >= wanted.subscriberSnsTopicArns.length ? [] : [`${at}: the topic is not told`]),
  ];
}
