import assert from "node:assert/strict";
import { startExitCode } from "../../cli/cluster/commands.ts";
import { stop } from "../../cli/cluster/stop.ts";
import type { GroundError } from "../../cli/errors.ts";
import type { Admission } from "../../runtime/guard/admission.ts";
import { usdOf } from "../../runtime/guard/money.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { NOON } from "../guard-aws/setting.ts";
import { operationOf } from "../support/aws-query.ts";
import type { AwsAnswer, AwsRequest } from "../support/aws-proxy.ts";
import { startClusterAccount, type ClusterAccount } from "./account.ts";
import { refusal, REQUEST, starts } from "./start-runs.ts";

describe("ground cluster start on moto, disturbed", function () {
  this.timeout(60_000);
  let account: ClusterAccount;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());
  beforeEach(() => account.make());

  const { run, refused, nothingRuns } = starts(() => account);

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

  for (const [host, behaviour, exit, reason] of [
    ["fuse-client-1", "is silent", 9, /Not ready in time, .*\n {2}· fuse-client-1: silent, not ready after/],
    ["storage-1", "fails", 4, /Too few slots will come, .*\n {2}· storage-1: failed, step raid/],
  ] as const)
    it(`a wait that ends with exit ${String(exit)} says what could not be given back, and which lease holds it (FM-21)`, async () => {
      account.behaviours.set(host, behaviour);
      account.proxy.rule((request) => {
        const lowers = request.body.includes("DesiredCapacity=0") && request.body.includes(host);
        return operationOf(request) === "SetDesiredCapacity" && lowers
          ? refusal("AccessDenied", "denied")
          : undefined;
      });
      const { exitCode, message } = await refused({ size: "small", waitMs: 16 * MINUTE });
      assert.equal(exitCode, exit);
      const [lease = assert.fail("no lease"), ...others] = (await account.table.requests()).leases;
      assert.deepEqual(others, []);
      assert.match(message, reason);
      assert.match(
        message,
        new RegExp(`not everything could be given back .*denied.*: the lease ${lease.id} holds until`),
      );
    });

  /** What becomes of the write of the lease; undefined: nothing is in its way. */
  function disturbLease(answer: (request: AwsRequest) => AwsAnswer | "lose" | undefined): void {
    account.proxy.rule((request) =>
      operationOf(request) === "TransactWriteItems" ? answer(request) : undefined,
    );
  }
  const OUT_OF_ORDER = {
    status: 400,
    body: JSON.stringify({
      __type: "com.amazonaws.dynamodb.v20120810#ValidationException",
      message: "something is out of order",
    }),
  };

  it("a start whose lease is written although every answer is lost goes on", async () => {
    disturbLease(() => "lose");
    assert.equal((await run({ size: "small" })).outcome, "requested");
    assert.equal((await account.table.requests()).leases.length, 1);
    assert.equal((await account.running()).length, 2);
  });

  it("a start that cannot know whether its lease is written names it and raises nothing, exit 4", async () => {
    let isDisturbed = false;
    disturbLease(() => {
      isDisturbed = true;
      return "lose";
    });
    account.proxy.rule((request) =>
      isDisturbed && operationOf(request) === "Query" ? OUT_OF_ORDER : undefined,
    );
    const { exitCode, message } = await refused({ size: "small" });
    account.forgetRules();
    const [lease = assert.fail("no lease")] = (await account.table.requests()).leases;
    assert.equal(exitCode, 4);
    assert.match(
      message,
      new RegExp(`whether the lease ${lease.id} was written .*what leases there are cannot be read`),
    );
    assert.match(message, /end it with `ground cluster stop`/);
    assert.deepEqual(await account.wanted(), []);
  });

  it("a start whose lease is not written says so and raises nothing, exit 4", async () => {
    disturbLease(() => OUT_OF_ORDER);
    const { exitCode, message } = await refused({ size: "small" });
    assert.equal(exitCode, 4);
    assert.match(message, /something is out of order\), and it is not there so far. No slot was started/);
    await nothingRuns();
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

  it("a lock that ran out while AWS was slow is still its own where nobody else took it", async () => {
    let asked = false;
    account.proxy.rule((request) => {
      if (asked || operationOf(request) !== "DescribeScheduledActions" || !locked()) return undefined;
      asked = true;
      account.clock.pass(2 * MINUTE);
      return undefined;
    });
    const locked = () =>
      account.proxy.passed.some((one) => operationOf(one) === "PutItem" && one.body.includes('"lock"'));
    assert.equal((await run({ size: "small" })).outcome, "requested");
    assert.ok(asked);
  });

  it("waits for a start that goes on, and gives up on one that hangs: exit 9", async () => {
    const { admissionLock } = account.ports();
    await admissionLock.acquire("kim", 45_000);
    assert.equal((await run({ size: "small" })).outcome, "requested");
    await admissionLock.acquire("kim", 3 * MINUTE);
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
