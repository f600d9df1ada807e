import type { Subscription } from "@aws-sdk/client-sns";
import { physicalName } from "../../infra/lib/names.ts";
import type { Settings } from "../../infra/settings/schema.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Check, Finding } from "./check.ts";

/** Whether everybody who is to be told of an alarm has agreed to it; none without a budget. */
export function mailsCheck(
  { budget, environment }: Pick<Settings, "budget" | "environment">,
  account: AwsAccount,
): readonly Check[] {
  if (!("emails" in budget)) return [];
  const { emails } = budget;
  return [
    {
      id: "aws.mails",
      title: "Alarm mails",
      side: "aws",
      rights: "sns:ListSubscriptionsByTopic",
      async look() {
        const { account: number } = await account.ready();
        const topic = `arn:aws:sns:${account.region}:${number}:${physicalName({ environment }, "alarms")}`;
        const subscriptions = await subscriptionsOf(topic, account);
        if (subscriptions === undefined)
          return { status: "skipped", found: "the topic is not there yet: look again after the first `up`" };
        return mailsFinding(emails, subscriptions, topic);
      },
    },
  ];
}

/** Undefined where there is no such topic. */
export async function subscriptionsOf(
  topic: string,
  account: AwsAccount,
): Promise<readonly Subscription[] | undefined> {
  const sdk = await import("@aws-sdk/client-sns");
  const client = new sdk.SNSClient({ ...account.client, region: account.region });
  const found: Subscription[] = [];
  try {
    for await (const page of sdk.paginateListSubscriptionsByTopic({ client }, { TopicArn: topic }))
      found.push(...(page.Subscriptions ?? []));
    return found;
  } catch (error) {
    if (error instanceof sdk.NotFoundException) return undefined;
    throw error;
  }
}

/** Until somebody follows its link, SNS shows this in place of a subscription's ARN. Source: Amazon SNS API, `Subscription`. */
const PENDING = "PendingConfirmation";

export function mailsFinding(
  emails: readonly string[],
  subscriptions: readonly Pick<Subscription, "Endpoint" | "SubscriptionArn">[],
  topic: string,
): Finding {
  const states = emails.map((email) => {
    // Mail addresses compare without case; one that is confirmed counts, whatever else was asked for since.
    const own = subscriptions.filter(({ Endpoint }) => Endpoint?.toLowerCase() === email.toLowerCase());
    const confirmed = own.some(({ SubscriptionArn }) => SubscriptionArn?.startsWith("arn:"));
    const pending = own.some(({ SubscriptionArn }) => SubscriptionArn === PENDING);
    return { email, state: confirmed ? "confirmed" : pending ? "not confirmed" : "not subscribed" };
  });
  const open = states.filter(({ state }) => state !== "confirmed");
  if (open.length === 0) return { status: "ok", found: `confirmed: ${emails.join(", ")}` };
  const [first] = open;
  return {
    status: "failed",
    found: open.map(({ email, state }) => `${email} is ${state}`).join(", "),
    fix: `Follow the link in the mail "AWS Notification - Subscription Confirmation" (good for 2 days). To have it sent again: aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint ${first?.email ?? ""}`,
  };
}
