import { listOf, numberOf, textOf, valueAt } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { BUDGET_COMPONENT } from "../../../pricing/estimate.ts";

/** True for a budget of AWS Budgets that tells somebody, in time, what the hosts cost. */
export function watchesSpending({ type, inputs }: ResourceRecord): boolean {
  if (type !== "aws:budgets/budget:Budget") return false;
  const timely = inputs["timeUnit"] === "DAILY" || inputs["timeUnit"] === "MONTHLY";
  return (
    inputs["budgetType"] === "COST" &&
    timely &&
    !watchesOneService(inputs) &&
    listOf(inputs["notifications"]).some((alarm) => isHeard(alarm, inputs))
  );
}

/** A budget of one other service, such as the model API, sees nothing of the hosts. */
function watchesOneService(inputs: ResourceRecord["inputs"]): boolean {
  const filters = JSON.stringify([inputs["filterExpression"] ?? null, inputs["costFilters"] ?? null]);
  return /"service"/i.test(filters) && !filters.includes("Amazon Elastic Compute Cloud");
}

/** An alarm on actual cost at the limit or below it, with somebody to hear it. A list of subscribers that is unknown may be empty. */
function isHeard(alarm: unknown, { limitAmount }: ResourceRecord["inputs"]): boolean {
  const limit = valueAt(alarm, "thresholdType") === "ABSOLUTE_VALUE" ? numberOf(limitAmount) : 100;
  const threshold = numberOf(valueAt(alarm, "threshold"));
  const inTime = threshold !== undefined && limit !== undefined && threshold <= limit;
  const subscribers = ["subscriberEmailAddresses", "subscriberSnsTopicArns"].flatMap((field) =>
    listOf(valueAt(alarm, field)),
  );
  return valueAt(alarm, "notificationType") === "ACTUAL" && inTime && subscribers.length > 0;
}

/** Why the environment does without a budget, where somebody said so. */
export function reasonForNone(resources: readonly ResourceRecord[]): string | undefined {
  return resources
    .filter(({ type }) => type === BUDGET_COMPONENT)
    .map(({ inputs }) => textOf(inputs["unbudgeted"]))
    .find((reason) => reason !== undefined);
}
