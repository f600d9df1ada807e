import assert from "node:assert/strict";
import { fixedUsdPerDay } from "../../infra/guard-fixed-cost.ts";
import { guardConfig, type GuardedPlaces } from "../../infra/guard-config.ts";
import type { Settings, SettingsInput } from "../../infra/settings/schema.ts";
import { ALWAYS_ON_REGIONS } from "../../model/regions.ts";
import type { Plan } from "../../model/plan.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { UnpricedError } from "../../pricing/errors.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { nanoUsd, usdOf } from "../../runtime/guard/money.ts";
import { readGuardConfig } from "../../runtime/guard/aws/config-file.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { auditedPlans } from "../auditors/audited-plans.ts";
import { settings } from "../support/components.ts";
import { planOf, STACKS, stackSettings } from "../support/plans.ts";

const CATALOGUE = loadCatalogue();
const PLACES: GuardedPlaces = {
  account: "123456789012",
  vpcId: "vpc-0123456789abcdef0",
  orchestratorId: "i-0123456789abcdef0",
};

function configOf(changes: Partial<SettingsInput> = {}): GuardConfig {
  return guardConfig(settings({ cluster: { size: "small" }, ...changes }), CATALOGUE)(PLACES);
}

/** What a plan costs a day without hosts and without what is set aside, from its lines. */
function fixedInPlan({ cost, resources }: Plan): number {
  const hosts = new Set(
    resources
      .filter(({ type }) => ["aws:autoscaling/group:Group", "aws:ec2/instance:Instance"].includes(type))
      .map(({ urn }) => urn),
  );
  return cost.lines
    .filter(({ urn, basis }) => !hosts.has(urn) && basis !== "allowance")
    .reduce((sum, { usdPerDay }) => sum + usdPerDay, 0);
}

/** The dearest hour of a host in a plan, US dollars. */
function hourInPlan({ cost }: Plan, name: string): number {
  return (
    cost.lines
      .filter(({ urn }) => urn.endsWith(`::${name}`))
      .reduce((sum, { worstCaseUsdPerDay }) => sum + worstCaseUsdPerDay, 0) / 24
  );
}

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-8, `${what}: ${String(actual)} instead of ${String(expected)}`);
}

