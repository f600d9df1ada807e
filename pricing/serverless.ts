import { Decimal } from "decimal.js";
import { isTrue, listOf, numberOf, textOf, valueAt } from "../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../model/resource.ts";
import * as assumed from "./assumptions.ts";
import type { ServiceItem } from "./catalogue-data.ts";
import { hourly, monthly, type PricedItem } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import type { ResourceIndex } from "./resource-index.ts";
import { head, perDay } from "./service-lines.ts";

/** The component whose registered outputs carry the guard's times, and which writes and reads metrics of its own. */
export const GUARD_COMPONENT = "proving-ground:infra:Guard";

export function lambdaFunction(
  resource: ResourceRecord,
  index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const region = book.regionOf(resource);
  const { memorySize, architectures } = resource.inputs;
  if (isUnknown(memorySize)) {
    book.problem(
      `The memory of function ${resource.name} is not known before AWS is asked, so it has no price: state it as a number.`,
    );
    return [];
  }
  const schedules = index.schedulesOfFunction(resource.urn);
  const seconds = schedules.length === 0 ? assumed.FUNCTION_SECONDS : assumed.SCHEDULED_FUNCTION_SECONDS;
  const calls =
    schedules.length === 0
      ? assumed.FUNCTION_CALLS_PER_DAY
      : schedules.reduce((sum, each) => sum + runsPerDay(each), 0);
  book.note(
    schedules.length === 0
      ? `Assumed: ${String(calls)} calls of ${String(seconds)} s a day of each Lambda function that no schedule calls.`
      : `Assumed: each call of a Lambda function by its schedule takes ${String(seconds)} s.`,
  );
  const gb = new Decimal(numberOf(memorySize) ?? assumed.FUNCTION_MEMORY_MB).div(1024);
  const gbSecond = listOf(architectures)[0] === "arm64" ? "lambda-arm64-gb-second" : "lambda-x86-gb-second";
  return [
    perDay(resource, "calls", calls, "request", book.service(region, "lambda-million-requests").div(1e6)),
    perDay(resource, "compute", gb.times(calls).times(seconds), "GB-second", book.service(region, gbSecond)),
  ];
}

export function table(
  resource: ResourceRecord,
  _index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const region = book.regionOf(resource);
  const { billingMode, readCapacity, writeCapacity } = resource.inputs;
  book.note(`Assumed: ${String(assumed.TABLE_GIB)} GiB in each DynamoDB table.`);
  const stored = (item: string, price: ServiceItem): PricedItem =>
    monthly(
      head(resource, item, assumed.TABLE_GIB, "GiB"),
      book.service(region, price).times(assumed.TABLE_GIB),
    );
  const recovery = valueAt(resource.inputs["pointInTimeRecovery"], "enabled");
  const kept = [
    stored("items stored", "dynamodb-gib-month"),
    // What is not known may be switched on.
    ...(isTrue(recovery) || isUnknown(recovery)
      ? [stored("point-in-time recovery", "dynamodb-pitr-gib-month")]
      : []),
  ];
  if (billingMode === "PAY_PER_REQUEST") {
    const writes = assumed.TABLE_WRITES_PER_DAY;
    const reads = assumed.TABLE_READS_PER_DAY;
    book.note(
      `Assumed: ${String(writes)} writes and ${String(reads)} reads a day in each DynamoDB table on demand.`,
    );
    return [
      ...kept,
      perDay(resource, "writes", writes, "request", book.service(region, "dynamodb-million-writes").div(1e6)),
      perDay(resource, "reads", reads, "request", book.service(region, "dynamodb-million-reads").div(1e6)),
    ];
  }
  const capacity = (item: string, stated: unknown, price: ServiceItem): PricedItem => {
    if (isUnknown(stated)) {
      book.problem(
        `The ${item} of table ${resource.name} is not known before AWS is asked, so it has no price: state it as a number.`,
      );
    }
    const units = numberOf(stated) ?? 1;
    return hourly(head(resource, item, units, "unit"), { planned: book.service(region, price).times(units) });
  };
  return [
    ...kept,
    capacity("write capacity", writeCapacity, "dynamodb-write-capacity-hour"),
    capacity("read capacity", readCapacity, "dynamodb-read-capacity-hour"),
  ];
}

export function queue(
  resource: ResourceRecord,
  _index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const requests = assumed.QUEUE_REQUESTS_PER_DAY;
  book.note(`Assumed: ${String(requests)} requests a day to each queue.`);
  const usd = book.service(book.regionOf(resource), "sqs-million-requests").div(1e6);
  return [perDay(resource, "requests", requests, "request", usd)];
}

/** A schedule of EventBridge Scheduler; those of Auto Scaling groups are free. */
export function schedule(
  resource: ResourceRecord,
  _index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const usd = book.service(book.regionOf(resource), "scheduler-million-invocations").div(1e6);
  return [perDay(resource, "runs", runsPerDay(resource), "run", usd)];
}

/** The metric that the guard writes, its writes, and the metrics of models that it reads: none is a resource of its own. */
export function guard(
  resource: ResourceRecord,
  _index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const region = book.region;
  const minutes = numberOf(resource.inputs["intervalMinutes"]);
  const looks =
    minutes === undefined || minutes <= 0 ? assumed.SCHEDULE_RUNS_PER_DAY : MINUTES_PER_DAY / minutes;
  const perRequest = book.service(region, "cloudwatch-get-metric-data-1000").div(1000);
  return [
    monthly(head(resource, "custom metric", 1, "each"), book.service(region, "cloudwatch-metric-month")),
    // Writing a metric costs what reading one does.
    perDay(resource, "metrics written", looks, "request", perRequest),
    ...(resource.inputs["readsModelMetrics"] === false
      ? []
      : [perDay(resource, "metrics read", looks * assumed.GUARD_METRICS_READ, "metric", perRequest)]),
  ];
}

const MINUTES_PER_DAY = 1_440;
const MINUTES_BY_UNIT: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: MINUTES_PER_DAY };

/** Runs a day of a rate such as `rate(5 minutes)`; of any other expression, those assumed. */
function runsPerDay({ inputs }: ResourceRecord): number {
  const expression = textOf(inputs["scheduleExpression"]) ?? "";
  const [, count = "", unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const minutes = Number(count) * (MINUTES_BY_UNIT[unit] ?? 0);
  return minutes > 0 ? MINUTES_PER_DAY / minutes : assumed.SCHEDULE_RUNS_PER_DAY;
}
