import assert from "node:assert/strict";
import type { ClusterStack } from "../../cli/cluster/environment.ts";
import { lookAt } from "../../cli/cluster/look.ts";
import { renderStop } from "../../cli/cluster/render.ts";
import { giveBack } from "../../cli/cluster/start-raise.ts";
import { stop, type StopResult } from "../../cli/cluster/stop.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { NOON } from "../guard/support.ts";
import { FakeAccount, GROUP, hostOf, leaseOfOwner, SLOT, STACK } from "./fake-account.ts";

/** From 08:00 to 18:00 UTC, noon is in the midst of it. */
const SCHEDULED: ClusterStack = {
  ...STACK,
  config: {
    ...STACK.config,
    schedules: [
      {
        name: "days",
        slots: [SLOT],
        start: "0 8 * * *",
        stop: "0 18 * * *",
        timeZone: "UTC",
        exceptions: [],
      },
    ],
  },
};
const SILENT = { priced: () => undefined, slots: () => undefined, said: () => undefined };

describe("ground cluster, in the hours of a schedule", () => {
  let account: FakeAccount;
  beforeEach(() => {
    account = new FakeAccount();
    account.desired = 1;
    account.hosts = [hostOf()];
    account.leases = [leaseOfOwner("alex")];
  });

  function stopped(everybody = false): Promise<StopResult> {
    const request = { owner: "alex", everybody, dryRun: false, signal: new AbortController().signal };
    return stop(account.ports(), SCHEDULED, request, () => undefined);
  }

  it("a stop ends the lease, leaves the slot to the schedule and says so (FM-34)", async () => {
    const result = await stopped();
    assert.equal(result.outcome, "stopped");
    assert.deepEqual([result.up, account.desired, account.leases], [[], 1, []]);
    assert.match(
      renderStop(result),
      /storage-1: kept, lease schedule days: the stack file, 1 slot, until 2027-06-14 18:00 UTC/,
    );
  });

  it("stop --all ends it too", async () => {
    assert.deepEqual((await stopped(true)).up, [SLOT]);
    assert.deepEqual([account.desired, account.leases], [0, []]);
  });

  it("a stop ends the slot where the guard held the schedule's start back", async () => {
    account.heldGroups = [GROUP];
    assert.deepEqual((await stopped()).up, [SLOT]);
    assert.equal(account.desired, 0);
  });

  it("a stop waits for no host of a schedule that starts meanwhile", async () => {
    account.now = NOON - 4 * HOUR - 5 * MINUTE;
    account.before = (call) => {
      if (call !== "unlock") return;
      account.now = NOON - 4 * HOUR;
      account.desired = 1;
      account.hosts = [hostOf({ id: "i-0bbbbbbbbbbbbbbb2" })];
    };
    const { outcome, up, wound } = await stopped();
    assert.deepEqual([outcome, up, wound?.remaining], ["stopped", [SLOT], []]);
    assert.deepEqual([account.desired, account.now], [1, NOON - 4 * HOUR]);
  });

  it("a start that fails takes down what it raised in those hours, and leaves what the schedule raised since", async () => {
    account.desired = 0;
    account.hosts = [];
    const lease = leaseOfOwner("alex");
    for (const [began, left] of [
      [NOON, 0],
      [NOON - 4 * HOUR - MINUTE, 1],
    ] as const) {
      account.now = began;
      account.desired = 0;
      const before = await lookAt(account.ports(), SCHEDULED, [SLOT]);
      account.now = NOON;
      account.desired = 1;
      await giveBack(account.ports(), SCHEDULED, before, lease, [SLOT], SILENT);
      assert.equal(account.desired, left);
    }
  });
});
