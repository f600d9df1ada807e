import assert from "node:assert/strict";
import { ListMetricsCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { HEARTBEAT_METRIC, METRIC_NAMESPACE } from "../../model/guard.ts";
import { totalOf, type Ledger, type OpenMeter } from "../../runtime/guard/ledger.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { operationOf } from "../support/aws-query.ts";
import { startAccount, type Account } from "./account.ts";
import { CONFIG, groupOf, NOON, REGION, tagsOf, TIGHT } from "./setting.ts";

describe("guard on moto: look and meter", function () {
  this.timeout(60_000);
  let account: Account;

  before(async function () {
    account = await startAccount(this);
  });
  after(() => (account as Account | undefined)?.stop());
  beforeEach(() => account.make());

  async function ledger(): Promise<Ledger> {
    const found = await account.table.read();
    assert.ok(found !== undefined, "the guard wrote no ledger");
    return found;
  }

  async function open(id: string): Promise<OpenMeter> {
    const found = (await ledger()).meters.get(id);
    return found?.open === true ? found : assert.fail(`${id} is not metered`);
  }

  function quote(usdPerHour: string, from = NOON - DAY): void {
    account.instances.spotPrices.push({
      region: REGION,
      zoneId: "usw2-az2",
      type: "i4i.2xlarge",
      usdPerHour,
      from,
    });
  }

  it("charges a spot host at the live price of its zone, and beats its heart", async () => {
    quote("0.2");
    quote("0.23", NOON - HOUR);
    const id = await account.start("storage-1");
    await account.tick();
    const { market, zone, perHour, claim } = await open(id);
    assert.deepEqual([market, zone, claim.slot], ["spot", "usw2-az2", "storage-1"]);
    assert.equal(perHour, nanoUsd("0.24"), "the price in force, with a cent for address and volumes");

    const before = totalOf((await ledger()).days.at(-1) ?? assert.fail("no day"));
    account.clock.pass(HOUR);
    await account.tick();
    const after = totalOf((await ledger()).days.at(-1) ?? assert.fail("no day"));
    const fixed = charge(CONFIG.fixedPerDay, HOUR) / 24;
    // The first look may have counted some seconds of the least billed minute ahead.
    assert.ok(Math.abs(after - before - nanoUsd("0.24") - fixed) < charge(nanoUsd("0.24"), MINUTE));
    assert.equal(account.calls()["PutMetricData"], 2);
    assert.equal(await account.table.heartbeat(), account.clock.now());
    const { Metrics } = await account.cloudWatch.send(
      new ListMetricsCommand({ Namespace: METRIC_NAMESPACE }),
    );
    assert.deepEqual(
      Metrics?.map(({ MetricName, Dimensions }) => [MetricName, Dimensions?.[0]?.Value]),
      [[HEARTBEAT_METRIC, "dev"]],
    );
  });

  it("an old, missing or absurd quote gives the on-demand price (FM-11)", async () => {
    const id = await account.start("storage-1");
    for (const price of ["0.000010", "NaN", "-1", ""]) {
      account.instances.spotPrices.length = 0;
      quote(price);
      account.clock.pass(MINUTE);
      await account.tick();
      assert.equal((await open(id)).perHour, nanoUsd("0.696"), price);
    }
  });

  it("reads 1,500 instances completely, in two pages, and stops the one on the last (FM-07, FM-10)", async () => {
    const foreign = await account.run({ team: "other" });
    account.instances.crowds.set(foreign, 1_498);
    const victim = await account.run(tagsOf("on-demand"));
    account.proxy.clear();
    const config = { ...CONFIG, unknownInstances: "report" } as const;
    await account.tick(config);
    const large = account.calls();
    assert.equal(large["DescribeInstances"], 2);
    assert.equal((await ledger()).meters.size, 1_500);

    account.instances.crowds.clear();
    account.proxy.clear();
    await account.tick(config);
    assert.deepEqual(
      { ...account.calls(), DescribeInstances: 2 },
      omit(large, "DescribeScalingActivities"),
      "beyond its pages, a look at many takes the calls of a look at two",
    );

    account.instances.crowds.set(foreign, 1_498);
    await account.tick({ ...config, linePerDay: TIGHT });
    const left = await account.runningIds();
    assert.ok(left.includes(foreign) && !left.includes(victim));
  });

  it("a tick costs these calls and no other", async () => {
    await account.start("storage-1");
    await account.tick();
    account.proxy.clear();
    await account.tick();
    assert.deepEqual(account.calls(), {
      PutItem: 3, // lock, ledger, heartbeat
      DeleteItem: 1, // lock
      GetItem: 1,
      Query: 1,
      DescribeInstances: 1,
      DescribeAutoScalingGroups: 1,
      DescribeScheduledActions: 1,
      DescribeSpotPriceHistory: 1,
      ReceiveMessage: 1,
      ListMetrics: 1,
      PutMetricData: 1,
    });
  });

  it("throttled calls are repeated until they are answered: nothing is missed (FM-10)", async () => {
    const id = await account.start("storage-1");
    const refused: string[] = [];
    account.proxy.rule((request) => {
      const operation = operationOf(request);
      if (!/^(DescribeInstances|DescribeAutoScalingGroups)$/.test(operation)) return undefined;
      if (refused.filter((one) => one === operation).length >= 1) return undefined;
      refused.push(operation);
      return throttled(operation);
    });
    assert.equal((await account.tick()).outcome, "done");
    assert.equal(refused.length, 2);
    assert.equal((await ledger()).meters.get(id)?.open, true);
  });

  it("a home region that cannot be read counts at the last known burn, without a heartbeat (FM-12)", async () => {
    await account.start("storage-1");
    await account.tick();
    const before = totalOf((await ledger()).days.at(-1) ?? assert.fail("no day"));
    account.proxy.clear();
    account.proxy.rule((request) =>
      operationOf(request) === "DescribeInstances" ? unavailable() : undefined,
    );
    account.clock.pass(HOUR);
    await account.tick();
    const after = totalOf((await ledger()).days.at(-1) ?? assert.fail("no day"));
    assert.ok(after - before > nanoUsd("0.69"), "an hour at the on-demand price");
    assert.equal(account.calls()["PutMetricData"], undefined);
    assert.ok(JSON.stringify(account.log).includes("could not be read"));
  });

  it("after hours without a tick, what lived and died meanwhile is metered once (FM-12, FM-13)", async () => {
    await account.tick();
    account.clock.pass(4 * HOUR);
    const id = "i-0123456789abcdef0";
    const group = groupOf("storage-2");
    account.groups.activities.push(
      activity(`Terminating EC2 instance: ${id}`, group, NOON + 2 * HOUR),
      activity(`Launching a new EC2 instance: ${id}`, group, NOON + HOUR),
    );
    await account.happen(id, "running", NOON + HOUR);
    await account.happen(id, "shutting-down", NOON + 2 * HOUR);
    await account.happen(id, "terminated", NOON + 2 * HOUR + 20 * SECOND);
    await account.happen(id, "running", NOON + HOUR);
    const before = (await ledger()).days.at(-1)?.compute ?? Number.NaN;
    await account.tick();
    const { days, meters } = await ledger();
    assert.equal(
      (days.at(-1)?.compute ?? Number.NaN) - before,
      nanoUsd("0.75"),
      "an hour at the slot's ceiling",
    );
    assert.equal(meters.get(id)?.open, false);
    assert.deepEqual(Object.keys(days.at(-1)?.byRole ?? {}), ["storage"]);
    assert.equal(await account.queued(), 0);

    await account.happen(id, "terminated", NOON + 2 * HOUR + 20 * SECOND);
    await account.tick();
    assert.equal((await ledger()).days.at(-1)?.compute, days.at(-1)?.compute);
  });

  it("takes hundreds of events in one look, and leaves to the dead letters what is none", async () => {
    await account.tick();
    await Promise.all(
      Array.from({ length: 35 }, (_, index) =>
        account.happen(`i-${String(index).padStart(17, "0")}`, "running", NOON),
      ),
    );
    await account.send({ hello: "guard" });
    account.clock.pass(10 * MINUTE);
    await account.tick();
    assert.equal(await account.queued(), 1);
    assert.equal([...(await ledger()).meters.keys()].filter((id) => id.startsWith("i-0000")).length, 35);
    assert.ok(JSON.stringify(account.log).includes("not an EC2 state change"));
  });

  it("adds up the tokens of models by day, however often it asks", async () => {
    const tokens = async (metric: string, value: number, at: number, model = "sonnet"): Promise<void> => {
      const Dimensions = [{ Name: "ModelId", Value: model }];
      const MetricData = [{ MetricName: metric, Dimensions, Value: value, Timestamp: new Date(at) }];
      await account.cloudWatch.send(new PutMetricDataCommand({ Namespace: "AWS/Bedrock", MetricData }));
    };
    await tokens("InputTokenCount", 400_000, NOON - 3 * HOUR);
    await tokens("InputTokenCount", 600_000, NOON - HOUR);
    await tokens("OutputTokenCount", 100_000, NOON - HOUR);
    await tokens("InputTokenCount", 500_000, NOON - DAY, "haiku");
    await tokens("CacheReadInputTokenCount", 2_000_000, NOON - HOUR);
    await tokens("CacheWriteInputTokenCount", 100_000, NOON - HOUR);
    await tokens("Invocations", 9_000_000, NOON - HOUR);
    await account.tick();
    await account.tick();
    const { days } = await ledger();
    // At $3 and $15 a million; the prompt cache at $0.30 and $3.75.
    assert.equal(days.find(({ day }) => day === "2026-11-21")?.model, nanoUsd("5.475"));
    assert.equal(days.find(({ day }) => day === "2026-11-20")?.model, nanoUsd("1.5"));
  });

  it("keeps finished days for good", async () => {
    await account.start("storage-1");
    await account.tick();
    for (let day = 1; day <= 3; day += 1) {
      account.clock.pass(DAY);
      await account.tick();
    }
    const kept = await account.table.archived("2026-11-01", "2026-11-30");
    assert.deepEqual(
      kept.map(({ day }) => day),
      ["2026-11-21", "2026-11-22"],
    );
    assert.ok(kept.every((day) => totalOf(day) > 0 && day.byOwner["claudefs"] !== undefined));
  });
});

function activity(description: string, group: string, at: number) {
  return { description, group, at, status: "Successful" };
}

function throttled(operation: string) {
  const code = operation.includes("AutoScaling") ? "Throttling" : "RequestLimitExceeded";
  return {
    status: operation.includes("AutoScaling") ? 400 : 503,
    body: operation.includes("AutoScaling")
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>Rate exceeded</Message></Error><RequestId>0</RequestId></ErrorResponse>`
      : `<Response><Errors><Error><Code>${code}</Code><Message>Request limit exceeded.</Message></Error></Errors><RequestID>0</RequestID></Response>`,
  };
}

/** An error that the SDK does not repeat, so that the test is quick. */
function unavailable() {
  return {
    status: 400,
    body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>No.</Message></Error></Errors><RequestID>0</RequestID></Response>`,
  };
}

function omit(counts: Readonly<Record<string, number>>, name: string): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([key]) => key !== name));
}
