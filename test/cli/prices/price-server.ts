import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Answers of the two price services in the shapes AWS documents (Price List Query API: JSON 1.1; EC2: query
 * protocol, XML), on the loopback address. It knows only what a test hands it, and keeps what it was asked.
 */

export interface Product {
  readonly region: string;
  readonly type: string;
  /** Text under pricePerUnit.USD. */
  readonly usd: string;
  readonly operatingSystem?: string;
  readonly unit?: string;
  /** Leave the on-demand term out. */
  readonly noTerm?: boolean;
}

/** An entry of `GetProducts`, a JSON text as AWS gives it. */
export function priceListEntry({
  region,
  type,
  usd,
  operatingSystem = "Linux",
  unit = "Hrs",
  noTerm = false,
}: Product): string {
  const sku = "ABCDEFGHIJKLMNOP";
  const offer = `${sku}.JRTCKXETXF`;
  const rate = `${offer}.6YS6EN2CT7`;
  const term = {
    [offer]: {
      priceDimensions: {
        [rate]: {
          unit,
          endRange: "Inf",
          beginRange: "0",
          appliesTo: [],
          rateCode: rate,
          pricePerUnit: { USD: usd },
        },
      },
      sku,
      effectiveDate: "2026-10-01T00:00:00Z",
      offerTermCode: "JRTCKXETXF",
      termAttributes: {},
    },
  };
  return JSON.stringify({
    product: {
      productFamily: "Compute Instance",
      attributes: {
        instanceType: type,
        regionCode: region,
        operatingSystem,
        tenancy: "Shared",
        preInstalledSw: "NA",
        capacitystatus: "Used",
        marketoption: "OnDemand",
        operation: "RunInstances",
      },
      sku,
    },
    serviceCode: "AmazonEC2",
    terms: noTerm ? {} : { OnDemand: term },
    version: "20261001000000",
    publicationDate: "2026-10-01T00:00:00Z",
  });
}

export interface SpotPrice {
  readonly type: string;
  readonly zoneName: string;
  readonly price: string;
  readonly at: string;
}

export interface PriceServerOptions {
  readonly products: readonly string[];
  readonly spot: readonly SpotPrice[];
  /** Zone ids by zone name. */
  readonly zones: Readonly<Record<string, string>>;
}

export interface PriceServer {
  readonly endpoint: string;
  /** Targets and actions asked for, with their bodies, in order. */
  readonly asked: readonly { readonly action: string; readonly body: string }[];
  close(): Promise<void>;
}

/** Every answer is paged, one entry a page, so that a client that stops at the first page is found out. */
export async function startPriceServer(options: PriceServerOptions): Promise<PriceServer> {
  const asked: { action: string; body: string }[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const target = request.headers["x-amz-target"];
      const action = typeof target === "string" ? target : (new URLSearchParams(body).get("Action") ?? "");
      asked.push({ action, body });
      answer(action, body, options, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    asked,
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

function answer(
  action: string,
  body: string,
  { products, spot, zones }: PriceServerOptions,
  response: ServerResponse,
): void {
  if (action === "AWSPriceListService.GetProducts") {
    const { Filters, NextToken } = JSON.parse(body) as {
      Filters: { Field: string; Value: string }[];
      NextToken?: string;
    };
    const wanted = new Map(Filters.map(({ Field, Value }) => [Field, Value]));
    const found = products.filter((text) => {
      const { attributes } = (JSON.parse(text) as { product: { attributes: Record<string, string> } })
        .product;
      return (
        attributes["instanceType"] === wanted.get("instanceType") &&
        attributes["regionCode"] === wanted.get("regionCode")
      );
    });
    const page = Number(NextToken ?? 0);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(
      JSON.stringify({
        FormatVersion: "aws_v1",
        PriceList: found.slice(page, page + 1),
        ...(page + 1 < found.length ? { NextToken: String(page + 1) } : {}),
      }),
    );
    return;
  }
  response.writeHead(200, { "content-type": "text/xml" });
  if (action === "DescribeAvailabilityZones") {
    const items = Object.entries(zones).map(
      ([name, id]) =>
        `<item><zoneName>${name}</zoneName><zoneId>${id}</zoneId><zoneState>available</zoneState></item>`,
    );
    response.end(xml(action, `<availabilityZoneInfo>${items.join("")}</availabilityZoneInfo>`));
    return;
  }
  const page = Number(new URLSearchParams(body).get("NextToken") ?? 0);
  const items = spot
    .slice(page, page + 1)
    .map(
      ({ type, zoneName, price, at }) =>
        `<item><instanceType>${type}</instanceType><productDescription>Linux/UNIX</productDescription>` +
        `<spotPrice>${price}</spotPrice><timestamp>${at}</timestamp><availabilityZone>${zoneName}</availabilityZone></item>`,
    );
  const next = page + 1 < spot.length ? String(page + 1) : "";
  response.end(
    xml(action, `<spotPriceHistorySet>${items.join("")}</spotPriceHistorySet><nextToken>${next}</nextToken>`),
  );
}

function xml(action: string, content: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?><${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">` +
    `<requestId>00000000-0000-4000-8000-000000000000</requestId>${content}</${action}Response>`
  );
}
