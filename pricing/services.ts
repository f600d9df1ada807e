import { Decimal } from "decimal.js";
import type { ResourceRecord } from "../model/resource.ts";
import * as assumed from "./assumptions.ts";
import type { ServiceItem } from "./catalogue-data.ts";
import { listOf, numberOf, tableOf, textOf } from "../model/inputs.ts";
import { refuseTenancy } from "./launch.ts";
import { hourly, monthly, type PricedItem } from "./money.ts";
import type { PriceBook } from "./price-book.ts";
import { dependencies, type ResourceIndex } from "./resource-index.ts";
import { GUARD_COMPONENT, guard, lambdaFunction, queue, schedule, table } from "./serverless.ts";
import { head, perDay, type Pricing } from "./service-lines.ts";
import { readVolume, volumeItems } from "./volumes.ts";

/** Everything the estimate can price besides instances and groups, by Pulumi token. */
export const SERVICE_PRICING: ReadonlyMap<string, Pricing> = new Map<string, Pricing>([
  ["aws:ebs/volume:Volume", volume],
  ["aws:ebs/snapshot:Snapshot", snapshot],
  ["aws:ec2/vpc:Vpc", vpc],
  ["aws:ec2/eip:Eip", perHour("Elastic IP address", "public-ipv4-hour")],
  ["aws:ec2/natGateway:NatGateway", natGateway],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", vpcEndpoint],
  ["aws:route53/zone:Zone", perMonth("hosted zone", "route53-zone-month")],
  ["aws:secretsmanager/secret:Secret", perMonth("secret", "secret-month")],
  ["aws:kms/key:Key", perMonth("KMS key", "kms-key-month")],
  ["aws:kms/replicaKey:ReplicaKey", perMonth("KMS key", "kms-key-month")],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", alarm],
  ["aws:cloudwatch/dashboard:Dashboard", perMonth("dashboard", "cloudwatch-dashboard-month")],
  ["aws:cloudwatch/logMetricFilter:LogMetricFilter", perMonth("custom metric", "cloudwatch-metric-month")],
  ["aws:cloudwatch/logGroup:LogGroup", logGroup],
  ["aws:s3/bucket:Bucket", bucket],
  ["aws:s3/bucketV2:BucketV2", bucket],
  ["aws:lambda/function:Function", lambdaFunction],
  ["aws:dynamodb/table:Table", table],
  ["aws:sqs/queue:Queue", queue],
  ["aws:scheduler/schedule:Schedule", schedule],
  [GUARD_COMPONENT, guard],
]);

function perMonth(item: string, price: ServiceItem): Pricing {
  return (resource, _index, book) => [
    monthly(head(resource, item, 1, "each"), book.service(book.regionOf(resource), price)),
  ];
}

function perHour(item: string, price: ServiceItem): Pricing {
  return (resource, _index, book) => [
    hourly(head(resource, item, assumed.HOURS_PER_DAY, "hour"), {
      planned: book.service(book.regionOf(resource), price),
    }),
  ];
}

function volume(resource: ResourceRecord, _index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  const found = readVolume(resource.inputs, "volume", resource.name, book);
  return found === undefined ? [] : volumeItems(resource.urn, book.regionOf(resource), found, 1, book);
}

/** Free of itself; but its tenancy is that of every host in it. */
function vpc(
  { name, inputs }: ResourceRecord,
  _index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  refuseTenancy({ tenancy: inputs["instanceTenancy"] }, `VPC ${name}`, book);
  return [];
}

/** A snapshot costs its changed blocks; all blocks of its volume are the most that can be. */
function snapshot(resource: ResourceRecord, index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  const [origin] = index.behind(resource, "volumeId", "aws:ebs/volume:Volume");
  const gib = numberOf(origin?.inputs["size"]);
  if (gib === undefined) {
    book.note("Not priced, since the size of its volume is not in the plan", `snapshot ${resource.name}`);
    return [];
  }
  const usd = book.service(book.regionOf(resource), "ebs-snapshot-gib-month");
  return [monthly(head(resource, "snapshot", gib, "GiB"), usd.times(gib))];
}

function natGateway(resource: ResourceRecord, _index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  const region = book.regionOf(resource);
  book.note(`Assumed: ${String(assumed.NAT_GB_PER_DAY)} GB a day through each NAT gateway.`);
  return [
    hourly(head(resource, "NAT gateway", assumed.HOURS_PER_DAY, "hour"), {
      planned: book.service(region, "nat-gateway-hour"),
    }),
    perDay(
      resource,
      "data through the NAT gateway",
      assumed.NAT_GB_PER_DAY,
      "GB",
      book.service(region, "nat-gateway-gb"),
    ),
  ];
}

