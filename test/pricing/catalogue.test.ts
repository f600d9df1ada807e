import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { checkCatalogue, SERVICE_ITEMS } from "../../pricing/catalogue-data.ts";
import { renderCatalogue } from "../../pricing/catalogue-render.ts";
import { catalogueSchema } from "../../pricing/catalogue-schema.ts";
import { loadCatalogue, oldestDay } from "../../pricing/catalogue.ts";
import { CatalogueError, UnpricedError } from "../../pricing/errors.ts";
import { SIZES } from "../../model/sizes.ts";
import { CATALOGUE } from "./records.ts";

const FILE = new URL("../../pricing/catalogue.json", import.meta.url);
const text = readFileSync(FILE, "utf8");

const source = { title: "Test", description: "figures of a test", read: "2026-01-02", region: "us-west-2" };

function data(price: unknown): Record<string, unknown> {
  return {
    sources: { test: source },
    onDemand: { "us-west-2": { "c7a.large": [price, "test"] } },
    spot: {},
    spotRanges: {},
    services: {},
  };
}

describe("the shipped catalogue", () => {
  it("satisfies its schema in full", () => {
    assert.doesNotThrow(() => catalogueSchema.parse(JSON.parse(text)));
  });

  it("is written one entry a line, sorted, under 300 kB", () => {
    assert.equal(text, renderCatalogue(checkCatalogue(JSON.parse(text))));
    assert.ok(text.length < 300_000, String(text.length));
    assert.match(text, /^ {6}"c7a\.2xlarge": \[0\.41056,"[a-z-]+"\],$/m);
  });

  it("prices every type of every cluster size in both regions", () => {
    const types = Object.values(SIZES).flatMap((size) =>
      Object.values(size).flatMap((role) => role.instanceTypes),
    );
    for (const region of ["us-east-1", "us-west-2"]) {
      assert.deepEqual(
        types.filter((type) => !CATALOGUE.isPriced(region, type)),
        [],
      );
    }
  });

  it("has every service item in both regions", () => {
    const { services } = checkCatalogue(JSON.parse(text));
    for (const region of ["us-east-1", "us-west-2"]) {
      assert.deepEqual(Object.keys(services[region] ?? {}).sort(), [...SERVICE_ITEMS].sort());
    }
  });

  it("uses every source it names", () => {
    const { sources, ...figures } = checkCatalogue(JSON.parse(text));
    const used = JSON.stringify(figures);
    assert.deepEqual(
      Object.keys(sources).filter((id) => !used.includes(`"${id}"`)),
      [],
    );
  });
});

