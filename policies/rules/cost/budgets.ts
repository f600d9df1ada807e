import { listOf, numberOf, valueAt } from "../../../model/inputs.ts";
import { UNKNOWN, type ResourceRecord } from "../../../model/resource.ts";
import { AWS_BUDGET, BUDGET_COMPONENT, watchesOneService } from "../../../pricing/budgets.ts";

/** True for a budget of AWS Budgets that tells somebody, in time, what the hosts cost. */
export function watchesSpending({ type, inputs }: ResourceRecord): boolean {
  if (type !== AWS_BUDGET) return false;
  const timely = inputs["timeUnit"] === "DAILY" || inputs["timeUnit"] === "MONTHLY";
  return (
    inputs["budgetType"] === "COST" &&
    timely &&
    !watchesOneService(inputs) &&
    listOf(inputs["notifications"]).some((alarm) => isHeard(alarm, inputs))
  );
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
  return (
    resources
      .filter(({ type }) => type === BUDGET_COMPONENT)
      .map(({ inputs }) => inputs["unbudgeted"])
      // Not textOf: a reason is prose, and brackets in it, such as [OPS-12], are no marker of a missing value.
      .find((reason): reason is string => typeof reason === "string" && reason !== "" && reason !== UNKNOWN)
  );
}
