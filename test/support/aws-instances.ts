import { createHash } from "node:crypto";
import type { Ask, AwsAnswer, AwsRequest, Imitation } from "./aws-proxy.ts";
import {
  formOf,
  itemsOf,
  listOf,
  operationOf,
  pageOf,
  regionOf,
  serviceOf,
  textOf,
  withForm,
  xmlAnswer,
} from "./aws-query.ts";
import type { Groups } from "./aws-groups.ts";
import { SpotRequests } from "./aws-spot-requests.ts";

/** A spot price from a time on. */
export interface SpotPrice {
  readonly region: string;
  readonly zoneId: string;
  readonly type: string;
  readonly usdPerHour: string;
  readonly from: number;
}

/** Zone ids by the letter of the zone's name, as moto's own table has them for the account it plays. */
const ZONE_IDS: Readonly<Record<string, string>> = {
  "us-west-2a": "usw2-az2",
  "us-west-2b": "usw2-az1",
  "us-west-2c": "usw2-az3",
  "us-east-1a": "use1-az6",
  "us-east-1b": "use1-az1",
  "us-east-1c": "use1-az2",
};

/** What EC2 does and moto does not, for instances and their prices. */
export class Instances {
  readonly imitations: readonly Imitation[];
  /** In force from their time on, until the next of the same zone and type. */
  readonly spotPrices: SpotPrice[] = [];
  /** Instances that stand for a crowd, by id: moto takes a hundredth of a second for each that it makes. */
  readonly crowds = new Map<string, number>();
  /** The test's clock; moto reads its times from the machine's. */
  now: () => number = () => Date.now();
  readonly #times = new Map<string, string>();
  readonly #requests = new SpotRequests();
  readonly #groups: Groups;

