import assert from "node:assert/strict";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { guardedStackOf } from "../../cli/guard/stack.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { newDay, withLatch, type Latch } from "../../runtime/guard/ledger.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { dayOf } from "../../runtime/guard/time.ts";
import { startClusterAccount, type ClusterAccount } from "../cluster/account.ts";
import { startGround, type Finished } from "../deploy/support.ts";
import { environmentOf, MOTO_ACCOUNT } from "../support/moto.ts";
import { stackSettings } from "../support/plans.ts";

describe("ground guard and ground cost as commands", function () {
  this.timeout(120_000);
  const stack = guardedStackOf(stackSettings("prod"), MOTO_ACCOUNT, loadCatalogue());
  let account: ClusterAccount;
  let now: number;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());

  beforeEach(async () => {
    now = Date.now();
    await account.make(now);
    await account.guardTicks();
    await alarms();
  });

  /** All of the stack's alarms, well. */
  async function alarms(): Promise<void> {
    const client = new CloudWatchClient({ ...account.moto.client, endpoint: account.proxy.url });
    for (const AlarmName of stack.alarms.values()) {
      await client.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: "proving-ground/guard",
          MetricName: "Heartbeat",
          Statistic: "SampleCount",
          Period: 300,
          EvaluationPeriods: 2,
          Threshold: 1,
          ComparisonOperator: "LessThanThreshold",
        }),
      );
      await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: "OK", StateReason: "test" }));
    }
    client.destroy();
  }

  function ground(...words: readonly string[]): Promise<Finished> {
    return startGround([...words, "--stack", "prod"], environmentOf(account.proxy.url)).finished;
  }

  it("status and cost count with AWS's figure where it is higher, and show the meter's; exit 0 (FM-10)", async () => {
    await account.meter({
      spentUsd: "12.50",
      billed: { day: dayOf(now), amount: nanoUsd("21"), at: now },
    });
    const [status, statusJson, cost, costJson] = await Promise.all([
      ground("guard", "status"),
      ground("guard", "status", "--json"),
      ground("cost", "--no-bill"),
      ground("cost", "--no-bill", "--json"),
    ]);
    for (const { exitCode, stdout, stderr } of [status, statusJson, cost, costJson])
      assert.equal(exitCode, 0, stdout + stderr);
    for (const { stdout } of [status, cost]) {
      assert.match(stdout, /^today +\$21\.00 of \$100\.00 spent, /m);
      assert.match(
        stdout,
        /^ +by AWS Budgets at .*; the meter, at .*, has \$12\.50, and the higher counts$/m,
      );
    }
    for (const { stdout } of [statusJson, costJson]) {
      const { money } = JSON.parse(stdout) as { money: Readonly<Record<string, unknown>> };
      assert.deepEqual(
        [money["spentUsd"], money["meteredUsd"], money["billed"]],
        [21, 12.5, { usd: 21, at: new Date(now).toISOString() }],
      );
    }
  });

  it("status, history and rearm go with a latch from its beginning to a person's word (FM-16)", async () => {
    const [none, early] = await Promise.all([ground("guard", "history"), ground("guard", "rearm", "--yes")]);
    assert.deepEqual([none.exitCode, none.stdout], [0, "No latch in the last 30 days.\n"]);
    assert.equal(early.exitCode, 0, early.stderr);
    assert.match(early.stdout, /^prod is not latched/);

    const latch: Latch = {
      since: now,
      day: dayOf(now),
      reason: "the line would be crossed",
      phase: "stopped",
      stopped: ["i-0123456789abcdef0"],
      reported: true,
    };
    await account.meter({ latch, days: withLatch([newDay(dayOf(now))], latch) });
    const [status, history, asData] = await Promise.all([
      ground("guard", "status"),
      ground("guard", "history"),
      ground("guard", "history", "--json", "--days", "1"),
    ]);
    assert.equal(status.exitCode, 5, status.stderr);
    assert.match(status.stdout, /^LATCHED since .*: the line would be crossed\.$/m);
    assert.equal(history.exitCode, 0, history.stderr);
    assert.match(
      history.stdout,
      /still latched; the day: \$0\.00\n {2}the line would be crossed\n {2}stopped: i-0123/,
    );
    assert.deepEqual(JSON.parse(asData.stdout), [
      {
        since: new Date(now).toISOString(),
        reason: latch.reason,
        stopped: latch.stopped,
        stoppedBefore: 0,
        slots: {},
        latched: true,
        rearmedAt: null,
        dayUsd: 0,
      },
    ]);

    const asked = await ground("guard", "rearm", "--yes", "--json");
    assert.equal(asked.exitCode, 0, asked.stderr);
    const { outcome, by } = JSON.parse(asked.stdout) as { outcome: string; by: string };
    assert.deepEqual([outcome, (await account.table.requests()).rearm?.by], ["requested", by]);
    assert.match((await ground("guard", "status")).stdout, /Re-arming was asked for by /);
    assert.match((await ground("guard", "rearm", "--yes")).stdout, /has asked already/);
  });

  it("rearm is refused by what AWS says of today, though the meter would leave room; exit 5 (FM-10)", async () => {
    const latch = {
      since: now,
      day: dayOf(now),
      reason: "the line would be crossed",
      phase: "stopped" as const,
      stopped: [],
      reported: true,
    };
    await account.meter({ latch, billed: { day: dayOf(now), amount: nanoUsd("100"), at: now } });
    const { exitCode, stderr } = await ground("guard", "rearm", "--yes");
    assert.equal(exitCode, 5, stderr);
    assert.match(
      stderr,
      /prod stays latched: \$100\.00 is spent as AWS Budgets has it, \$0\.00 by the meter, and \$/,
    );
    assert.equal((await account.table.requests()).rearm, undefined);
  });
});
