import assert from "node:assert/strict";
import fc from "fast-check";
import { TAGS } from "../../model/tags.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { estimate } from "../../pricing/estimate.ts";
import { lossWithoutGuard, overshootWhenHealthy } from "../../runtime/guard/bound.ts";
import { nanoUsd, usdOf } from "../../runtime/guard/money.ts";
import { CATALOGUE, claudefs, provider, record, slot, urnOf } from "./records.ts";

const REGION = provider("us-west-2");

function lossOf(...resources: readonly ResourceRecord[]) {
  return estimate([REGION, ...resources], CATALOGUE).greatestLoss;
}

function guard(intervalMinutes: number, deadManMinutes: number): ResourceRecord {
  return record("proving-ground:infra:Guard", "guard", {
    intervalMinutes,
    timeToActMinutes: 2,
    deadManMinutes,
  });
}

describe("the greatest loss", () => {
  it("is nothing where nothing can be stopped", () => {
    const keeper = { instanceType: "c7a.large", tags: { [TAGS.life]: "persistent" } };
    assert.equal(lossOf(record("aws:ec2/instance:Instance", "keeper", keeper)), null);
    assert.equal(lossOf(), null);
  });

  it("is the burn of every slot on demand with address and disk, whatever its hours and its spot price", () => {
    // Five i4i.2xlarge, four of $0.20529 and one t3.medium, each with an address and 20 GiB of gp3: by hand in cluster.test.ts.
    const hosts = 9 * (0.005 + (20 * 0.08) / 730);
    assert.ok(Math.abs((lossOf(...claudefs(["usw2-az2"]))?.usdPerHour ?? 0) - (4.08744 + hosts)) < 1e-8);
  });

  it("of 20 storage nodes stays within the interval and the time to act (FM-15)", () => {
    const nodes = Array.from({ length: 20 }, (_, index) =>
      slot(`storage-${String(index)}`, { types: ["i4i.2xlarge"], gib: 0, address: false }),
    ).flat();
    const loss = lossOf(...nodes, guard(5, 30));
    assert.ok(loss?.guard !== null && loss !== null);
    // 13.72 dollars an hour of instances, and 8 GiB of root disk each, which a template without mappings has.
    assert.equal(loss.usdPerHour.toFixed(2), "13.74");
    assert.equal(loss.guard.healthy.minutes, 7);
    assert.ok(loss.guard.healthy.usd < 1.14 + (13.74 * 2) / 60 + 0.01);
    assert.equal(loss.guard.gone.minutes, 32);
  });

  it("counts a host whose tags are not known yet as one that can be stopped (FM-48)", () => {
    const unknown = { instanceType: "c7a.large", tags: "[other.tags]" };
    assert.ok((lossOf(record("aws:ec2/instance:Instance", "host", unknown))?.usdPerHour ?? 0) > 0.1);
  });

  it("is what the guard itself reckons with, never less", () => {
    const times = fc.tuple(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 180, max: 720 }));
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 5 }), ([interval, deadMan], count) => {
        const nodes = Array.from({ length: count }, (_, index) =>
          slot(`n-${String(index)}`, { types: ["c7a.large"] }),
        );
        const loss = lossOf(...nodes.flat(), guard(interval, deadMan));
        assert.ok(loss?.guard !== null && loss !== null);
        const burn = nanoUsd(loss.usdPerHour);
        const config = { intervalMs: interval * 60_000, timeToActMs: 120_000, deadManMs: deadMan * 60_000 };
        const [healthy, gone] = [overshootWhenHealthy(burn, config), lossWithoutGuard(burn, config)];
        // The guard counts whole nano-dollars an hour, rounded up, over at most twelve hours.
        for (const [planned, reckoned] of [
          [loss.guard.healthy.usd, healthy],
          [loss.guard.gone.usd, gone],
        ] as const)
          assert.ok(Math.abs(planned - usdOf(reckoned).toNumber()) < 2e-8);
      }),
      { numRuns: 25 },
    );
  });

  it("names the slowest of several guards", () => {
    const other = { ...guard(10, 60), urn: urnOf("proving-ground:infra:Guard", "other") };
    const loss = lossOf(...slot("a", { types: ["c7a.large"] }), guard(5, 30), other);
    assert.deepEqual([loss?.guard?.healthy.minutes, loss?.guard?.gone.minutes], [12, 62]);
  });
});
