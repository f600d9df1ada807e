import assert from "node:assert/strict";
import { awsPriceCalls } from "../../../cli/prices/aws.ts";
import { refreshCatalogue } from "../../../cli/prices/refresh.ts";
import type { CatalogueData } from "../../../pricing/catalogue-data.ts";
import { priceListEntry, startPriceServer, type PriceServer } from "./price-server.ts";

const EMPTY: CatalogueData = { sources: {}, onDemand: {}, spot: {}, spotRanges: {}, services: {} };
const CREDENTIALS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "example" };

describe("prices through the AWS SDK", () => {
  let server: PriceServer;

  before(async () => {
    server = await startPriceServer({
      products: [
        priceListEntry({ region: "us-west-2", type: "c7a.xlarge", usd: "0.2052800000" }),
        priceListEntry({ region: "us-west-2", type: "i4i.2xlarge", usd: "9.9", operatingSystem: "Windows" }),
        priceListEntry({ region: "us-west-2", type: "i4i.2xlarge", usd: "0.6860000000" }),
      ],
      spot: [
        { type: "c7a.xlarge", zoneName: "us-west-2a", price: "0.086400", at: "2026-11-21T07:00:00.000Z" },
        { type: "i4i.2xlarge", zoneName: "us-west-2a", price: "0.299200", at: "2026-11-21T07:00:00.000Z" },
        { type: "i4i.2xlarge", zoneName: "us-west-2b", price: "0.462700", at: "2026-11-21T07:00:00.000Z" },
      ],
      zones: { "us-west-2a": "usw2-az2", "us-west-2b": "usw2-az1" },
    });
  });

  after(async () => {
    await server.close();
  });

  it("FM-10: are read page by page, with zone names turned into ids", async () => {
    const calls = awsPriceCalls({ endpoint: server.endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    const now = new Date("2026-11-21T08:00:00Z");
    const { catalogue, problems, updated } = await refreshCatalogue(EMPTY, {
      ...calls,
      regions: ["us-west-2"],
      types: ["c7a.xlarge", "i4i.2xlarge"],
      now,
    });
    assert.deepEqual(problems, []);
    assert.equal(updated, 5);
    const list = "price-list-us-west-2-2026-11-21";
    const history = "spot-history-us-west-2-2026-11-21";
    assert.deepEqual(catalogue.onDemand, {
      "us-west-2": { "c7a.xlarge": [0.20528, list], "i4i.2xlarge": [0.686, list] },
    });
    assert.deepEqual(catalogue.spot, {
      "us-west-2": {
        "c7a.xlarge": { "usw2-az2": [0.0864, history] },
        "i4i.2xlarge": { "usw2-az2": [0.2992, history], "usw2-az1": [0.4627, history] },
      },
    });
    assert.deepEqual(
      server.asked.map(({ action }) => action),
      [
        "AWSPriceListService.GetProducts",
        "AWSPriceListService.GetProducts",
        "AWSPriceListService.GetProducts",
        "DescribeSpotPriceHistory",
        "DescribeSpotPriceHistory",
        "DescribeSpotPriceHistory",
        "DescribeAvailabilityZones",
      ],
    );
    const filters = JSON.parse(server.asked[0]?.body ?? "{}") as {
      ServiceCode: string;
      Filters: { Field: string; Value: string }[];
    };
    assert.equal(filters.ServiceCode, "AmazonEC2");
    assert.deepEqual(Object.fromEntries(filters.Filters.map(({ Field, Value }) => [Field, Value])), {
      operatingSystem: "Linux",
      tenancy: "Shared",
      preInstalledSw: "NA",
      capacitystatus: "Used",
      instanceType: "c7a.xlarge",
      regionCode: "us-west-2",
    });
    const spot = new URLSearchParams(server.asked[3]?.body);
    assert.equal(spot.get("ProductDescription.1"), "Linux/UNIX");
    assert.equal(spot.get("InstanceType.2"), "i4i.2xlarge");
    assert.match(spot.get("StartTime") ?? "", /^2026-11-21T08:00:00/);
  });

  it("report a service that does not answer, and change nothing", async () => {
    const closed = await startPriceServer({ products: [], spot: [], zones: {} });
    await closed.close();
    const calls = awsPriceCalls({ endpoint: closed.endpoint, credentials: CREDENTIALS, maxAttempts: 1 });
    const { catalogue, problems, updated } = await refreshCatalogue(EMPTY, {
      ...calls,
      regions: ["us-west-2"],
      types: ["c7a.xlarge"],
      now: new Date("2026-11-21T08:00:00Z"),
    });
    assert.equal(updated, 0);
    assert.deepEqual(catalogue, EMPTY);
    assert.equal(problems.length, 2);
    assert.match(problems.join("\n"), /ECONNREFUSED/);
  });
});