  constructor(groups: Groups) {
    this.#groups = groups;
    this.imitations = [
      {
        what: "`DescribeInstances` gives at most `MaxResults` instances a page, with a token for the next; marks the instances of spot groups (`instanceLifecycle`); names the zone's id; says in GMT when an instance ended.",
        source:
          "EC2 API Reference: DescribeInstances, Instance, Placement; EC2 User Guide, Amazon EC2 instance state changes",
        answer: (request, ask) =>
          isCall(request, "DescribeInstances") ? this.#describe(request, ask) : undefined,
      },
      {
        what: "`DescribeSpotPriceHistory` gives the price in force at `StartTime` and every later one, by zone id.",
        source: "EC2 API Reference: DescribeSpotPriceHistory, SpotPrice",
        answer: (request) =>
          isCall(request, "DescribeSpotPriceHistory") ? Promise.resolve(this.#prices(request)) : undefined,
      },
      this.#requests,
    ];
  }

  /** Forgets what tests have added. */
  clear(): void {
    this.spotPrices.length = 0;
    this.crowds.clear();
    this.now = () => Date.now();
    this.#times.clear();
  }

  async #describe(request: AwsRequest, ask: Ask): Promise<AwsAnswer> {
    const form = formOf(request) ?? new URLSearchParams();
    const size = Number(form.get("MaxResults") ?? Number.MAX_SAFE_INTEGER);
    const token = form.get("NextToken");
    form.delete("NextToken");
    form.delete("MaxResults");
    // moto counts reservations, and gives a hundred where nothing is said.
    if (listOf(form, "InstanceId").length === 0) form.set("MaxResults", "100000");
    const answer = await ask(withForm(request, form));
    if (answer.status !== 200) return answer;
    const all = itemsOf(answer.body, "instancesSet", "item").map((xml) => this.#mended(xml));
    const { page, next } = pageOf([...this.#crowd(all), ...all], size, token);
    const reservations = page.map(
      (xml, index) =>
        `<item><reservationId>r-${String(index)}</reservationId><instancesSet><item>${xml}</item></instancesSet></item>`,
    );
    const rest = next === undefined ? "" : `<nextToken>${next}</nextToken>`;
    return xmlAnswer(
      `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet>${reservations.join("")}</reservationSet>${rest}</DescribeInstancesResponse>`,
    );
  }

  #mended(xml: string): string {
    const id = idOf(xml);
    const group = /<key>aws:autoscaling:groupName<\/key><value>([^<]*)<\/value>/.exec(xml)?.[1];
    const spot = group !== undefined && this.#groups.isSpot(group);
    const mended = xml
      .replace(/<availabilityZone>([^<]*)<\/availabilityZone>/, (whole, zone: string) => {
        const id = ZONE_IDS[zone];
        return id === undefined ? whole : `${whole}<availabilityZoneId>${id}</availabilityZoneId>`;
      })
      .replace(/<launchTime>([^<]*)</, (_, time: string) => `<launchTime>${this.#moved(id, time)}<`)
      .replace(
        /<reason>([^<(]*)\(([\d-]+) ([\d:]+) UTC\)/,
        (_, who: string, day: string, time: string) =>
          `<reason>${who}(${this.#moved(id, `${day}T${time}Z`).slice(0, 19).replace("T", " ")} GMT)`,
      );
    return spot && !mended.includes("<instanceLifecycle>")
      ? `${mended}<instanceLifecycle>spot</instanceLifecycle>`
      : mended;
  }

  /** A time of the machine's clock as one of the test's, by how far that was ahead when the time was first seen. */
  #moved(id: string, time: string): string {
    const key = `${id} ${time}`;
    const moved = this.#times.get(key) ?? new Date(Date.parse(time) + this.now() - Date.now()).toISOString();
    this.#times.set(key, moved);
    return moved;
  }

  #crowd(all: readonly string[]): readonly string[] {
    return [...this.crowds].flatMap(([of, size]) => {
      const model = all.find((xml) => idOf(xml) === of);
      if (model === undefined) return [];
      const slim = model.replaceAll(/<(networkInterfaceSet|blockDeviceMapping)>[^]*?<\/\1>/g, "");
      return Array.from({ length: size }, (_, index) =>
        slim.replaceAll(
          of,
          `i-${createHash("sha256")
            .update(`${of} ${String(index)}`)
            .digest("hex")
            .slice(0, 17)}`,
        ),
      );
    });
  }

  #prices(request: AwsRequest): AwsAnswer {
    const form = formOf(request) ?? new URLSearchParams();
    const region = regionOf(request);
    const start = Date.parse(form.get("StartTime") ?? "");
    const types = filterOf(form, "instance-type");
    const asked = this.spotPrices.filter((one) => one.region === region && types.includes(one.type));
    const given = asked.filter(
      (one) => one.from > start || !asked.some((other) => isLater(other, one) && other.from <= start),
    );
    const { page, next } = pageOf(given, Number(form.get("MaxResults") ?? 1_000), form.get("NextToken"));
    const items = page.map(
      ({ zoneId, type, usdPerHour, from }) =>
        `<item><instanceType>${type}</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>${usdPerHour}</spotPrice><timestamp>${new Date(from).toISOString()}</timestamp><availabilityZoneId>${zoneId}</availabilityZoneId></item>`,
    );
    return xmlAnswer(
      `<DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><spotPriceHistorySet>${items.join("")}</spotPriceHistorySet><nextToken>${next ?? ""}</nextToken></DescribeSpotPriceHistoryResponse>`,
    );
  }
}

function idOf(xml: string): string {
  return textOf(xml, "instanceId") ?? "";
}

function isCall(request: AwsRequest, operation: string): boolean {
  return serviceOf(request) === "ec2" && operationOf(request) === operation;
}

function isLater(other: SpotPrice, one: SpotPrice): boolean {
  return other.zoneId === one.zoneId && other.type === one.type && other.from > one.from;
}

/** Values of the filter of a name: `Filter.1.Name`, `Filter.1.Value.1`, … */
function filterOf(form: URLSearchParams, name: string): readonly string[] {
  for (let index = 1; ; index += 1) {
    const found = form.get(`Filter.${String(index)}.Name`);
    if (found === null) return [];
    if (found === name) return listOf(form, `Filter.${String(index)}.Value`);
  }
}