describe("configuration of the guard", () => {
  for (const stack of STACKS) {
    it(`counts in ${stack} what the plan costs: every slot, the orchestrator and all that is fixed`, async () => {
      const plan = await planOf(stack);
      const config = guardConfig(stackSettings(stack), CATALOGUE)(PLACES);
      assertNear(usdOf(config.fixedPerDay).toNumber(), fixedInPlan(plan), "fixed");
      for (const { name, ceilingPerHour } of config.slots)
        assertNear(usdOf(ceilingPerHour).toNumber(), hourInPlan(plan, `${name}-group`), name);
      const [orchestrator] = config.persistent;
      assertNear(
        usdOf(orchestrator?.perHour ?? 0).toNumber(),
        hourInPlan(plan, "orchestrator-instance"),
        "orchestrator",
      );
    });
  }

  it("names the slots that each schedule keeps up, and none where there is none", () => {
    const days = { name: "days", start: "0 8 * * 1-5", stop: "0 16 * * 1-5", timeZone: "Europe/London" };
    const config = configOf({
      cluster: {
        size: "medium",
        schedules: [
          { ...days, size: "small", exceptions: ["2026-12-24"] },
          { ...days, name: "nights", start: "0 20 * * *", stop: "0 23 * * *" },
        ],
      },
    });
    assert.deepEqual(config.schedules, [
      { ...days, slots: ["storage-1", "fuse-client-1"], exceptions: ["2026-12-24"] },
      {
        ...days,
        name: "nights",
        start: "0 20 * * *",
        stop: "0 23 * * *",
        slots: config.slots.map(({ name }) => name),
        exceptions: [],
      },
    ]);
    assert.deepEqual(readGuardConfig(JSON.stringify(config)), config);
    assert.ok(!("schedules" in configOf()));
  });

  it("counts what every example costs that has a guard, private networks among them", async () => {
    let compared = 0;
    for (const [name, plan] of await auditedPlans()) {
      const guard = plan.resources.find(({ type }) => type === "proving-ground:infra:Guard");
      if (guard === undefined) continue;
      const { fixedPerDay } = JSON.parse(archivedConfig(plan)) as GuardConfig;
      assertNear(usdOf(fixedPerDay).toNumber(), fixedInPlan(plan), name);
      compared += 1;
    }
    assert.ok(compared >= 4, `only ${String(compared)} plans have a guard`);
  });

  it("prices endpoints and NAT gateway of a private network, and secrets that the stack makes", () => {
    const fixed = (changes: Partial<SettingsInput>): number => fixedUsdPerDay(settings(changes), CATALOGUE);
    const base = fixed({});
    assert.ok(fixed({ network: { mode: "private" } }) - base > 5 * 2 * 24 * 0.01);
    assertNear(
      fixed({ secrets: { create: true, names: ["a/b", "a/c"] } }) - base,
      (2 * 0.4 * 24) / 730,
      "two secrets",
    );
    assert.equal(fixed({ secrets: { create: false, names: ["a/b"] } }), base);
  });

  it("is accepted by the function that reads it", () => {
    const config = configOf({ modelApi: { usdPerDay: 5 } });
    assert.deepEqual(readGuardConfig(JSON.stringify(config)), config);
  });

  it("says the settings in the guard's own units", () => {
    const config = configOf({
      guard: {
        intervalMinutes: 10,
        warnPercent: 70,
        rearm: "manual",
        deadManMinutes: 40,
        unknownInstances: "report",
        leaseWarningMinutes: 15,
        regions: ["eu-west-1"],
      },
    });
    assert.equal(config.linePerDay, nanoUsd(15));
    assert.deepEqual(
      [config.intervalMs, config.deadManMs, config.timeToActMs, config.leaseWarningMs],
      [10 * MINUTE, 40 * MINUTE, 2 * MINUTE, 15 * MINUTE],
    );
    assert.deepEqual([config.warnPercent, config.rearm, config.unknownInstances], [70, "manual", "report"]);
    assert.deepEqual(config.regions, ["us-west-2", "eu-west-1"]);
    assert.deepEqual(config.vpcIds, [PLACES.vpcId]);
    assert.deepEqual(config.persistent[0]?.instanceIds, [PLACES.orchestratorId]);
  });

  it("watches every region that is always on, with its own (FM-18)", () => {
    const { regions, homeRegion } = configOf();
    assert.equal(regions[0], homeRegion);
    assert.deepEqual([...regions].sort(), [...ALWAYS_ON_REGIONS].sort());
  });

  it("trusts the topic and the budget of the environment alone (FM-02)", () => {
    const { budgetTopicArn, budgetNames, account } = configOf();
    assert.equal(budgetTopicArn, "arn:aws:sns:us-west-2:123456789012:proving-ground-dev-alarms");
    assert.deepEqual(budgetNames, ["proving-ground-dev-day"]);
    assert.equal(account, "123456789012");
  });

  it("counts a slot at its dearest type, and a model without a price at the dearest known (FM-11)", () => {
    const input = (instanceTypes: string[]) => ({
      cluster: { size: "small", roles: { storage: { instanceTypes } } } as const,
    });
    const ceiling = (types: string[]): number => configOf(input(types)).slots[0]?.ceilingPerHour ?? 0;
    assert.equal(ceiling(["i4i.large", "i4i.2xlarge"]), ceiling(["i4i.2xlarge"]));
    assert.ok(ceiling(["i4i.2xlarge"]) > ceiling(["i4i.large"]));

    const price = { model: "cheap", usdPerMillionInputTokens: 1, usdPerMillionOutputTokens: 5 };
    const models = configOf({ modelApi: { usdPerDay: 5 }, guard: { modelPrices: [price] } }).modelPrices;
    const cache = { perCacheReadToken: 100, perCacheWriteToken: 2_000 };
    assert.deepEqual(models[0], { model: "cheap", perInputToken: 1_000, perOutputToken: 5_000, ...cache });
    const dearCache = { perCacheReadToken: 1_650, perCacheWriteToken: 33_000 };
    assert.deepEqual(models[1], {
      model: "*",
      perInputToken: 16_500,
      perOutputToken: 82_500,
      ...dearCache,
    });
    assert.deepEqual(configOf().modelPrices, []);
    assert.equal(configOf().agentsRole, undefined);
  });

  it("leaves nothing out for a renamed slot", () => {
    const parsed = settings({ cluster: { size: "small" } });
    const { slots } = guardConfig(parsed, CATALOGUE, { "storage-1": "node-1" })(PLACES);
    assert.deepEqual(
      slots.map(({ name, group, profile }) => [name, group, profile]),
      [
        ["storage-1", "proving-ground-dev-node-1", "proving-ground-dev-node-1"],
        ["fuse-client-1", "proving-ground-dev-fuse-client-1", "proving-ground-dev-fuse-client-1"],
      ],
    );
  });

  it("is refused without prices, all that are missing at once, before AWS is asked", () => {
    const parsed: Settings = settings({
      orchestrator: { instanceType: "c9a.large" },
      cluster: { size: "small", roles: { storage: { instanceTypes: ["i9i.large"] } } },
    });
    assert.throws(
      () => guardConfig(parsed, CATALOGUE),
      (error) => error instanceof UnpricedError && error.problems.length === 2,
    );
  });

  it("is that of no stack without a guard", () => {
    assert.throws(() => guardConfig(settings({ guard: { enabled: false } }), CATALOGUE), RangeError);
  });

  it("holds no secret, nor anything that is not the guard's (FM-65)", () => {
    const text = JSON.stringify(
      configOf({ secrets: { names: ["cfs/github-token"] }, modelApi: { usdPerDay: 5 } }),
    );
    assert.doesNotMatch(text, /secret|github|oncall@example\.com|AKIA/i);
  });
});

/** The configuration in the archive of a plan's function. */
function archivedConfig(plan: Plan): string {
  const [lambda] = plan.resources.filter(({ type }) => type === "aws:lambda/function:Function");
  const { code } = lambda?.inputs ?? {};
  const files = (code as { archive?: Record<string, { text?: string }> } | undefined)?.archive;
  return files?.["config.json"]?.text ?? assert.fail("the plan shows no config.json");
}
