import assert from "node:assert/strict";
import { renderStart, startExitCode, startJson } from "../../cli/cluster/commands.ts";
import type { SlotView } from "../../cli/cluster/slot-state.ts";
import { readDuration } from "../../cli/cluster/duration.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { operationOf } from "../support/aws-query.ts";
import { NOON } from "../guard-aws/setting.ts";
import { BOOT_MS, startClusterAccount, type ClusterAccount } from "./account.ts";
import { starts } from "./start-runs.ts";

const NO_CAPACITY =
  "Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches your request. Launching EC2 instance failed.";

describe("ground cluster start on moto", function () {
  this.timeout(60_000);
  let account: ClusterAccount;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());
  beforeEach(() => account.make());

  const { run, refused, nothingRuns } = starts(() => account);

  const outcomes = (views: readonly SlotView[]) =>
    Object.fromEntries(views.map(({ slot, state }) => [slot, state]));

  it("brings nine slots up, ready, on a lease: exit 0", async () => {
    const result = await run({ waitMs: 20 * MINUTE });
    assert.equal(result.outcome, "ready");
    assert.equal(startExitCode(result.outcome), 0);
    assert.deepEqual([...new Set(result.slots.map(({ state }) => state))], ["ready"]);
    assert.equal(result.slots.length, 9);
    const { leases } = await account.table.requests();
    assert.deepEqual(
      leases.map(({ owner, slots, expiresAt, state }) => ({ owner, slots, expiresAt, state })),
      [{ owner: "alex", slots: account.slots, expiresAt: NOON + 8 * HOUR, state: "active" }],
    );
    const text = renderStart(result, account.clock.now());
    assert.match(text, /storage-5 +ready +i4i\.2xlarge +usw2-az2 +spot +4m/);
    assert.match(text, /\n9 slots: 9 ready\n/);
    assert.match(text, /Ready: all 9 slots; lease .+: alex, 9 slots, until 2026-11-21 20:00 UTC/);
  });

  it("writes the lease before the first group is raised, and never waits on a clock", async () => {
    await run();
    const order = account.proxy.passed.filter(
      (request) =>
        operationOf(request) === "SetDesiredCapacity" ||
        (operationOf(request) === "TransactWriteItems" && request.body.includes("lease#")),
    );
    assert.deepEqual(order.map(operationOf), [
      "TransactWriteItems",
      ...account.slots.map(() => "SetDesiredCapacity"),
    ]);
  });

  it("starts the slots of a smaller size only", async () => {
    const result = await run({ size: "small" });
    assert.equal(result.outcome, "requested");
    assert.deepEqual(await account.wanted(), ["storage-1", "fuse-client-1"]);
  });

  it("--dry-run prices and admits, and changes nothing", async () => {
    const said: string[] = [];
    const result = await run({ dryRun: true }, said);
    assert.equal(result.outcome, "would start");
    assert.match(said.join("\n"), /priced/);
    await nothingRuns();
  });

  it("one that never gets capacity: the reason per slot, everything given back, exit 9 (FM-21)", async () => {
    account.capacity.refuse("proving-ground-prod-storage-4", NO_CAPACITY);
    const result = await run({ waitMs: 6 * MINUTE });
    assert.equal(result.outcome, "timed out");
    assert.equal(startExitCode(result.outcome), 9);
    assert.equal(outcomes(result.slots)["storage-4"], "no host");
    const text = renderStart(result, account.clock.now());
    assert.match(text, /storage-4 +no host +– .*AWS has no capacity/);
    assert.match(text, /9 slots: 8 ready, 1 no host/);
    assert.match(text, /Not ready in time: 8 of 9/);
    await nothingRuns();
  });

  it("with --at-least it says degraded, never ready, and keeps what came (FM-22)", async () => {
    account.capacity.refuse("proving-ground-prod-storage-4", NO_CAPACITY);
    const result = await run({ waitMs: 6 * MINUTE, atLeast: 8 });
    assert.equal(result.outcome, "degraded");
    assert.equal(startExitCode(result.outcome), 0);
    const text = renderStart(result, account.clock.now());
    assert.match(text, /^DEGRADED: 8 of 9 slots[^]*\nStill wanted, and may come: storage-4\.$/m);
    assert.equal((await account.running()).length, 8);
    assert.equal((await account.table.requests()).leases.length, 1);
  });

  it("--on-demand launches on demand what gets no spot capacity (FM-21)", async () => {
    account.capacity.refuse("proving-ground-prod-storage-4", NO_CAPACITY, true);
    const said: string[] = [];
    const result = await run({ waitMs: 20 * MINUTE, onDemand: true }, said);
    assert.equal(result.outcome, "ready");
    assert.deepEqual(await account.onDemand(), ["storage-4"]);
    assert.equal(result.slots.find(({ slot }) => slot === "storage-4")?.host?.market, "on-demand");
    assert.match(said.join("\n"), /storage-4: no spot capacity, on demand instead/);
  });

  it("one that boots and never gets ready: silent, given back, exit 9 (FM-26)", async () => {
    account.behaviours.set("fuse-client-1", "is silent");
    const result = await run({ size: "small", waitMs: 16 * MINUTE });
    assert.equal(startExitCode(result.outcome), 9);
    assert.equal(outcomes(result.slots)["fuse-client-1"], "silent");
    assert.match(renderStart(result, account.clock.now()), /fuse-client-1 +silent +.*not ready after/);
    await nothingRuns();
  });

  it("one whose boot fails: the failing step, at once, given back, exit 4 (FM-26)", async () => {
    account.behaviours.set("storage-2", "fails");
    const result = await run({ waitMs: 20 * MINUTE });
    assert.equal(result.outcome, "failed");
    assert.equal(startExitCode(result.outcome), 4);
    assert.match(renderStart(result, account.clock.now()), /storage-2 +failed [^]*step raid: no NVMe device/);
    assert.ok(account.clock.now() < NOON + BOOT_MS + 5 * MINUTE, "it did not wait for the limit");
    await nothingRuns();
  });

  it("one whose boot fails beside enough others: not called wanted, and what to do, exit 0 (FM-26)", async () => {
    account.behaviours.set("storage-2", "fails");
    const result = await run({ waitMs: 20 * MINUTE, atLeast: 8 });
    assert.equal(result.outcome, "degraded");
    const text = renderStart(result, account.clock.now());
    assert.match(
      text,
      /\nWill not come by itself: storage-2\.\nA host that failed costs until the lease ends\./,
    );
    const id = result.slots.find(({ slot }) => slot === "storage-2")?.host?.id ?? "none";
    assert.match(text, new RegExp(`terminate-instances --region us-west-2 --instance-ids ${id}\n`));
    assert.doesNotMatch(text, /[Ss]till wanted/);
  });

  it("over budget: refused with the sums and what would fit, exit 5", async () => {
    await account.meter({ spentUsd: "80" });
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 5);
    assert.match(message, /the launch may cost \$\d+\.\d\d today, and \$\d+\.\d\d is left/);
    assert.match(message, /spent so far today +\$80\.00/);
    assert.match(message, /the day's line +\$100\.00/);
    await nothingRuns();
  });

  it("over a later day's line: refused with that day, its sums and what would fit, exit 5", async () => {
    const { exitCode, message } = await refused({ forMs: 7 * DAY });
    assert.equal(exitCode, 5);
    assert.match(message, /the launch may cost \$\d+\.\d\d on 2026-11-22, and \$\d+\.\d\d is left/);
    assert.match(message, /line of 2026-11-22 +\$100\.00\n {2}reserved, promised +\$\d/);
    const [, length = "", slots = ""] =
      /What fits: --for (\S+), or (\d) slots of them \(a smaller --size\)\./.exec(message) ?? [];
    assert.ok(Number(slots) > 0 && Number(slots) < 9, slots);
    await nothingRuns();
    const forMs = readDuration(length, { least: HOUR, most: 7 * DAY });
    assert.ok(typeof forMs === "number" && forMs > 12 * HOUR, length);
    assert.equal((await run({ forMs })).outcome, "requested", "what it says would fit does");
    const again = await refused({ size: "small", forMs: 7 * DAY });
    assert.match(again.message, /on 2026-11-2\d, and/, "the money of those days is the first one's");
  });

  it("says for scripts what the text says: each day's sums, and every warning", async () => {
    account.facts.quotas = { ...account.facts.quotas, "L-1216C47A": 8 };
    const result = await run({ dryRun: true, onDemand: true, forMs: 14 * HOUR, size: "small" });
    const { days, warnings } = startJson(result, account.clock.now());
    assert.deepEqual(
      days.map(({ day }) => day),
      ["2026-11-21", "2026-11-22"],
    );
    assert.ok(days.every(({ atMostUsd, leftUsd }) => atMostUsd > 0 && atMostUsd < leftUsd));
    assert.deepEqual(warnings, result.warnings);
    assert.ok(warnings.length > 0);
  });

  it("latched: refused with since when, why and how it is lifted, exit 5 (FM-16)", async () => {
    await account.meter({
      latch: {
        since: NOON - HOUR,
        day: "2026-11-21",
        reason: "the line of $100.00 would be crossed",
        phase: "stopped",
        stopped: [],
        reported: true,
      },
    });
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 5);
    assert.match(
      message,
      /latched since 2026-11-21 11:00 UTC: the line of \$100\.00.*\n.*ground guard rearm/,
    );
    await nothingRuns();
  });

  it("refuses where the guard has not metered for long: nobody would end the lease, exit 5 (FM-15)", async () => {
    account.clock.pass(2 * HOUR);
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 5);
    assert.match(message, /has not metered since 2026-11-21 12:00 UTC/);
    await nothingRuns();
  });

  it("names quota, need and the request where the quota is too small, exit 4 (FM-20)", async () => {
    account.facts.quotas = { ...account.facts.quotas, "L-34B43A08": 32 };
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 4);
    assert.match(
      message,
      /L-34B43A08\) allows 32 vCPUs[^]*the stack needs 54[^]*request-service-quota-increase/,
    );
    await nothingRuns();
    assert.equal((await run({ size: "small" })).outcome, "requested", "a smaller size fits the same quota");
  });

  it("names every group that somebody suspended, exit 4", async () => {
    await account.suspendLaunch("storage-1");
    await account.suspendLaunch("jepsen-1");
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 4);
    assert.match(message, /storage-1: Launch[^]*jepsen-1: Launch/);
    await nothingRuns();
  });
});
