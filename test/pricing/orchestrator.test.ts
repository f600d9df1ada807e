import assert from "node:assert/strict";
import type { CostLine } from "../../model/cost.ts";
import type { ResourceRecord } from "../../model/resource.ts";
import { estimate } from "../../pricing/estimate.ts";
import { CATALOGUE, provider, record, subnet } from "./records.ts";

const REGION = provider("us-west-2");

type Row = readonly [item: string, quantity: number, unit: string, usdPerDay: number];

/** Lines of one resource (the last), cut to the figures a hand calculation gives. */
function rows(...resources: readonly ResourceRecord[]): readonly Row[] {
  const last = resources.at(-1);
  return estimate([REGION, ...resources], CATALOGUE)
    .lines.filter(({ urn }) => urn === last?.urn)
    .map(({ item, quantity, unit, usdPerDay }: CostLine) => [item, quantity, unit, usdPerDay]);
}

/** US dollars a day of a monthly price, as the estimate cuts it. */
function aDayOf(usdPerMonth: number): number {
  return Number(((usdPerMonth * 24) / 730).toFixed(10));
}

describe("the orchestrator", () => {
  const inputs = {
    instanceType: "c7a.2xlarge",
    rootBlockDevice: { volumeSize: 100, volumeType: "gp3", iops: 3000, throughput: 125 },
  };

  it("costs 10.1165 USD a day with 100 GB of gp3, without its address", () => {
    const summary = estimate(
      [REGION, record("aws:ec2/instance:Instance", "orchestrator", inputs)],
      CATALOGUE,
    );
    // 24 × 0.41056 + 100 × 0.08 × 24 / 730
    assert.ok(Math.abs(summary.usdPerDay - 10.1164536986) < 1e-9, String(summary.usdPerDay));
    assert.equal(summary.worstCaseUsdPerDay, summary.usdPerDay);
    assert.equal(summary.allDayUsdPerDay, summary.usdPerDay);
    assert.equal(summary.clusterOnDemandUsdPerHour, 0);
    assert.deepEqual(
      summary.lines.map(({ item, basis }) => [item, basis]),
      [
        ["on-demand instance (c7a.2xlarge)", "on-demand"],
        ["root volume (gp3)", "fixed"],
      ],
    );
  });

  it("costs 0.12 USD more with a public address, whether stated or given by its subnet", () => {
    const stated = record("aws:ec2/instance:Instance", "orchestrator", {
      ...inputs,
      associatePublicIpAddress: true,
    });
    assert.equal(rows(stated).find(([item]) => item === "public IPv4 address")?.[3], 0.12);
    const given = record("aws:ec2/instance:Instance", "orchestrator", inputs, {
      dependsOn: { subnetId: [subnet("usw2-az2").urn] },
    });
    assert.equal(rows(subnet("usw2-az2", { mapPublicIpOnLaunch: true }), given).length, 3);
    assert.equal(rows(subnet("usw2-az2"), given).length, 2);
  });

  it("is priced in its zone where it asks for spot", () => {
    const spot = record(
      "aws:ec2/instance:Instance",
      "orchestrator",
      { ...inputs, instanceMarketOptions: { marketType: "spot" } },
      { dependsOn: { subnetId: [subnet("usw2-az2").urn] } },
    );
    const [line] = estimate([REGION, subnet("usw2-az2"), spot], CATALOGUE).lines.filter(
      ({ unit }) => unit === "hour",
    );
    assert.deepEqual([line?.basis, line?.usdPerDay, line?.worstCaseUsdPerDay], ["spot", 3.9624, 9.85344]);
  });

  it("takes type and volumes from its launch template where it states none", () => {
    const template = record("aws:ec2/launchTemplate:LaunchTemplate", "t", {
      instanceType: "c7a.2xlarge",
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeSize: 100, volumeType: "gp3" } },
        { deviceName: "/dev/sdf", ebs: { volumeSize: "50", volumeType: "gp3" } },
      ],
    });
    const instance = record(
      "aws:ec2/instance:Instance",
      "o",
      { launchTemplate: { id: "[t.id]" } },
      { dependsOn: { launchTemplate: [template.urn] } },
    );
    assert.deepEqual(rows(template, instance), [
      ["on-demand instance (c7a.2xlarge)", 24, "hour", 9.85344],
      ["root volume (gp3)", 100, "GiB", aDayOf(8)],
      ["volume /dev/sdf (gp3)", 50, "GiB", aDayOf(4)],
    ]);
  });
});
