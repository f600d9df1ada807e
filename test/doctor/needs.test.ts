import assert from "node:assert/strict";
import fc from "fast-check";
import { hostsOf, needsOf, type HostNeed } from "../../cli/doctor/needs.ts";
import { QUOTA_FAMILIES, quotaFamilyOf } from "../../cli/doctor/quota-families.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { stackSettings } from "../support/plans.ts";

const VCPUS: Readonly<Record<string, number>> = {
  "c7a.large": 2,
  "c7a.xlarge": 4,
  "c7a.2xlarge": 8,
  "i4i.2xlarge": 8,
  "t3.medium": 2,
  "g6.xlarge": 4,
  "g6.12xlarge": 48,
  "x2idn.16xlarge": 64,
  "dl1.24xlarge": 96,
};
const vcpus = (type: string): number | undefined => VCPUS[type];

describe("what a stack needs of its account", () => {
  const host: fc.Arbitrary<HostNeed> = fc.record({
    market: fc.constantFrom("spot", "on-demand"),
    types: fc.uniqueArray(fc.constantFrom(...Object.keys(VCPUS), "zz9.unknown"), {
      minLength: 1,
      maxLength: 4,
    }),
    zones: fc.uniqueArray(fc.constantFrom("usw2-az1", "usw2-az2"), { minLength: 1 }),
  });
  const hosts = fc.array(host, { maxLength: 12 });

  it("adds up: the needs of two stacks together are the sum of each (FM-20)", () => {
    fc.assert(
      fc.property(hosts, hosts, (one, other) => {
        const total = (all: readonly HostNeed[], field: "required" | "fallback") => {
          const sums: Record<string, number> = {};
          for (const need of needsOf(all, vcpus).quotas) sums[`${need.market} ${need.family}`] = need[field];
          return sums;
        };
        for (const field of ["required", "fallback"] as const) {
          const [a, b, both] = [total(one, field), total(other, field), total([...one, ...other], field)];
          for (const [key, sum] of Object.entries(both))
            assert.equal(sum, (a[key] ?? 0) + (b[key] ?? 0), key);
        }
      }),
    );
  });

  it("covers every choice EC2 may make among the types of each host", () => {
    fc.assert(
      fc.property(hosts, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (all, picks) => {
        const { quotas } = needsOf(all, vcpus);
        const used: Record<string, number> = {};
        for (const [index, { market, types }] of all.entries()) {
          const type = types[(picks[index] ?? 0) % types.length] ?? "";
          const key = `${market} ${quotaFamilyOf(type) ?? ""}`;
          used[key] = (used[key] ?? 0) + (vcpus(type) ?? 0);
        }
        for (const { market, family, required, fallback } of quotas) {
          assert.ok(required >= (used[`${market} ${family}`] ?? 0));
          assert.ok(fallback >= required);
        }
      }),
    );
  });

  it("counts no type that EC2 does not know, and names it", () => {
    const one: HostNeed = { market: "spot", types: ["zz9.unknown", "c7a.large"], zones: ["usw2-az1"] };
    const needs = needsOf([one], vcpus);
    assert.deepEqual(needs.uncounted, ["zz9.unknown"]);
    assert.equal(needs.quotas.find(({ market }) => market === "spot")?.required, 2);
  });

  it("counts orchestrator and slots of a stack", () => {
    const { quotas } = needsOf(hostsOf(stackSettings("prod")), vcpus);
    assert.deepEqual(
      quotas.map(({ market, family, required, fallback }) => [market, family, required, fallback]),
      [
        ["on-demand", "standard", 8, 62],
        ["spot", "standard", 54, 54],
      ],
    );
  });

  it("knows the quota of every type with a price, but for a retired one that AWS puts in no quota", () => {
    const unknown = loadCatalogue()
      .pricedTypes("us-east-1")
      .filter((type) => quotaFamilyOf(type) === undefined);
    assert.deepEqual([...new Set(unknown.map((type) => type.split(".")[0]))], ["cr1"]);
  });

  it("tells families apart by all their letters", () => {
    for (const [type, family] of [
      ["dl1.24xlarge", "dl"],
      ["d3.xlarge", "standard"],
      ["inf2.xlarge", "inf"],
      ["im4gn.large", "standard"],
      ["is4gen.large", "standard"],
      ["trn1.2xlarge", "trn"],
      ["t3.medium", "standard"],
      ["gr6.4xlarge", "gpu"],
      ["vt1.3xlarge", "gpu"],
      ["x8g.large", "x"],
      ["u7i-12tb.224xlarge", "memory"],
      ["hpc7g.4xlarge", "hpc"],
      ["mac2.metal", undefined],
    ] as const)
      assert.equal(quotaFamilyOf(type), family, type);
  });

  it("has every quota once", () => {
    const codes = Object.values(QUOTA_FAMILIES).flatMap(({ quotas }) =>
      Object.values(quotas).map(({ code }) => code),
    );
    assert.equal(new Set(codes).size, codes.length);
  });
});
