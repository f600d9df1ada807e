import assert from "node:assert/strict";
import type { ClusterStack } from "../../cli/cluster/environment.ts";
import { lookAt } from "../../cli/cluster/look.ts";
import { renderStop } from "../../cli/cluster/render.ts";
import { giveBack } from "../../cli/cluster/start-raise.ts";
import { waitForSlots } from "../../cli/cluster/start-wait.ts";
import { stop, type StopResult } from "../../cli/cluster/stop.ts";
import { HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";
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

  for (const [title, heldGroups] of [
    ["`stop --all`", []],
    ["a stop, where the guard held the schedule's start back,", [GROUP]],
  ] as const)
    for (const at of ["desired 0", "desired 1"])
      it(`${title} right before ${at} of going on demand leaves no host without a lease (FM-21)`, async () => {
        account.hosts = [];
        account.heldGroups = heldGroups;
        const [lease = assert.fail("no lease")] = account.leases;
        account.before = (call) => {
          if (call === at) account.leases = [];
        };
        const wait = { waitMs: 20 * MINUTE, onDemand: true, lease, since: NOON };
        await assert.rejects(
          waitForSlots(account.ports(), SCHEDULED, { ...wait, signal: new AbortController().signal }, SILENT),
          { exitCode: 4, message: /lease was ended while its slots were starting/ },
        );
        assert.deepEqual([account.desired, account.share], [0, 0]);
      });

  for (const [title, heldGroups, everybody, left] of [
    ["a stop seconds before a schedule's start leaves the slot to it", [], false, 1],
    ["a stop seconds before a schedule's start that is held back ends the slot", [GROUP], false, 0],
    ["stop --all seconds before a schedule's start ends the slot", [], true, 0],
  ] as const)
    it(`${title} (FM-34)`, async () => {
      account.now = NOON - 4 * HOUR - 3 * SECOND;
      account.heldGroups = heldGroups;
      account.before = (call) => {
        // Auto Scaling's start finds the group at 1, and changes nothing.
        if (call === "desired 0") account.now = NOON - 4 * HOUR + 3 * SECOND;
      };
      const result = await stopped(everybody);
      assert.deepEqual([result.outcome, account.desired, account.leases], ["stopped", left, []]);
      assert.deepEqual(
        result.plan.keep.map(({ lease }) => lease.id),
        left === 1 ? ["schedule days"] : [],
      );
    });

  it("a dry run seconds before a schedule's start tells that the slot stays", async () => {
    account.now = NOON - 4 * HOUR - 3 * SECOND;
    const request = { owner: "alex", everybody: false, dryRun: true, signal: new AbortController().signal };
    const result = await stop(account.ports(), SCHEDULED, request, () => undefined);
    assert.deepEqual([result.outcome, result.up], ["would stop", []]);
  });

  it("a stop sets slots at rest back to spot: those that went on demand and that their schedule stopped (FM-21)", async () => {
    account.now = NOON + 9 * HOUR;
    account.desired = 0;
    account.hosts = [];
    account.share = 100;
    const lease = leaseOfOwner("alex");
    const [other] = SCHEDULED.slots.map(({ name }) => name).filter((name) => name !== SLOT);
    for (const [title, leases, share] of [
      ["somebody's start may be going on demand", [{ ...lease, owner: "kim" }], 100],
      ["nothing is left to stop", [], 0],
      ["the caller's lease holds other slots", [{ ...lease, slots: other === undefined ? [] : [other] }], 0],
      ["the caller's lease held it", [lease], 0],
    ] as const) {
      account.share = 100;
      account.leases = leases;
      assert.notEqual((await stopped()).outcome, "failed", title);
      assert.equal(account.share, share, title);
    }
  });

  it("a stop leaves the share of a host that the schedule keeps: Auto Scaling would launch a second beside it", async () => {
    account.share = 100;
    account.hosts = [hostOf({ market: "on-demand" })];
    assert.deepEqual((await stopped()).up, []);
    assert.deepEqual([account.desired, account.share], [1, 100]);
  });

  it("what keeps a slot at rest from spot is said, also where nothing was left to stop", async () => {
    account.desired = 0;
    account.hosts = [];
    account.leases = [];
    account.before = (call) => {
      if (call === "share 0") throw new Error("AccessDenied");
    };
    const result = await stopped();
    assert.equal(result.outcome, "failed");
    assert.match(renderStop(result), /set proving-ground-prod-storage-1 back to spot: AccessDenied/);
  });
});
