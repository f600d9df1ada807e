import assert from "node:assert/strict";
import { Decimal } from "decimal.js";
import fc from "fast-check";
import type { CostSummary } from "../../model/cost.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { estimate } from "../../pricing/estimate.ts";
import { CATALOGUE, provider, record, schedule, slot, subnet } from "./records.ts";

const ZONES = ["usw2-az1", "usw2-az2", "usw2-az3", "usw2-az4", "usw2-az9"];
const TYPES = ["c7a.xlarge", "c7a.2xlarge", "i4i.2xlarge", "t3.medium", "g5.xlarge"];

const slotOptions = fc.record({
  types: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 }),
  zones: fc.uniqueArray(fc.constantFrom(...ZONES)),
  gib: fc.integer({ min: 0, max: 500 }),
  address: fc.boolean(),
  hoursPerDay: fc.option(fc.double({ min: 0, max: 24, noNaN: true }), { nil: undefined }),
  onDemandPercentage: fc.constantFrom(0, 50, 100),
  onDemandBase: fc.integer({ min: 0, max: 4 }),
  maxSize: fc.integer({ min: 0, max: 20 }),
});

const workingHours = fc.tuple(
  fc.integer({ min: 0, max: 23 }),
  fc.integer({ min: 0, max: 23 }),
  fc.constantFrom("*", "1-5", "6"),
);

/** Resources of one more thing in a plan, its name made unlike all others by the number. */
const part: fc.Arbitrary<(ordinal: number) => readonly ResourceRecord[]> = fc.oneof(
  fc.tuple(slotOptions, fc.option(workingHours)).map(([options, hours]) => (ordinal: number) => {
    const name = `slot-${String(ordinal)}`;
    if (hours === null) return slot(name, options);
    const [from, to, days] = hours;
    return [
      ...slot(name, options),
      schedule(`start-${name}`, name, { desiredCapacity: 1, recurrence: `0 ${String(from)} * * ${days}` }),
      schedule(`stop-${name}`, name, { desiredCapacity: 0, recurrence: `30 ${String(to)} * * ${days}` }),
    ];
  }),
  fc
    .tuple(fc.constantFrom(...TYPES), fc.integer({ min: 1, max: 16_384 }), fc.boolean())
    .map(([instanceType, volumeSize, associatePublicIpAddress]) => (ordinal: number) => [
      record("aws:ec2/instance:Instance", `box-${String(ordinal)}`, {
        instanceType,
        associatePublicIpAddress,
        rootBlockDevice: { volumeSize, volumeType: "gp3" },
      }),
    ]),
  fc
    .constantFrom(
      "aws:kms/key:Key",
      "aws:ec2/eip:Eip",
      "aws:ec2/natGateway:NatGateway",
      "aws:s3/bucket:Bucket",
      "aws:lambda/function:Function",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:dynamodb/table:Table",
    )
    .map((type) => (ordinal: number) => [record(type, `thing-${String(ordinal)}`)]),
  fc
    .double({ min: 0.01, max: 500, noNaN: true })
    .map((modelApiUsdPerDay) => (ordinal: number) => [
      record("proving-ground:infra:Budget", `budget-${String(ordinal)}`, { modelApiUsdPerDay }),
    ]),
);

const plan = fc.array(part, { maxLength: 8 }).map((parts) => parts.flatMap((make, ordinal) => make(ordinal)));

const BASE = [provider("us-west-2"), ...ZONES.map((zone) => subnet(zone))];

function price(resources: readonly ResourceRecord[]): CostSummary {
  return estimate([...BASE, ...resources], CATALOGUE);
}

const TOTALS = [
  "usdPerHour",
  "usdPerDay",
  "allDayUsdPerDay",
  "usdPerMonth",
  "worstCaseUsdPerDay",
  "clusterOnDemandUsdPerHour",
] as const;

describe("sums of an estimate, for any plan", () => {
  it("are the sum of the lines, to the last digit", () => {
    fc.assert(
      fc.property(plan, (resources) => {
        const summary = price(resources);
        const sum = (figure: "usdPerDay" | "worstCaseUsdPerDay"): number =>
          summary.lines.reduce((total, line) => total.plus(line[figure]), new Decimal(0)).toNumber();
        assert.equal(summary.usdPerDay, sum("usdPerDay"));
        assert.equal(summary.worstCaseUsdPerDay, sum("worstCaseUsdPerDay"));
      }),
    );
  });

  it("order themselves: cheapest zone ≤ schedule ≤ all day ≤ worst case", () => {
    fc.assert(
      fc.property(plan, (resources) => {
        const { usdPerDay, usdPerDayRange, allDayUsdPerDay, worstCaseUsdPerDay } = price(resources);
        assert.ok(usdPerDayRange.cheapestZone <= usdPerDay);
        assert.equal(usdPerDayRange.dearestZone, usdPerDay);
        assert.ok(usdPerDay <= allDayUsdPerDay);
        assert.ok(allDayUsdPerDay <= worstCaseUsdPerDay);
      }),
    );
  });

  it("add up over parts of a plan, and no resource makes any of them smaller", () => {
    fc.assert(
      fc.property(plan, part, (resources, make) => {
        const more = make(1_000);
        const [before, added, after] = [price(resources), price(more), price([...resources, ...more])];
        for (const total of TOTALS) {
          assert.equal(after[total], new Decimal(before[total]).plus(added[total]).toNumber(), total);
          assert.ok(after[total] >= before[total], total);
        }
      }),
    );
  });

  it("do not depend on the order of resources", () => {
    fc.assert(
      fc.property(
        plan.chain((resources) =>
          fc.tuple(fc.constant(resources), fc.shuffledSubarray(resources, { minLength: resources.length })),
        ),
        ([resources, shuffled]) => {
          assert.deepEqual(price(shuffled), price(resources));
        },
      ),
    );
  });

  it("never contain what is no amount of money", () => {
    fc.assert(
      fc.property(plan, (resources) => {
        for (const { usdPerDay, worstCaseUsdPerDay, quantity } of price(resources).lines) {
          for (const number of [usdPerDay, worstCaseUsdPerDay, quantity])
            assert.ok(Number.isFinite(number) && number >= 0);
          assert.ok(worstCaseUsdPerDay > 0);
        }
      }),
    );
  });

  it("of 1,000 slots are those of one, a thousand times", () => {
    const options = { types: ["i4i.2xlarge", "c7a.2xlarge"], zones: ["usw2-az1", "usw2-az2"] };
    const many = Array.from({ length: 1_000 }, (_, ordinal) =>
      slot(`slot-${String(ordinal)}`, options),
    ).flat();
    const [one, thousand] = [price(slot("slot", options)), price(many)];
    for (const total of TOTALS)
      assert.equal(thousand[total], new Decimal(one[total]).times(1_000).toNumber(), total);
    assert.equal(thousand.notes.length, one.notes.length);
  });
});