describe("look-up of prices", () => {
  it("gives the on-demand price with its source and date", () => {
    const price = CATALOGUE.onDemand("us-west-2", "c7a.2xlarge");
    assert.equal(price.usdPerHour.toString(), "0.41056");
    assert.equal(price.basis, "on-demand");
    assert.equal(price.asOf, "2026-07-20");
    assert.match(price.source.title, /Karpenter/);
    assert.deepEqual(price.notes, []);
  });

  it("says of a us-west-2 figure that stands in that it does", () => {
    const [note] = CATALOGUE.onDemand("us-west-2", "i4i.large").notes;
    assert.match(
      note ?? "",
      /^i4i\.large in us-west-2: us-east-1 figure, equal for every type compared .*ground prices refresh/,
    );
    assert.deepEqual(CATALOGUE.onDemand("us-east-1", "i4i.large").notes, []);
  });

  it("gives the spot price of the zone", () => {
    assert.equal(CATALOGUE.spot("us-west-2", "usw2-az1", "i4i.2xlarge").usdPerHour.toNumber(), 0.4627);
    assert.equal(CATALOGUE.spot("us-west-2", "usw2-az2", "i4i.2xlarge").usdPerHour.toNumber(), 0.2992);
    assert.equal(CATALOGUE.spot("us-west-2", "usw2-az2", "i4i.2xlarge").basis, "spot");
  });

  it("takes the ends of a range for any zone of its region", () => {
    assert.equal(CATALOGUE.spot("us-east-1", "use1-az4", "c7a.xlarge").usdPerHour.toNumber(), 0.1117);
    assert.equal(
      CATALOGUE.spot("us-east-1", "use1-az4", "c7a.xlarge", "cheapest").usdPerHour.toNumber(),
      0.0813,
    );
  });

  it("takes the dearest or cheapest known zone where none is named", () => {
    assert.equal(CATALOGUE.spot("us-west-2", undefined, "c7a.xlarge").usdPerHour.toNumber(), 0.1197);
    assert.equal(
      CATALOGUE.spot("us-west-2", undefined, "c7a.xlarge", "cheapest").usdPerHour.toNumber(),
      0.0864,
    );
  });

  it("FM-11: counts a missing spot price at the on-demand price, and says so", () => {
    const price = CATALOGUE.spot("us-west-2", "usw2-az2", "t3.medium");
    assert.equal(price.usdPerHour.toNumber(), 0.0416);
    assert.equal(price.basis, "on-demand");
    assert.match(
      price.notes[0] ?? "",
      /^t3\.medium in us-west-2: no spot price, so its on-demand price counts\.$/,
    );
    const elsewhere = CATALOGUE.spot("us-west-2", "usw2-az9", "c7a.xlarge");
    assert.equal(elsewhere.usdPerHour.toNumber(), 0.20528);
    assert.match(elsewhere.notes[0] ?? "", /^c7a\.xlarge in us-west-2 \(usw2-az9\): no spot price/);
  });

  it("refuses an unpriced type, naming region, type, near ones and the command", () => {
    assert.throws(
      () => CATALOGUE.onDemand("us-west-2", "c7z.large"),
      (error: unknown) => {
        assert.ok(error instanceof UnpricedError);
        assert.equal(
          error.message,
          "No on-demand price of c7z.large in us-west-2. Nearest priced types: c7a.large, c7g.large, c7a.xlarge. " +
            "To fetch it: ground prices refresh --region us-west-2 --type c7z.large",
        );
        return true;
      },
    );
    assert.throws(() => CATALOGUE.spot("us-west-2", "usw2-az1", "c7z.large"), UnpricedError);
  });

  it("refuses an unpriced region, naming the priced ones", () => {
    assert.throws(
      () => CATALOGUE.onDemand("eu-west-1", "c7a.large"),
      /in eu-west-1\. Regions with prices: us-east-1, us-west-2\. .*--region eu-west-1 --type c7a\.large$/,
    );
    assert.throws(() => CATALOGUE.dearest("eu-west-1"), UnpricedError);
  });

  it("does not take names of object properties for types or regions", () => {
    assert.equal(CATALOGUE.isPriced("us-west-2", "constructor"), false);
    assert.equal(CATALOGUE.isPriced("__proto__", "toString"), false);
  });

  it("FM-11: names the dearest type of a size, and of the region where nobody has the size", () => {
    const dearest = CATALOGUE.dearest("us-west-2", "2xlarge");
    assert.match(dearest.type, /\.2xlarge$/);
    for (const type of CATALOGUE.pricedTypes("us-west-2").filter((name) => name.endsWith(".2xlarge"))) {
      assert.ok(dearest.price.usdPerHour.gte(CATALOGUE.onDemand("us-west-2", type).usdPerHour), type);
    }
    assert.equal(CATALOGUE.dearest("us-west-2", "no-such-size").type, CATALOGUE.dearest("us-west-2").type);
  });

  it("lets us-east-1 stand in for services of another region, and says so", () => {
    const price = CATALOGUE.service("eu-west-1", "kms-key-month");
    assert.equal(price.usd.toNumber(), 1);
    assert.match(price.notes[0] ?? "", /services in eu-west-1: .*us-east-1/);
    assert.deepEqual(CATALOGUE.service("us-east-1", "kms-key-month").notes, []);
  });

  it("dates itself by the oldest day, passing over years", () => {
    assert.equal(oldestDay(["2026-09-30", "2026", "2026-07-20"]), "2026-07-20");
    assert.equal(oldestDay(["2026"]), "2026");
    assert.equal(CATALOGUE.asOf, "2026-07-20");
  });
});

describe("loading of a catalogue", () => {
  for (const price of [0, -1, NaN, Infinity, null, "0.1", undefined]) {
    it(`FM-11: refuses a price of ${typeof price === "string" ? `"${price}"` : String(price)}`, () => {
      assert.throws(
        () => loadCatalogue(data(price)),
        (error: unknown) =>
          error instanceof CatalogueError &&
          /onDemand\.us-west-2\.c7a\.large = .*above 0/.test(error.message),
      );
    });
  }

  it("accepts a sound one", () => {
    assert.equal(loadCatalogue(data(0.1)).onDemand("us-west-2", "c7a.large").usdPerHour.toNumber(), 0.1);
  });

  it("names every unsound entry at once", () => {
    const unsound = {
      ...data(0),
      spot: { "us-west-2": { "c7a.large": { "usw2-az1": [-1, "test"], "usw2-az2": [1, "nobody"] } } },
      spotRanges: { "us-east-1": { "c7a.large": [2, 1, "test"] } },
      services: { "us-west-2": { "a-thing": [1, "test"] } },
    };
    assert.throws(
      () => loadCatalogue(unsound),
      (error: unknown) => {
        assert.ok(error instanceof CatalogueError);
        assert.equal(error.problems.length, 5);
        assert.match(error.message, /5 unsound entries/);
        return true;
      },
    );
  });

  it("refuses what is no catalogue at all", () => {
    for (const nothing of [null, [], "text", {}]) assert.throws(() => loadCatalogue(nothing), CatalogueError);
  });

  it("checks what the zod schema checks, entry by entry", () => {
    const broken: unknown[] = [
      data(-1),
      { ...data(1), sources: {} },
      { ...data(1), sources: { test: { ...source, read: "yesterday" } } },
      { ...data(1), services: { "us-west-2": { "a-thing": [1, "test"] } } },
      { ...data(1), spotRanges: { "us-west-2": { "c7a.large": [2, 1, "test"] } } },
    ];
    for (const unsound of broken) {
      assert.equal(catalogueSchema.safeParse(unsound).success, false, JSON.stringify(unsound));
      assert.throws(() => checkCatalogue(unsound), CatalogueError, JSON.stringify(unsound));
    }
    assert.equal(catalogueSchema.safeParse(data(1)).success, true);
  });
});
