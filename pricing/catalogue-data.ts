import { CatalogueError } from "./errors.ts";

/** What AWS charges for besides instances. The end of the name is the unit; prices are US dollars per unit. */
export const SERVICE_ITEMS = [
  "ebs-gp3-gib-month",
  "ebs-gp3-iops-month",
  "ebs-gp3-mibps-month",
  "ebs-gp2-gib-month",
  "ebs-io1-gib-month",
  "ebs-io1-iops-month",
  "ebs-snapshot-gib-month",
  "public-ipv4-hour",
  "nat-gateway-hour",
  "nat-gateway-gb",
  "vpc-endpoint-zone-hour",
  "vpc-endpoint-gb",
  "s3-standard-gib-month",
  "s3-put-1000",
  "s3-get-1000",
  "transfer-internet-out-gb",
  "transfer-between-zones-gb",
  "transfer-between-regions-gb",
  "cloudwatch-dashboard-month",
  "cloudwatch-alarm-month",
  "cloudwatch-metric-month",
  "cloudwatch-get-metric-data-1000",
  "cloudwatch-logs-ingest-gb",
  "cloudwatch-logs-kept-gb-month",
  "secret-month",
  "kms-key-month",
  "route53-zone-month",
  "lambda-million-requests",
  "lambda-x86-gb-second",
  "lambda-arm64-gb-second",
  "dynamodb-million-writes",
  "dynamodb-million-reads",
  "dynamodb-gib-month",
  "dynamodb-pitr-gib-month",
  "dynamodb-write-capacity-hour",
  "dynamodb-read-capacity-hour",
  "budget-with-actions-day",
  "cost-explorer-request",
  "sqs-million-requests",
  "scheduler-million-invocations",
] as const;
export type ServiceItem = (typeof SERVICE_ITEMS)[number];

/** Where figures were read. */
export interface SourceData {
  readonly title: string;
  readonly description: string;
  /** Day (`2026-07-20`), or only the year where the day was not recorded. */
  readonly read: string;
  /** Region the figures were published for. */
  readonly region: string;
  /** Set where the figures stand in for others: the sentence an estimate shows with each of them. */
  readonly assumed?: string;
}

/** US dollars, then the id of the source. */
export type Figure = readonly [usd: number, source: string];

/** The cheapest and the dearest zone of a region, where single zones were not published. */
export type FigureRange = readonly [low: number, high: number, source: string];

/** Zone id such as `usw2-az1`. Local and Wavelength zones, which AWS also lists, do not match. */
export const ZONE_ID = /^[a-z]+\d-az\d+$/;

type ByRegion<Value> = Readonly<Record<string, Readonly<Record<string, Value>>>>;

/** `catalogue.json`. Data only: figures are US dollars for Linux on shared tenancy, before tax. */
export interface CatalogueData {
  readonly sources: Readonly<Record<string, SourceData>>;
  /** Region, instance type: US dollars per hour. */
  readonly onDemand: ByRegion<Figure>;
  /** Region, instance type, zone id: US dollars per hour. */
  readonly spot: ByRegion<Readonly<Record<string, Figure>>>;
  /** Region, instance type: US dollars per hour in the cheapest and in the dearest zone. */
  readonly spotRanges: ByRegion<FigureRange>;
  /** Region, service item: US dollars per unit of the item. */
  readonly services: ByRegion<Figure>;
}

/**
 * Proves that the data has the shape of a catalogue and that every price is a number above 0.
 * Written out instead of a zod schema because it runs in every plan: about 1 ms for 1,500 figures, where
 * zod and its import take tens. A test holds it against the zod schema of `catalogue-schema.ts`.
 *
 * @throws CatalogueError naming every unsound entry.
 */
export function checkCatalogue(data: unknown): CatalogueData {
  const problems: string[] = [];
  const root = tableAt(data, "catalogue", problems);
  const sources = tableAt(root["sources"], "sources", problems);
  for (const [id, source] of Object.entries(sources)) checkSource(id, source, problems);

  const figure = (value: unknown, path: string, prices: number): void => {
    if (!Array.isArray(value) || value.length !== prices + 1) {
      problems.push(
        `${path} = ${show(value)}: must be ${prices === 1 ? "[price, source]" : "[low, high, source]"}`,
      );
      return;
    }
    for (const price of value.slice(0, prices)) {
      if (!isPrice(price)) problems.push(`${path} = ${show(price)}: must be a number of US dollars above 0`);
    }
    if (prices === 2 && value[0] > value[1])
      problems.push(`${path}: the low price must not be above the high one`);
    const source: unknown = value[prices];
    if (typeof source !== "string" || !Object.hasOwn(sources, source)) {
      problems.push(`${path}: its source ${show(source)} is not in the table of sources`);
    }
  };

  for (const section of ["onDemand", "spot", "spotRanges", "services"] as const) {
    for (const [region, entries] of Object.entries(tableAt(root[section], section, problems))) {
      const at = `${section}.${region}`;
      for (const [name, entry] of Object.entries(tableAt(entries, at, problems))) {
        const path = `${at}.${name}`;
        if (section === "services" && !isServiceItem(name)) problems.push(`${path}: is not a service item`);
        if (section === "spotRanges") figure(entry, path, 2);
        else if (section !== "spot") figure(entry, path, 1);
        else
          for (const [zone, price] of Object.entries(tableAt(entry, path, problems)))
            figure(price, `${path}.${zone}`, 1);
      }
    }
  }
  if (problems.length > 0) throw new CatalogueError(problems);
  return data as CatalogueData;
}

/** True for what can be a price: a number above 0. Nothing AWS charges for costs 0. */
export function isPrice(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

const ITEMS: ReadonlySet<string> = new Set(SERVICE_ITEMS);

function isServiceItem(name: string): name is ServiceItem {
  return ITEMS.has(name);
}

function checkSource(id: string, value: unknown, problems: string[]): void {
  const source = tableAt(value, `sources.${id}`, problems);
  for (const field of ["title", "description", "read", "region"]) {
    const text = source[field];
    if (typeof text !== "string" || text === "") problems.push(`sources.${id}.${field}: must be a text`);
  }
  const { read, assumed } = source;
  if (typeof read === "string" && !/^\d{4}(-\d\d-\d\d)?$/.test(read)) {
    problems.push(`sources.${id}.read = ${show(read)}: must be a day such as 2026-07-20, or a year`);
  }
  if (assumed !== undefined && (typeof assumed !== "string" || assumed === "")) {
    problems.push(`sources.${id}.assumed: must be a sentence`);
  }
}

function tableAt(value: unknown, path: string, problems: string[]): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  problems.push(`${path} = ${show(value)}: must be an object`);
  return {};
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
