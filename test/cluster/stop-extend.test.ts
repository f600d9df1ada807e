import assert from "node:assert/strict";
import { PutScheduledUpdateGroupActionCommand, AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { stopExitCode } from "../../cli/cluster/commands.ts";
import { extend, type ExtendRequest } from "../../cli/cluster/extend.ts";
import { start } from "../../cli/cluster/start.ts";
import { clusterStatus, statusExitCode } from "../../cli/cluster/status.ts";
import { renderStatus, renderStop } from "../../cli/cluster/render.ts";
import { stop, type StopRequest, type StopResult } from "../../cli/cluster/stop.ts";
import { GroundError } from "../../cli/errors.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { operationOf } from "../support/aws-query.ts";
import { NOON } from "../guard-aws/setting.ts";
import { startClusterAccount, type ClusterAccount } from "./account.ts";

describe("ground cluster stop, extend, status on moto", function () {
  this.timeout(60_000);
  let account: ClusterAccount;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());
  beforeEach(() => account.make());

  async function started(owner = "alex", size: "small" | "large" = "small", forMs = 2 * HOUR): Promise<void> {
    const signal = new AbortController().signal;
    const request = { size, forMs, owner, onDemand: false, dryRun: false, signal };
    const progress = { priced: () => undefined, slots: () => undefined, said: () => undefined };
    await start(account.ports(), account.stack, request, account.prices, progress);
  }

  function stopped(change: Partial<StopRequest> = {}): Promise<StopResult> {
    const request = { owner: "alex", everybody: false, dryRun: false, signal: new AbortController().signal };
    return stop(account.ports(), account.stack, { ...request, ...change }, () => undefined);
  }

  function extended(change: Partial<ExtendRequest> = {}) {
    const request = { byMs: HOUR, owner: "alex", dryRun: false };
    return extend(account.ports(), account.stack, { ...request, ...change }, account.prices);
  }

  async function refused(work: Promise<unknown>): Promise<GroundError> {
    const [outcome] = await Promise.allSettled([work]);
    if (outcome.status === "rejected" && outcome.reason instanceof GroundError) return outcome.reason;
    throw new Error("it was not refused", { cause: outcome });
  }

  const leases = async () => (await account.table.requests()).leases;
  const look = () => clusterStatus(account.ports(), account.stack, account.prices);
  const states = async () => Object.fromEntries((await look()).rows.map(({ slot, state }) => [slot, state]));

  it("stops everything, waits until it is gone, and forgets the lease: exit 0", async () => {
    await started("alex", "large");
    const result = await stopped();
    assert.equal(result.outcome, "stopped");
    assert.equal(stopExitCode(result.outcome), 0);
    assert.deepEqual(await account.wanted(), []);
    assert.equal((await account.running()).length, 0);
    assert.deepEqual(await leases(), []);
    assert.match(renderStop(result), /^Stopped: storage-1, .*jepsen-1\. Their hosts are gone\./);
    assert.equal((await stopped()).outcome, "nothing to stop");
  });

  it("--dry-run says what would stop and changes nothing", async () => {
    await started();
    const result = await stopped({ dryRun: true });
    assert.match(renderStop(result), /^Would stop: storage-1, fuse-client-1\n[^]*Nothing was changed/);
    assert.equal((await account.running()).length, 2);
    assert.deepEqual(
      (await leases()).map(({ state }) => state),
      ["active"],
    );
  });

  it("tells the guard before the first group is touched, so that a stop that dies is carried on (FM-03)", async () => {
    await started();
    account.forgetRules();
    account.proxy.rule((request) => (operationOf(request) === "SetDesiredCapacity" ? "cut" : undefined));
    const result = await stopped();
    assert.equal(result.outcome, "failed");
    assert.equal(stopExitCode(result.outcome), 4);
    assert.match(renderStop(result), /the guard does the rest/);
    assert.deepEqual(
      (await leases()).map(({ state }) => state),
      ["ending"],
    );
  });

  it("leaves what somebody else's lease holds, and says so; --all stops it", async () => {
    await started("alex", "large");
    await started("kim", "small");
    const result = await stopped();
    assert.deepEqual(await account.wanted(), ["storage-1", "fuse-client-1"]);
    assert.match(renderStop(result), /storage-1: kept, lease .*: kim, 2 slots[^]*--all stops these too/);
    assert.deepEqual(
      (await leases()).map(({ owner }) => owner),
      ["kim"],
    );
    assert.equal((await stopped({ everybody: true })).outcome, "stopped");
    assert.deepEqual(await account.wanted(), []);
  });

  it("stops what runs without any lease, and puts groups back to spot", async () => {
    await account.wish("storage-2", 1);
    await account.ports().setOnDemandShare("proving-ground-prod-storage-2", 100);
    assert.deepEqual(await account.onDemand(), ["storage-2"]);
    assert.equal((await stopped()).outcome, "stopped");
    assert.deepEqual(await account.onDemand(), []);
  });

  it("hosts that do not go: exit 9 with their slots, after ten minutes of waiting", async () => {
    await started();
    // AWS takes the word, and the host stays.
    account.proxy.rule((request) =>
      operationOf(request) === "SetDesiredCapacity"
        ? {
            status: 200,
            body: '<SetDesiredCapacityResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"/>',
          }
        : undefined,
    );
    const result = await stopped();
    assert.equal(stopExitCode(result.outcome), 9);
    assert.match(renderStop(result), /still have a host:\n {2}storage-1\n {2}fuse-client-1\n/);
    assert.deepEqual(
      (await leases()).map(({ state }) => state),
      ["ending"],
    );
  });

  it("a group that is gone is no failure (FM-45)", async () => {
    await started();
    await account.deleteGroup("storage-1");
    assert.equal((await stopped()).outcome, "stopped");
    assert.equal((await states())["storage-1"], "missing");
  });

  it("a lease that runs out is ended by the guard, and status tells each stage (FM-34)", async () => {
    await started("alex", "small", HOUR);
    await account.hostsGoOn();
    account.clock.pass(10 * MINUTE);
    await account.hostsGoOn();
    const up = await look();
    assert.equal(statusExitCode(up), 0);
    assert.match(renderStatus(up, 120), /storage-1 +ready +i4i\.2xlarge +usw2-az2 +spot +\$0\.\d\d +10m/);
    assert.match(renderStatus(up, 120), /Lease .*: alex, 2 slots, until 2026-11-21 13:00 UTC, 50m left/);

    account.clock.pass(51 * MINUTE);
    await account.guardTicks();
    assert.deepEqual(await account.wanted(), []);
    account.clock.pass(5 * MINUTE);
    await account.guardTicks();
    assert.deepEqual(await leases(), []);
    const after = await look();
    assert.match(renderStatus(after, 120), /9 slots: 9 at rest; together \$0\.00\/h\n\nNo leases\./);
    assert.equal(statusExitCode(after), 0);
  });

  it("extends at the last second, and the guard leaves the slots alone (FM-34)", async () => {
    await started("alex", "small", HOUR);
    account.clock.pass(HOUR - 1_000);
    await account.meter();
    const { until, changed } = await extended({ byMs: 2 * HOUR });
    assert.ok(changed);
    assert.equal(until, NOON + 3 * HOUR);
    account.clock.pass(5 * MINUTE);
    await account.guardTicks();
    assert.deepEqual(await account.wanted(), ["storage-1", "fuse-client-1"]);
    assert.deepEqual(
      (await leases()).map(({ expiresAt }) => expiresAt),
      [NOON + 3 * HOUR],
    );
  });

  it("does not extend what the guard has begun to end, exit 4; what only ran out it does (FM-34)", async () => {
    await started("alex", "small", HOUR);
    account.clock.pass(HOUR + MINUTE);
    await account.meter();
    assert.equal((await extended()).until, account.clock.now() + HOUR);
    const [lease] = await leases();
    assert.ok(lease !== undefined);
    await account.table.endLease(lease.id, lease.expiresAt);
    const { exitCode, message } = await refused(extended({ leaseId: lease.id }));
    assert.equal(exitCode, 4);
    assert.match(message, /its end has begun/);
  });

  it("an extension over budget is refused with the sums, exit 5, and the lease stays as it was", async () => {
    await started();
    await account.meter({ spentUsd: "88" });
    const { exitCode, message } = await refused(extended({ byMs: 10 * HOUR }));
    assert.equal(exitCode, 5);
    assert.match(message, /left for new launches/);
    assert.deepEqual(
      (await leases()).map(({ expiresAt }) => expiresAt),
      [NOON + 2 * HOUR],
    );
  });

  it("extends nobody else's lease by mistake, none that is not there, and none for ever: exit 2", async () => {
    await started("kim");
    assert.match(
      (await refused(extended())).message,
      /You \(alex\) have no active lease\. There are:\n {2}· .*kim/,
    );
    assert.equal((await refused(extended({ leaseId: "none" }))).exitCode, 2);
    await started("alex");
    assert.equal((await refused(extended({ byMs: 7 * DAY }))).exitCode, 2);
    await started("alex");
    assert.match((await refused(extended())).message, /several active leases: say which by --lease/);
  });

  it("warns that a schedule ends the slots before the lease does", async () => {
    const autoScaling = new AutoScalingClient({ ...account.moto.client, endpoint: account.proxy.url });
    await autoScaling.send(
      new PutScheduledUpdateGroupActionCommand({
        AutoScalingGroupName: "proving-ground-prod-storage-1",
        ScheduledActionName: "day-stop",
        Recurrence: "0 13 * * *",
        TimeZone: "UTC",
        DesiredCapacity: 0,
        MinSize: -1,
        MaxSize: -1,
      }),
    );
    autoScaling.destroy();
    const warned: string[] = [];
    const request = { size: "small", forMs: 2 * HOUR, owner: "alex", onDemand: false, dryRun: true } as const;
    await start(
      account.ports(),
      account.stack,
      { ...request, signal: new AbortController().signal },
      account.prices,
      {
        priced: (_price, _admission, warnings) => warned.push(...warnings),
        slots: () => undefined,
        said: () => undefined,
      },
    );
    assert.deepEqual(warned, ["a schedule stops storage-1 at 2026-11-21 13:00 UTC, before the lease ends"]);
  });

  it("status says that nothing starts, since when and why, and which scheduled starts are held back (FM-16)", async () => {
    const day = "2026-11-21";
    await account.meter({
      latch: { since: NOON, day, reason: "the line", phase: "stopped", stopped: [], reported: true },
      heldGroups: ["proving-ground-prod-storage-1"],
    });
    for (const slot of account.slots) await account.suspendLaunch(slot);
    const status = await look();
    const text = renderStatus(status, 120);
    assert.match(text, /LATCHED since 2026-11-21 12:00 UTC: the line\. .*`ground guard rearm`/);
    assert.match(text, /9 slots: 9 latched/);
    assert.match(text, /Scheduled starts held back, .*: storage-1\./);
    assert.equal(statusExitCode(status), 0);
  });

  it("status names what a slot in trouble lacks, exit 4", async () => {
    account.capacity.refuse(
      "proving-ground-prod-storage-1",
      "We currently do not have sufficient i4i.2xlarge capacity in the Availability Zone you requested (us-west-2a). Launching EC2 instance failed.",
    );
    await started();
    const status = await look();
    assert.equal(statusExitCode(status), 4);
    assert.match(
      renderStatus(status, 160),
      /storage-1 +no host .*AWS has no capacity of its types in its zones now \(asked for: i4i\.2xlarge in\s+us-west-2a\)/,
    );
  });
});