/** Gateway endpoints are free; the others are charged by the hour in every zone they are in. */
function vpcEndpoint(
  resource: ResourceRecord,
  _index: ResourceIndex,
  book: PriceBook,
): readonly PricedItem[] {
  const { vpcEndpointType: type, subnetIds, subnetConfigurations } = resource.inputs;
  if (type === undefined || type === "Gateway") return [];
  const region = book.regionOf(resource);
  const listed = Math.max(
    listOf(subnetIds).length,
    listOf(subnetConfigurations).length,
    dependencies(resource, "subnetIds").length,
  );
  if (listed === 0)
    book.note(
      `Subnets not known yet, counted as ${String(assumed.ENDPOINT_SUBNETS)}`,
      `endpoint ${resource.name}`,
    );
  book.note(`Assumed: ${String(assumed.ENDPOINT_GB_PER_DAY)} GB a day through each interface endpoint.`);
  const hours = (listed === 0 ? assumed.ENDPOINT_SUBNETS : listed) * assumed.HOURS_PER_DAY;
  const zoneHour = book.service(region, "vpc-endpoint-zone-hour");
  return [
    hourly(head(resource, "interface endpoint", hours, "hour"), {
      planned: zoneHour.times(hours).div(assumed.HOURS_PER_DAY),
    }),
    perDay(
      resource,
      "data through the endpoint",
      assumed.ENDPOINT_GB_PER_DAY,
      "GB",
      book.service(region, "vpc-endpoint-gb"),
    ),
  ];
}

/** An alarm is charged once for each metric it looks at. */
function alarm(resource: ResourceRecord, _index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  const metrics = listOf(resource.inputs["metricQueries"]).filter(
    (query) => tableOf(query)["metric"] !== undefined,
  ).length;
  const count = Math.max(1, metrics);
  return [
    monthly(
      head(resource, "alarm", count, "metric"),
      book.service(book.regionOf(resource), "cloudwatch-alarm-month").times(count),
    ),
  ];
}

function logGroup(resource: ResourceRecord, index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  const region = book.regionOf(resource);
  const gb = logGbPerDay(resource, index);
  const retention = numberOf(resource.inputs["retentionInDays"]) ?? 0;
  if (retention === 0) {
    book.note(
      `Logs without an end of retention, counted as ${String(assumed.LOG_DAYS_WITHOUT_RETENTION)} days`,
      resource.name,
    );
  }
  book.note(
    `Assumed: ${String(assumed.FLOW_LOG_GB_PER_DAY)} GB a day into a log group of flow logs, ` +
      `${String(assumed.FUNCTION_LOG_GB_PER_DAY)} GB into that of a Lambda function, ${String(assumed.LOG_GB_PER_DAY)} GB into any other.`,
  );
  const kept = new Decimal(gb).times(retention === 0 ? assumed.LOG_DAYS_WITHOUT_RETENTION : retention);
  return [
    perDay(resource, "logs written", gb, "GB", book.service(region, "cloudwatch-logs-ingest-gb")),
    monthly(
      head(resource, "logs kept", kept, "GB"),
      book.service(region, "cloudwatch-logs-kept-gb-month").times(kept),
    ),
  ];
}

function logGbPerDay(resource: ResourceRecord, index: ResourceIndex): number {
  if (index.receivesFlowLogs(resource.urn)) return assumed.FLOW_LOG_GB_PER_DAY;
  if (index.receivesFunctionLogs(resource.urn)) return assumed.FUNCTION_LOG_GB_PER_DAY;
  const name = resource.inputs["name"];
  return typeof name === "string" && name.startsWith("/aws/lambda/")
    ? assumed.FUNCTION_LOG_GB_PER_DAY
    : assumed.LOG_GB_PER_DAY;
}

/** The volume stored is what the component around the bucket states as `expectedGib`. */
function bucket(resource: ResourceRecord, index: ResourceIndex, book: PriceBook): readonly PricedItem[] {
  const region = book.regionOf(resource);
  const stated = numberOf(index.get(resource.parent)?.inputs["expectedGib"]);
  if (stated === undefined)
    book.note(`Bucket without a stated volume, counted as ${String(assumed.BUCKET_GIB)} GiB`, resource.name);
  const puts = assumed.BUCKET_PUTS_PER_DAY;
  const gets = assumed.BUCKET_GETS_PER_DAY;
  book.note(`Assumed: ${String(puts)} writes and ${String(gets)} reads a day in each bucket.`);
  const gib = stated ?? assumed.BUCKET_GIB;
  return [
    monthly(
      head(resource, "objects stored", gib, "GiB"),
      book.service(region, "s3-standard-gib-month").times(gib),
    ),
    perDay(resource, "writes", puts, "request", book.service(region, "s3-put-1000").div(1000)),
    perDay(resource, "reads", gets, "request", book.service(region, "s3-get-1000").div(1000)),
  ];
}

/** Budgets with actions: the first two of an account are free, each further one is charged by the day. */
export function budgetActionItems(
  actions: readonly ResourceRecord[],
  book: PriceBook,
): readonly PricedItem[] {
  const budgets = new Map<string, ResourceRecord>();
  for (const action of actions) {
    const budget = dependencies(action, "budgetName")[0] ?? textOf(action.inputs["budgetName"]) ?? action.urn;
    if (!budgets.has(budget)) budgets.set(budget, action);
  }
  return [...budgets.values()]
    .slice(assumed.FREE_BUDGETS_WITH_ACTIONS)
    .map((action) =>
      perDay(
        action,
        "budget with actions",
        1,
        "each",
        book.service(book.regionOf(action), "budget-with-actions-day"),
      ),
    );
}
