import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpotEntry } from "../../../cli/prices/answers.ts";
import { refreshCatalogue, refreshFile, type RefreshOptions } from "../../../cli/prices/refresh.ts";
import type { CatalogueData } from "../../../pricing/catalogue-data.ts";
import { renderCatalogue } from "../../../pricing/catalogue-render.ts";
import { catalogueSchema } from "../../../pricing/catalogue-schema.ts";
import { loadCatalogue } from "../../../pricing/catalogue.ts";
import { CatalogueError } from "../../../pricing/errors.ts";
import { priceListEntry, type Product } from "./price-server.ts";

const OLD: CatalogueData = {
  sources: {
    stale: {
      title: "Old",
      description: "figures before the refresh",
      read: "2025-01-01",
      region: "us-east-1",
      assumed: "assumed",
    },
    kept: { title: "Kept", description: "figures nobody refreshes", read: "2025-01-01", region: "us-east-1" },
  },
  onDemand: { "us-west-2": { "c7a.xlarge": [0.2, "stale"] }, "us-east-1": { "m5.large": [0.096, "kept"] } },
  spot: {},
  spotRanges: { "us-west-2": { "c7a.xlarge": [0.08, 0.12, "stale"] } },
  services: { "us-east-1": { "kms-key-month": [1, "kept"] } },
};

const REGION = "us-west-2";
const TYPE = "c7a.xlarge";

function product(usd: string, more: Partial<Product> = {}): string {
  return priceListEntry({ region: REGION, type: TYPE, usd, ...more });
}

function spotEntry(
  zoneId: string,
  price: string | undefined,
  at = "2026-11-20T10:00:00Z",
  type = TYPE,
): SpotEntry {
  return { type, zoneId, zoneName: undefined, price, at: new Date(at) };
}

/** Options whose calls answer with one page each. */
function options(
  products: readonly string[],
  spot: readonly SpotEntry[],
  more: Partial<RefreshOptions> = {},
): RefreshOptions {
  return {
    regions: [REGION],
    types: [TYPE],
    now: new Date("2026-11-21T08:00:00Z"),
    priceList: () => Promise.resolve({ entries: products, nextToken: undefined }),
    spotHistory: () => Promise.resolve({ entries: spot, nextToken: undefined }),
    zoneIds: () => Promise.resolve(new Map()),
    ...more,
  };
}

