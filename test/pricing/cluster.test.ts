import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import type { CostLine, CostSummary } from "../../model/cost.ts";
import { TAGS } from "../../model/tags.ts";
import { estimate } from "../../pricing/estimate.ts";
import { CATALOGUE, claudefs, provider, record, schedule, slot, subnet } from "./records.ts";

const ZONES = ["usw2-az1", "usw2-az2", "usw2-az3"];

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${String(actual)} is not ${String(expected)}`);
}

function instances(summary: CostSummary): readonly CostLine[] {
  return summary.lines.filter(({ item }) => item.includes("instance ("));
}

function sum(lines: readonly CostLine[], figure: "usdPerDay" | "worstCaseUsdPerDay"): number {
  return lines.reduce((total, line) => total.plus(line[figure]), new Decimal(0)).toNumber();
}

/** One slot with its provider and subnets, priced. */
function priceSlot(
  options: Parameters<typeof slot>[1],
  ...more: readonly ReturnType<typeof record>[]
): CostSummary {
  const subnets = (options.zones ?? []).map((zone) => subnet(zone));
  return estimate([provider("us-west-2"), ...subnets, ...slot("storage-1", options), ...more], CATALOGUE);
}

describe("the complete ClaudeFS cluster, 8 hours a day in us-west-2", () => {
  const summary = estimate(claudefs(ZONES), CATALOGUE);
  // 9 root volumes of 20 GiB and 9 public addresses.
  const volumesPerHour = (9 * 20 * 0.08) / 730;
  const addressesPerHour = 9 * 0.005;

  it("costs 4.09 USD an hour on demand", () => {
    // 5 × 0.686 + 3 × 0.20528 + 0.0416
    assert.equal(summary.clusterOnDemandUsdPerHour, 4.08744);
  });

  it("is planned at the dearest zone of every type: instances 21.7136 USD", () => {
    // 8 × (5 × 0.4627 + 3 × 0.1197 + 0.0416)
    assert.equal(sum(instances(summary), "usdPerDay"), 21.7136);
    near(summary.usdPerDay, 21.7136 + 8 * (volumesPerHour + addressesPerHour));
    assert.equal(summary.usdPerDayRange.dearestZone, summary.usdPerDay);
  });

  it("names the cheapest zone of every slot: instances 14.3744 USD", () => {
    // 8 × (5 × 0.2992 + 3 × 0.0864 + 0.0416)
    near(summary.usdPerDayRange.cheapestZone, 14.3744 + 8 * (volumesPerHour + addressesPerHour));
  });

  it("costs three times the 8 hours when it runs all day", () => {
    near(summary.allDayUsdPerDay, 3 * summary.usdPerDay, 1e-7);
    near(summary.usdPerHour, 2.7142 + volumesPerHour + addressesPerHour);
    near(summary.usdPerMonth, (summary.usdPerDay * 730) / 24, 1e-6);
  });

  it("has its worst day at 24 hours on demand", () => {
    near(summary.worstCaseUsdPerDay, 24 * (4.08744 + volumesPerHour + addressesPerHour));
    near(sum(instances(summary), "worstCaseUsdPerDay"), 98.09856);
  });

  it("prices t3.medium on demand, having no spot price, and says both things about it once", () => {
    const conduit = instances(summary).find(({ urn }) => urn.includes("conduit-1"));
    assert.deepEqual(
      { basis: conduit?.basis, quantity: conduit?.quantity, unit: conduit?.unit, usd: conduit?.usdPerDay },
      { basis: "on-demand", quantity: 8, unit: "hour", usd: 0.3328 },
    );
    assert.equal(
      summary.notes.filter((note) => note.startsWith("t3.medium in us-west-2: no spot price")).length,
      1,
    );
    assert.equal(
      summary.notes.filter((note) => note.startsWith("t3.medium in us-west-2: us-east-1 figure")).length,
      1,
    );
  });

  it("says when prices were read, and where they hold", () => {
    assert.equal(summary.pricesAsOf, "2026-07-20");
    assert.equal(summary.region, "us-west-2");
  });

  it("lists three lines a slot, by URN and item", () => {
    assert.equal(summary.lines.length, 27);
    const keys = summary.lines.map(({ urn, item }) => `${urn} ${item}`);
    assert.deepEqual(keys, [...keys].sort());
  });

  it("comes to the same whatever the order of the resources", () => {
    assert.deepEqual(estimate([...claudefs(ZONES)].reverse(), CATALOGUE), summary);
  });

  it("costs less where the dear zone is left out", () => {
    const without = estimate(claudefs(["usw2-az2", "usw2-az3", "usw2-az4"]), CATALOGUE);
    // 8 × (5 × 0.3514 + 3 × 0.1197 + 0.0416)
    near(sum(instances(without), "usdPerDay"), 17.2616);
  });

  it("costs 32.7 USD for 8 hours on demand", () => {
    const onDemand = estimate(claudefs(ZONES, { onDemandPercentage: 100 }), CATALOGUE);
    assert.equal(sum(instances(onDemand), "usdPerDay"), 32.69952);
    assert.ok(instances(onDemand).every(({ basis }) => basis === "on-demand"));
    assert.equal(onDemand.usdPerDayRange.cheapestZone, onDemand.usdPerDay);
  });
});

describe("the price of a slot", () => {
  it("is that of its dearest type in its dearest zone", () => {
    const summary = priceSlot({
      types: ["c7a.xlarge", "c7a.2xlarge"],
      zones: ["usw2-az2", "usw2-az3"],
      hoursPerDay: 10,
    });
    // c7a.2xlarge in usw2-az3; the cheapest zone is usw2-az2, where it is the dearer type as well.
    assert.equal(sum(instances(summary), "usdPerDay"), 1.738);
    near(summary.usdPerDay - summary.usdPerDayRange.cheapestZone, 10 * (0.1738 - 0.1651));
    near(sum(instances(summary), "worstCaseUsdPerDay"), 24 * 0.41056);
  });

  it("takes all zones the catalogue knows where the plan names none", () => {
    assert.equal(sum(instances(priceSlot({ types: ["i4i.2xlarge"], hoursPerDay: 1 })), "usdPerDay"), 0.4627);
    const unnamed = record("aws:ec2/subnet:Subnet", "subnet-usw2-az2", { availabilityZone: "us-west-2a" });
    const summary = estimate(
      [
        provider("us-west-2"),
        unnamed,
        ...slot("storage-1", { types: ["i4i.2xlarge"], zones: ["usw2-az2"], hoursPerDay: 1 }),
      ],
      CATALOGUE,
    );
    assert.equal(sum(instances(summary), "usdPerDay"), 0.4627);
  });

  it("FM-11: counts a zone without a spot price at the on-demand price", () => {
    const summary = priceSlot({ types: ["c7a.xlarge"], zones: ["usw2-az2", "usw2-az9"], hoursPerDay: 1 });
    assert.equal(sum(instances(summary), "usdPerDay"), 0.20528);
    assert.equal(instances(summary)[0]?.basis, "on-demand");
    assert.ok(
      summary.notes.some((note) => note.startsWith("c7a.xlarge in us-west-2 (usw2-az9): no spot price")),
    );
  });

  it("uses the range of us-east-1 for both ends", () => {
    const summary = estimate(
      [
        provider("us-east-1"),
        subnet("use1-az1"),
        ...slot("a", { types: ["c7a.xlarge"], zones: ["use1-az1"], hoursPerDay: 10 }),
      ],
      CATALOGUE,
    );
    assert.equal(sum(instances(summary), "usdPerDay"), 1.117);
    near(summary.usdPerDay - summary.usdPerDayRange.cheapestZone, 0.304);
  });

  it("runs maxSize instances, with as many volumes and addresses", () => {
    const one = priceSlot({ types: ["c7a.xlarge"], zones: ["usw2-az2"] });
    const three = priceSlot({ types: ["c7a.xlarge"], zones: ["usw2-az2"], maxSize: 3 });
    near(three.usdPerDay, 3 * one.usdPerDay);
    assert.equal(instances(three)[0]?.quantity, 24);
    assert.equal(three.clusterOnDemandUsdPerHour, 0.61584);
  });

  it("has no lines where it may run nothing", () => {
    assert.deepEqual(priceSlot({ types: ["c7a.xlarge"], maxSize: 0 }).lines, []);
  });

  it("prices its on-demand base on demand and the rest on spot", () => {
    const summary = priceSlot({
      types: ["c7a.xlarge"],
      zones: ["usw2-az2"],
      maxSize: 3,
      onDemandBase: 1,
      hoursPerDay: 10,
    });
    assert.deepEqual(
      instances(summary).map(({ basis, quantity, usdPerDay }) => ({ basis, quantity, usdPerDay })),
      [
        { basis: "on-demand", quantity: 10, usdPerDay: 2.0528 },
        { basis: "spot", quantity: 20, usdPerDay: 1.728 },
      ],
    );
  });

  it("has no address where its launch template gives none", () => {
    const items = priceSlot({ types: ["c7a.xlarge"], address: false }).lines.map(({ item }) => item);
    assert.ok(!items.includes("public IPv4 address"));
    assert.ok(items.includes("root volume (gp3)"));
  });

  it("counts the root volume of the image where the template names none, and says so", () => {
    const summary = priceSlot({ types: ["c7a.xlarge"], gib: 0 });
    assert.equal(summary.lines.find(({ item }) => item.startsWith("root volume"))?.quantity, 8);
    assert.ok(summary.notes.some((note) => /Root volume not stated.*group storage-1/.test(note)));
  });

  it("may be another region's than the provider's", () => {
    const [template, group] = slot("a", { types: ["m5.large"], hoursPerDay: 1 });
    assert.ok(template !== undefined && group !== undefined);
    const elsewhere = { ...group, inputs: { ...group.inputs, region: "us-east-1" } };
    const summary = estimate([provider("us-west-2"), template, elsewhere], CATALOGUE);
    assert.equal(
      sum(instances(summary), "usdPerDay"),
      CATALOGUE.onDemand("us-east-1", "m5.large").usdPerHour.toNumber(),
    );
  });
});

describe("hours a day of a slot", () => {
  const types = ["c7a.xlarge"];
  const zones = ["usw2-az2"];
  const weekdays = [
    schedule("start", "storage-1", {
      desiredCapacity: 1,
      recurrence: "0 8 * * 1-5",
      timeZone: "America/Los_Angeles",
    }),
    schedule("stop", "storage-1", {
      desiredCapacity: 0,
      recurrence: "0 14 * * 1-5",
      timeZone: "America/Los_Angeles",
    }),
  ];

  it("come from its schedule before its tag: 6 hours a day, 30 a week", () => {
    const summary = priceSlot({ types, zones, hoursPerDay: 20 }, ...weekdays);
    near(sum(instances(summary), "usdPerDay"), 6 * 0.0864);
    const perHour = 0.0864 + (20 * 0.08) / 730 + 0.005;
    near(summary.usdPerMonth, (perHour * 30 * 730) / (7 * 24), 1e-6);
    near(summary.allDayUsdPerDay, perHour * 24);
  });

  it("find a schedule by the group's name where nothing links the two", () => {
    const unlinked = weekdays.map((action) => ({ ...action, dependencies: [], propertyDependencies: {} }));
    near(sum(instances(priceSlot({ types, zones }, ...unlinked)), "usdPerDay"), 6 * 0.0864);
  });

  it("are not those of another group's schedule", () => {
    const other = [
      schedule("start", "storage-2", { desiredCapacity: 1, recurrence: "0 8 * * *" }),
      schedule("stop", "storage-2", { desiredCapacity: 0, recurrence: "0 9 * * *" }),
    ];
    near(sum(instances(priceSlot({ types, zones, hoursPerDay: 8 }, ...other)), "usdPerDay"), 8 * 0.0864);
  });

  it("read starts and stops from the bounds where no desired capacity is given", () => {
    const bounds = [
      schedule("start", "storage-1", { minSize: 1, maxSize: 1, recurrence: "0 8 * * *" }),
      schedule("stop", "storage-1", { minSize: 0, maxSize: 0, recurrence: "0 10 * * *" }),
    ];
    near(sum(instances(priceSlot({ types, zones }, ...bounds)), "usdPerDay"), 2 * 0.0864);
  });

  it("come from the tag where the schedule cannot be read, with a note", () => {
    const summary = priceSlot(
      { types, zones, hoursPerDay: 4 },
      schedule("start", "storage-1", { desiredCapacity: 1, recurrence: "[settings.start]" }),
    );
    near(sum(instances(summary), "usdPerDay"), 4 * 0.0864);
    assert.ok(summary.notes.includes("Schedule that does not tell when the group runs: storage-1."));
  });

  it("may be parts of hours, and none", () => {
    near(sum(instances(priceSlot({ types, zones, hoursPerDay: 2.5 })), "usdPerDay"), 2.5 * 0.0864);
    const never = priceSlot({ types, zones, hoursPerDay: 0 });
    assert.equal(never.usdPerDay, 0);
    assert.ok(never.worstCaseUsdPerDay > 4);
  });

  it("FM-48: are 24 where nothing tells them, with a note", () => {
    for (const [hoursPerDay, note] of [
      [
        undefined,
        `Group without a schedule and without the tag ${TAGS.hoursPerDay}, counted as running all day: storage-1.`,
      ],
      [
        "[settings.hours]",
        `Group whose tag ${TAGS.hoursPerDay} is not a number from 0 to 24, counted as running all day: storage-1.`,
      ],
      [
        "-1",
        `Group whose tag ${TAGS.hoursPerDay} is not a number from 0 to 24, counted as running all day: storage-1.`,
      ],
    ] as const) {
      const summary = priceSlot({ types, zones, hoursPerDay });
      near(sum(instances(summary), "usdPerDay"), 24 * 0.0864);
      assert.ok(summary.notes.includes(note), summary.notes.join("\n"));
    }
  });
});
