import assert from "node:assert/strict";
import { start, type StartProgress, type StartRequest, type StartResult } from "../../cli/cluster/start.ts";
import { renderStart, startExitCode } from "../../cli/cluster/commands.ts";
import type { SlotView } from "../../cli/cluster/slot-state.ts";
import { stop } from "../../cli/cluster/stop.ts";
import { GroundError } from "../../cli/errors.ts";
import type { Admission } from "../../runtime/guard/admission.ts";
import { dollars, usdOf } from "../../runtime/guard/money.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import type { AwsAnswer } from "../support/aws-proxy.ts";
import { operationOf } from "../support/aws-query.ts";
import { NOON } from "../guard-aws/setting.ts";
import { BOOT_MS, startClusterAccount, type ClusterAccount } from "./account.ts";

const NO_CAPACITY =
  "Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches your request. Launching EC2 instance failed.";

function refusal(code: string, message: string): AwsAnswer {
  return {
    status: 403,
    body: `<ErrorResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  };
}

describe("ground cluster start on moto", function () {
  this.timeout(60_000);
  let account: ClusterAccount;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());
  beforeEach(() => account.make());

  const REQUEST = {
    forMs: 8 * HOUR,
    owner: "alex",
    onDemand: false,
    dryRun: false,
    signal: new AbortController().signal,
  } as const satisfies StartRequest;

  function run(
    change: Partial<StartRequest> = {},
    said: string[] = [],
    asked: Admission[] = [],
  ): Promise<StartResult> {
    const progress: StartProgress = {
      priced(price, admission, warnings) {
        said.push(`priced ${dollars(price.perHour)}/h`, ...warnings);
        asked.push(admission);
      },
      slots: () => undefined,
      said: (text) => said.push(text),
    };
    return start(account.ports(), account.stack, { ...REQUEST, ...change }, account.prices, progress);
  }

  async function refused(change: Partial<StartRequest> = {}): Promise<GroundError> {
    try {
      await run(change);
    } catch (error) {
      if (error instanceof GroundError) return error;
      throw error;
    }
    throw new Error("it started");
  }

  async function nothingRuns(): Promise<void> {
    assert.deepEqual(await account.wanted(), []);
    assert.equal((await account.running()).length, 0);
    assert.deepEqual((await account.table.requests()).leases, []);
  }

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
    assert.match(text, /storage-5 +ready +i4i\.2xlarge +usw2-az2 +spot +– +4m/);
    assert.match(text, /\n9 slots: 9 ready\n/);
    assert.match(text, /Ready: all 9 slots; lease .+: alex, 9 slots, until 2026-11-21 20:00 UTC/);
  });

  it("writes the lease before the first group is raised, and never waits on a clock", async () => {
    await run();
    const order = account.proxy.passed.filter(
      (request) =>
        operationOf(request) === "SetDesiredCapacity" ||
        (operationOf(request) === "PutItem" && request.body.includes("lease#")),
    );
    assert.deepEqual(order.map(operationOf), ["PutItem", ...account.slots.map(() => "SetDesiredCapacity")]);
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
    assert.match(renderStart(result, account.clock.now()), /^DEGRADED: 8 of 9 slots/m);
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

  it("over budget: refused with the sums and what would fit, exit 5", async () => {
    await account.meter({ spentUsd: "80" });
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 5);
    assert.match(message, /the launch may cost \$\d+\.\d\d today, and \$\d+\.\d\d is left/);
    assert.match(message, /spent so far today +\$80\.00/);
    assert.match(message, /the day's line +\$100\.00/);
    await nothingRuns();
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

  it("a start that fails half-way leaves nothing running, and no lease", async () => {
    let calls = 0;
    account.proxy.rule((request) => {
      if (operationOf(request) !== "SetDesiredCapacity" || !request.body.includes("DesiredCapacity=1"))
        return undefined;
      calls += 1;
      return calls === 5 ? refusal("AccessDenied", "not authorized to perform this action") : undefined;
    });
    const { exitCode, message } = await refused();
    assert.equal(exitCode, 4);
    assert.match(message, /everything was given back: storage-5: .*not authorized/);
    await nothingRuns();
  });

  it("what cannot be given back keeps its lease as ending, which the guard carries out", async () => {
    account.proxy.rule((request) => {
      if (operationOf(request) !== "SetDesiredCapacity") return undefined;
      const raises = request.body.includes("DesiredCapacity=1");
      return !raises || request.body.includes("storage-3") ? refusal("AccessDenied", "denied") : undefined;
    });
    const { message } = await refused();
    assert.match(message, /not everything could be given back/);
    const { leases } = await account.table.requests();
    assert.deepEqual(
      leases.map(({ state }) => state),
      ["ending"],
    );
    assert.equal((await account.running()).length, 2);
  });

  it("of two starts that ask for the last money one is admitted, the other refused with the sums (FM-01)", async () => {
    const alone = [
      { size: "small", forMs: 6 * HOUR, owner: "alex" },
      { size: "large", forMs: HOUR, owner: "kim" },
    ] as const;
    const asked: Admission[] = [];
    for (const request of alone) await run({ ...request, dryRun: true }, [], asked);
    const [first] = asked;
    const dearest = Math.max(...asked.map(({ cost }) => cost));
    // Enough for either, and not for both.
    await account.meter({ spentUsd: usdOf((first?.left ?? 0) - dearest).toString() });
    const both = await Promise.allSettled(alone.map((request) => run(request)));
    const errors = both.flatMap((one) => (one.status === "rejected" ? [one.reason as GroundError] : []));
    assert.deepEqual(
      errors.map(({ exitCode }) => exitCode),
      [5],
      errors.map(({ message }) => message).join("\n"),
    );
    const [lease, ...others] = (await account.table.requests()).leases;
    assert.deepEqual(others, []);
    assert.deepEqual(await account.wanted(), lease?.slots);
  });

  it("a lock that ran out while AWS was slow starts nothing, exit 9", async () => {
    let asked = false;
    account.proxy.rule((request) => {
      if (asked || operationOf(request) !== "DescribeScheduledActions" || !locked()) return undefined;
      asked = true;
      account.clock.pass(2 * MINUTE);
      return undefined;
    });
    const locked = () =>
      account.proxy.passed.some((one) => operationOf(one) === "PutItem" && one.body.includes('"lock"'));
    assert.equal((await refused()).exitCode, 9);
    await nothingRuns();
  });

  it("waits for a start that goes on, and gives up on one that hangs: exit 9", async () => {
    const { admissionLock } = account.ports();
    await admissionLock.acquire("kim", 45_000);
    assert.equal((await run({ size: "small" })).outcome, "requested");
    await admissionLock.acquire("kim", 60 * MINUTE);
    assert.equal((await refused({ size: "small" })).exitCode, 9);
  });

  it("two starts of the same slots both hold them: the second pays only for what it adds", async () => {
    await run({ owner: "alex", size: "small", forMs: 2 * HOUR });
    const asked: Admission[] = [];
    await run({ owner: "kim", size: "small", forMs: HOUR }, [], asked);
    assert.deepEqual(
      asked.map(({ cost }) => cost),
      [0],
    );
    assert.equal((await account.table.requests()).leases.length, 2);
    assert.equal((await account.running()).length, 2);
  });

  it("stop during start: the start says so and leaves nothing, exit 4", async () => {
    let outcome = "";
    account.clock.meanwhile = async () => {
      const words = { owner: "alex", everybody: false, dryRun: false, signal: REQUEST.signal };
      ({ outcome } = await stop(account.ports(), account.stack, words, () => undefined));
    };
    const { exitCode, message } = await refused({ waitMs: 20 * MINUTE });
    assert.equal(exitCode, 4);
    assert.match(message, /lease was ended while its slots were starting/);
    assert.equal(outcome, "stopped");
    await nothingRuns();
  });

  it("a stop between lease and last group leaves nothing that has no lease, exit 4", async () => {
    let ended: Promise<unknown> | undefined;
    account.proxy.rule((request) => {
      if (operationOf(request) === "SetDesiredCapacity" && request.body.includes("storage-5"))
        ended ??= account.table.requests().then(async ({ leases: [lease] }) => {
          if (lease !== undefined) await account.table.removeLease(lease.id);
        });
      return undefined;
    });
    const { exitCode, message } = await refused();
    assert.ok(ended !== undefined);
    assert.equal(exitCode, 4);
    assert.match(message, /everything was given back: its lease was ended meanwhile/);
    await nothingRuns();
  });

  it("the guard's latch during a start ends the wait, exit 5 (FM-05)", async () => {
    account.clock.meanwhile = () =>
      account.meter({
        latch: {
          since: NOON,
          day: "2026-11-21",
          reason: "r",
          phase: "stopping",
          stopped: [],
          reported: false,
        },
      });
    assert.equal((await refused({ waitMs: 20 * MINUTE })).exitCode, 5);
  });

  it("Ctrl-C before the groups are raised gives everything back; while it waits, the leased slots go on", async () => {
    const early = new AbortController();
    account.proxy.rule((request) => {
      if (operationOf(request) === "SetDesiredCapacity") early.abort();
      return undefined;
    });
    assert.match((await refused({ signal: early.signal })).message, /everything was given back: interrupted/);
    await nothingRuns();

    account.forgetRules();
    const late = new AbortController();
    account.clock.meanwhile = () => {
      late.abort();
      return Promise.resolve();
    };
    const result = await run({ waitMs: 20 * MINUTE, signal: late.signal });
    assert.equal(result.outcome, "interrupted");
    assert.equal(startExitCode(result.outcome), 4);
    assert.equal((await account.running()).length, 9);
    assert.equal((await account.table.requests()).leases.length, 1);
  });
});