describe("refresh of the catalogue", () => {
  it("takes new prices with source, region and day, and keeps the rest", async () => {
    const { catalogue, updated, problems } = await refreshCatalogue(
      OLD,
      options(
        [product("0.2052800000")],
        [spotEntry("usw2-az1", "0.095800"), spotEntry("usw2-az2", "0.086400")],
      ),
    );
    assert.deepEqual(problems, []);
    assert.equal(updated, 3);
    assert.doesNotThrow(() => catalogueSchema.parse(catalogue));
    const prices = loadCatalogue(catalogue);
    const price = prices.onDemand(REGION, TYPE);
    assert.deepEqual(
      [price.usdPerHour.toNumber(), price.asOf, price.source.region, price.notes],
      [0.20528, "2026-11-21", REGION, []],
    );
    assert.equal(prices.spot(REGION, "usw2-az2", TYPE).usdPerHour.toNumber(), 0.0864);
    assert.equal(prices.onDemand("us-east-1", "m5.large").usdPerHour.toNumber(), 0.096);
    assert.equal(prices.service("us-east-1", "kms-key-month").usd.toNumber(), 1);
  });

  it("drops the range that single zones replace, and sources nobody uses any more", async () => {
    const { catalogue } = await refreshCatalogue(
      OLD,
      options([product("0.20528")], [spotEntry("usw2-az1", "0.0958")]),
    );
    assert.deepEqual(catalogue.spotRanges, { "us-west-2": {} });
    assert.deepEqual(Object.keys(catalogue.sources).sort(), [
      "kept",
      "price-list-us-west-2-2026-11-21",
      "spot-history-us-west-2-2026-11-21",
    ]);
  });

  it("leaves the old catalogue as it was", async () => {
    const before = JSON.stringify(OLD);
    await refreshCatalogue(OLD, options([product("0.3")], [spotEntry("usw2-az1", "0.1")]));
    assert.equal(JSON.stringify(OLD), before);
  });

  const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a price of zero", [product("0.0000000000")], /names "0\.0000000000" as its price/],
    ["a price below zero", [product("-0.1")], /names "-0\.1" as its price/],
    ["a price that is not a number", [product("NaN")], /names "NaN" as its price/],
    ["an empty price", [product("")], /names "" as its price/],
    ["an answer without the on-demand term", [product("0.2", { noTerm: true })], /has no on-demand term/],
    ["a price by another unit", [product("0.2", { unit: "Quantity" })], /counts in Quantity/],
    ["another operating system", [product("0.2", { operatingSystem: "Windows" })], /has no such product/],
    ["another region", [product("0.2", { region: "eu-west-1" })], /has no such product/],
    ["no answer", [], /has no such product/],
    ["what is not JSON", ["{"], /not JSON/],
    ["JSON that is no object", ["null"], /has no such product/],
  ];
  for (const [title, products, reason] of bad) {
    it(`FM-11: refuses ${title}, reports it, and keeps the old price`, async () => {
      const { catalogue, updated, problems } = await refreshCatalogue(
        OLD,
        options(products, [spotEntry("usw2-az1", "0.09")]),
      );
      assert.deepEqual(catalogue.onDemand, OLD.onDemand);
      assert.equal(updated, 1);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", reason);
      assert.match(
        problems[0] ?? "",
        /^us-west-2 c7a\.xlarge on demand: refused, .*; the old price stays\.$/,
      );
    });
  }

  for (const price of ["0", "0.000000", "-1", "NaN", "", undefined, "0.00001"]) {
    it(`FM-11: refuses a spot price of ${price ?? "nothing"}`, async () => {
      const { catalogue, problems } = await refreshCatalogue(
        OLD,
        options([product("0.20528")], [spotEntry("usw2-az1", price), spotEntry("usw2-az2", "0.09")]),
      );
      assert.deepEqual(Object.keys(catalogue.spot[REGION]?.[TYPE] ?? {}), ["usw2-az2"]);
      assert.match(problems.join(), /^us-west-2 c7a\.xlarge on spot in usw2-az1: refused, /);
    });
  }

  it("takes the dearest of differing on-demand prices, and the newest spot price of a zone", async () => {
    const { catalogue } = await refreshCatalogue(
      OLD,
      options(
        [product("0.2"), product("0.21"), product("0.19")],
        [
          spotEntry("usw2-az1", "0.08", "2026-11-20T10:00:00Z"),
          spotEntry("usw2-az1", "0.09", "2026-11-21T07:00:00Z"),
          spotEntry("usw2-az1", "0.07", "2026-11-19T10:00:00Z"),
        ],
      ),
    );
    assert.equal(catalogue.onDemand[REGION]?.[TYPE]?.[0], 0.21);
    assert.equal(catalogue.spot[REGION]?.[TYPE]?.["usw2-az1"]?.[0], 0.09);
  });

  it("passes over local zones and types nobody asked for, and says where there is no spot price at all", async () => {
    const { catalogue, problems } = await refreshCatalogue(
      OLD,
      options(
        [product("0.20528")],
        [spotEntry("usw2-lax1-az1", "0.1"), spotEntry("usw2-az1", "0.1", undefined, "m5.large")],
      ),
    );
    assert.deepEqual(catalogue.spot[REGION], undefined);
    assert.deepEqual(problems, ["us-west-2 c7a.xlarge on spot: there is no spot price."]);
    assert.deepEqual(catalogue.spotRanges, OLD.spotRanges);
  });

  it("goes on after a call that fails, and reports it", async () => {
    const { updated, problems } = await refreshCatalogue(
      OLD,
      options([], [spotEntry("usw2-az1", "0.09")], {
        priceList: () => Promise.reject(new Error("connection reset")),
      }),
    );
    assert.equal(updated, 1);
    assert.deepEqual(problems, [
      "us-west-2 c7a.xlarge on demand: AWS did not answer (Error: connection reset); the old price stays.",
    ]);
  });

  it("stops at once without credentials", async () => {
    const error = Object.assign(new Error("Could not load credentials from any providers"), {
      name: "CredentialsProviderError",
    });
    await assert.rejects(
      refreshCatalogue(OLD, options([], [], { priceList: () => Promise.reject(error) })),
      error,
    );
  });

  it("FM-10: reads every page, and does not follow a token that comes back", async () => {
    const tokens: (string | undefined)[] = [];
    const { catalogue, problems } = await refreshCatalogue(
      OLD,
      options([], [], {
        priceList: (_query, token) => {
          tokens.push(token);
          const page = Number(token ?? 0);
          return Promise.resolve({
            entries: page === 2 ? [product("0.3")] : [],
            nextToken: page < 2 ? String(page + 1) : undefined,
          });
        },
        spotHistory: () => Promise.resolve({ entries: [], nextToken: "again" }),
      }),
    );
    assert.deepEqual(tokens, [undefined, "1", "2"]);
    assert.equal(catalogue.onDemand[REGION]?.[TYPE]?.[0], 0.3);
    assert.match(problems.join(), /same page token twice/);
  });
});

describe("refresh of the catalogue's file", () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "ground-prices-"));
    file = join(directory, "catalogue.json");
    await writeFile(file, renderCatalogue(OLD));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it("replaces it whole, one entry a line, and leaves nothing beside it", async () => {
    const { catalogue } = await refreshFile(
      file,
      options([product("0.20528")], [spotEntry("usw2-az1", "0.0958")]),
    );
    const text = await readFile(file, "utf8");
    assert.equal(text, renderCatalogue(catalogue));
    assert.match(text, /^ {6}"c7a\.xlarge": \[0\.20528,"price-list-us-west-2-2026-11-21"\]$/m);
    assert.deepEqual(await readdir(directory), ["catalogue.json"]);
  });

  it("FM-11: is left untouched where nothing sound came back", async () => {
    const { updated, problems } = await refreshFile(
      file,
      options([product("0")], [spotEntry("usw2-az1", "0")]),
    );
    assert.equal(updated, 0);
    assert.equal(problems.length, 2);
    assert.equal(await readFile(file, "utf8"), renderCatalogue(OLD));
    assert.deepEqual(await readdir(directory), ["catalogue.json"]);
  });

  it("is refused where it is unsound before anything is asked", async () => {
    await writeFile(file, JSON.stringify({ ...OLD, sources: {} }));
    let asked = 0;
    const count = (): Promise<never> => {
      asked += 1;
      return Promise.reject(new Error("asked"));
    };
    await assert.rejects(
      refreshFile(file, options([], [], { priceList: count, spotHistory: count })),
      CatalogueError,
    );
    assert.equal(asked, 0);
  });
});
