import assert from "node:assert/strict";
import { lookAt } from "../../cli/cluster/look.ts";
import { raise } from "../../cli/cluster/start-raise.ts";
import { waitForSlots } from "../../cli/cluster/start-wait.ts";
import { stop, type StopResult } from "../../cli/cluster/stop.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { NOON } from "../guard/support.ts";
import { FakeAccount, GROUP, hostOf, leaseOfOwner, SLOT, STACK } from "./fake-account.ts";

const SILENT = { priced: () => undefined, slots: () => undefined, said: () => undefined };

describe("ground cluster, with others at the same slots", () => {
  let account: FakeAccount;
  beforeEach(() => {
    account = new FakeAccount();
  });

  function stopped(owner = "alex"): Promise<StopResult> {
    const request = { owner, everybody: false, dryRun: false, signal: new AbortController().signal };
    return stop(account.ports(), STACK, request, () => undefined);
  }

  it("a stop leaves the group that holds a persistent host, says so, and keeps the lease (FM-08)", async () => {
    const [host] = STACK.config.persistent;
    assert.ok(host !== undefined);
    account.desired = 1;
    account.hosts = [hostOf({ profile: host.profile })];
    account.leases = [leaseOfOwner("alex")];
    const result = await stopped();
    assert.equal(result.outcome, "failed");
    assert.deepEqual(result.wound?.failures, [`${GROUP} holds a persistent host: left as it is`]);
    assert.deepEqual(result.wound.gone, []);
    assert.equal(account.desired, 1);
    assert.deepEqual(
      account.leases.map(({ state }) => state),
      ["ending"],
    );
    assert.equal(account.now, NOON, "nobody waits for what is not stopped");
  });

  it("a stop sets nothing to 0 where it cannot see what the groups hold (FM-08)", async () => {
    account.desired = 1;
    account.hosts = [hostOf()];
    account.leases = [leaseOfOwner("alex")];
    account.before = (call) => {
      if (call === "look" && account.calls.includes("lock")) throw new Error("RequestLimitExceeded");
    };
    const result = await stopped();
    assert.equal(result.outcome, "failed");
    assert.deepEqual(result.wound?.remaining, [SLOT]);
    assert.equal(account.desired, 1);
  });

  it("a lease made between a stop's look and its lock keeps the slot (FM-34)", async () => {
    account.desired = 1;
    account.hosts = [hostOf()];
    account.leases = [leaseOfOwner("alex")];
    account.before = (call) => {
      if (call === "lock") account.leases = [...account.leases, leaseOfOwner("kim")];
    };
    const result = await stopped();
    assert.equal(result.outcome, "stopped");
    assert.deepEqual(result.up, []);
    assert.deepEqual(
      result.plan.keep.map(({ slot, lease }) => `${slot} ${lease.owner}`),
      [`${SLOT} kim`],
    );
    assert.equal(account.desired, 1);
    assert.deepEqual(
      account.leases.map(({ owner }) => owner),
      ["kim"],
    );
  });

  it("a stop ends a slot that its lease's own start raised after the first look", async () => {
    account.leases = [leaseOfOwner("alex")];
    account.before = (call) => {
      if (call !== "lock") return;
      account.desired = 1;
      account.hosts = [hostOf()];
    };
    const result = await stopped();
    assert.deepEqual([result.outcome, result.up], ["stopped", [SLOT]]);
    assert.equal(account.desired, 0);
    assert.deepEqual(account.leases, []);
  });

  it("a slot that is taken over while its host goes is neither waited for nor put back to spot", async () => {
    account.desired = 1;
    account.hosts = [hostOf()];
    account.leases = [leaseOfOwner("alex")];
    account.before = (call) => {
      if (call !== "unlock") return;
      account.leases = [...account.leases, leaseOfOwner("kim")];
      account.desired = 1;
      account.share = 100;
      account.hosts = [hostOf({ id: "i-0bbbbbbbbbbbbbbb2", market: "on-demand" })];
    };
    assert.equal((await stopped()).outcome, "stopped");
    assert.deepEqual([account.desired, account.share, account.now], [1, 100, NOON]);
  });

  async function raised(): Promise<readonly string[]> {
    const lease = leaseOfOwner("kim");
    account.leases = [...account.leases, lease];
    const before = await lookAt(account.ports(), STACK, [SLOT]);
    const request = { forMs: HOUR, owner: "kim", onDemand: false, dryRun: false };
    return raise(
      account.ports(),
      STACK,
      before,
      lease,
      { ...request, signal: new AbortController().signal },
      SILENT,
    );
  }

  it("a start raises again a slot that the end of an earlier lease set to 0 meanwhile (FM-34)", async () => {
    account.desired = 1;
    let looks = 0;
    account.before = (call) => {
      // The second look at the groups is the one after the loop.
      if (call === "groups" && (looks += 1) === 3) account.desired = 0;
    };
    assert.deepEqual(await raised(), [SLOT]);
    assert.equal(account.desired, 1);
  });

  it("a start whose slot is set to 0 again and again gives up, exit 4, and gives it back", async () => {
    account.before = (call) => {
      if (call === "groups") account.desired = 0;
    };
    await assert.rejects(raised(), {
      exitCode: 4,
      message: /everything was given back: somebody sets storage-1 back to 0 again and again/,
    });
    assert.equal(account.desired, 0);
    assert.deepEqual(account.leases, []);
  });

  for (const [title, at] of [
    ["before the slot goes on demand", "look"],
    ["as the slot goes on demand", "desired 1"],
  ] as const)
    it(`a stop ${title} leaves no host without a lease, and the group on spot (FM-21)`, async () => {
      const lease = leaseOfOwner("alex");
      account.leases = [lease];
      account.desired = 1;
      account.before = (call) => {
        if (call === at && account.calls.includes("desired 0")) account.leases = [];
      };
      const wait = { waitMs: 20 * MINUTE, onDemand: true, lease, since: NOON };
      await assert.rejects(
        waitForSlots(account.ports(), STACK, { ...wait, signal: new AbortController().signal }, SILENT),
        { exitCode: 4, message: /lease was ended while its slots were starting/ },
      );
      assert.deepEqual([account.desired, account.share], [0, 0]);
    });
});
