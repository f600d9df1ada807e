import assert from "node:assert/strict";
import { Cron } from "croner";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { architectureOf } from "../../infra/settings/architecture.ts";
import { cronProblem } from "../../infra/settings/cron.ts";
import { timeZone } from "../../infra/settings/fields.ts";
import { overlap } from "../../infra/settings/schema.ts";

const byte = fc.integer({ min: 0, max: 255 });
const cidr = fc
  .tuple(byte, byte, byte, byte, fc.integer({ min: 0, max: 32 }))
  .map(([a, b, c, d, prefix]) => `${[a, b, c, d].join(".")}/${String(prefix)}`);

/** First and last address of a block as numbers: the plain meaning of overlap, slow but evident. */
function bounds(block: string): readonly [number, number] {
  const number = (address: ipaddr.IPv4) => address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return [
    number(ipaddr.IPv4.networkAddressFromCIDR(block)),
    number(ipaddr.IPv4.broadcastAddressFromCIDR(block)),
  ];
}

describe("overlap of address blocks (FM-40)", () => {
  it("is that of their first and last addresses", () => {
    fc.assert(
      fc.property(cidr, cidr, (first, second) => {
        const [a, b] = [bounds(first), bounds(second)];
        assert.equal(overlap(first, second), a[0] <= b[1] && b[0] <= a[1]);
      }),
    );
  });

  it("holds both ways, and of every block with itself", () => {
    fc.assert(
      fc.property(cidr, cidr, (first, second) => {
        assert.equal(overlap(first, second), overlap(second, first));
        assert(overlap(first, first));
      }),
    );
  });

  it("holds for a block and any block within it", () => {
    const within = cidr.chain((block) => {
      const [address = "", prefix = ""] = block.split("/");
      return fc.tuple(
        fc.constant(block),
        fc.integer({ min: Number(prefix), max: 32 }).map((longer) => `${address}/${String(longer)}`),
      );
    });
    fc.assert(fc.property(within, ([outer, inner]) => overlap(outer, inner)));
  });

  it("does not hold for neighbours", () => {
    assert(!overlap("10.20.0.0/16", "10.21.0.0/16"));
    assert(!overlap("10.20.0.0/25", "10.20.0.128/25"));
  });
});

describe("cron expressions of schedules (FM-40)", () => {
  const item = (low: number, high: number) => {
    const number = fc.integer({ min: low, max: high });
    const range = fc
      .tuple(number, number)
      .map(([a, b]) => `${String(Math.min(a, b))}-${String(Math.max(a, b))}`);
    const base = fc.oneof(fc.constant("*"), number.map(String), range);
    return fc.array(base, { minLength: 1, maxLength: 3 }).map((items) => items.join(","));
  };
  const expression = fc
    .tuple(item(0, 59), item(0, 23), item(1, 31), item(1, 12), item(0, 6))
    .map((fields) => fields.join(" "));

  it("accepts what an independent reader of cron accepts", () => {
    fc.assert(
      fc.property(expression, (text) => {
        assert.equal(cronProblem(text), undefined);
        assert.doesNotThrow(() => new Cron(text, { paused: true }));
      }),
    );
  });

  for (const text of ["0 8 * * 1-5", "*/15 8-18/2 1,15 JAN-DEC mon,FRI", "0  0 * *   SUN"]) {
    it(`accepts ${text}`, () => {
      assert.equal(cronProblem(text), undefined);
    });
  }

  for (const [text, reason] of [
    ["60 8 * * *", /minute "60" must be \*, or numbers 0-59/],
    ["0 24 * * *", /hour "24"/],
    ["0 8 0 * *", /day of month "0"/],
    ["0 8 * 13 *", /month "13" must be \*, or numbers 1-12 or JAN-DEC/],
    ["0 8 * * 7", /day of week "7" must be \*, or numbers 0-6 or SUN-SAT/],
    ["0 8 * * 5-1", /day of week "5-1"/],
    ["*/0 8 * * *", /minute/],
    ["0 8, * * *", /hour "8,"/],
    ["0 8 * * MONDAY", /day of week/],
    ["1-2-3 8 * * *", /minute/],
    ["@daily", /five fields .* not of 1$/],
    ["0 0 8 * * 1-5", /not of 6$/],
  ] as const) {
    it(`refuses ${text}`, () => {
      assert.match(cronProblem(text) ?? "accepted", reason);
    });
  }
});

describe("time zones of schedules (FM-40)", () => {
  for (const zone of ["UTC", "America/Los_Angeles", "Asia/Calcutta", "Etc/GMT+9"]) {
    it(`accepts ${zone}`, () => {
      assert(timeZone.safeParse(zone).success);
    });
  }
  for (const zone of ["+02:00", "america/los_angeles", "PDT7", "Europe/Nowhere", ""]) {
    it(`refuses ${JSON.stringify(zone)}`, () => {
      assert(!timeZone.safeParse(zone).success);
    });
  }
});

describe("CPU architecture of an instance type", () => {
  for (const type of [
    "c7g.large",
    "t4g.nano",
    "im4gn.large",
    "is4gen.medium",
    "g5g.xlarge",
    "r8gd.metal-24xl",
    "a1.metal",
    "mac2-m2.metal",
    "p6e-gb200.36xlarge",
  ]) {
    it(`${type} is arm64`, () => {
      assert.equal(architectureOf(type), "arm64");
    });
  }
  for (const type of [
    "c7a.large",
    "i4i.2xlarge",
    "g4dn.xlarge",
    "g6.xlarge",
    "m7i-flex.large",
    "u-6tb1.metal",
    "mac1.metal",
    "gr6.4xlarge",
  ]) {
    it(`${type} is x86_64`, () => {
      assert.equal(architectureOf(type), "x86_64");
    });
  }
});
