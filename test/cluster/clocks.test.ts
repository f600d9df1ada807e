import assert from "node:assert/strict";
import { awsPorts } from "../../cli/cluster/aws.ts";
import { extend } from "../../cli/cluster/extend.ts";
import type { ClusterPorts } from "../../cli/cluster/ports.ts";
import { start } from "../../cli/cluster/start.ts";
import { stop } from "../../cli/cluster/stop.ts";
import { committed } from "../../runtime/guard/commitments.ts";
import { usdOf } from "../../runtime/guard/money.ts";
import { all } from "../../runtime/guard/observe.ts";
import type { Clock } from "../../runtime/guard/ports.ts";
import { HOUR, SECOND } from "../../runtime/guard/time.ts";
import { startClusterAccount, type ClusterAccount } from "./account.ts";
import { REQUEST } from "./start-runs.ts";

/** More than the lock of a command lasts. */
const AHEAD_MS = 61 * SECOND;

const SILENT = { priced: () => undefined, slots: () => undefined, said: () => undefined };

describe("ground cluster on two computers whose clocks are 61 s apart", function () {
  this.timeout(60_000);
  let account: ClusterAccount;

  before(async function () {
    account = await startClusterAccount(this);
  });
  after(() => (account as ClusterAccount | undefined)?.stop());
  beforeEach(() => account.make());

  /** Kim's computer, whose clock takes everybody's lock for one that has run out. */
  function ahead(): ClusterPorts {
    const clock: Clock = {
      now: () => account.clock.now() + AHEAD_MS,
      sleep: (milliseconds) => account.clock.sleep(milliseconds),
    };
    return awsPorts(account.stack, clock);
  }

  function startedBy(
    owner: string,
    ports: ClusterPorts,
    change: { size?: "small" | "large"; forMs?: number; dryRun?: boolean } = {},
  ) {
    return start(
      ports,
      account.stack,
      { ...REQUEST, size: "small", owner, ...change },
      account.prices,
      SILENT,
    );
  }

  /** Alex's computer; what somebody else does comes once, right before one of its calls under the lock. */
  function disturbed(at: string, happens: () => Promise<unknown>): ClusterPorts {
    const ports = account.ports();
    let isLocked = false;
    let once: Promise<unknown> | undefined;
    const before = async (call: string): Promise<void> => {
      if (call === at && isLocked && once === undefined) await (once = happens());
    };
    return {
      ...ports,
      admissionLock: {
        acquire: async (holder, ttlMs) => (isLocked = await ports.admissionLock.acquire(holder, ttlMs)),
        release: (holder) => ports.admissionLock.release(holder),
      },
      cloud: {
        ...ports.cloud,
        setDesired: async (group, desired) => {
          await before("setDesired");
          await ports.cloud.setDesired(group, desired);
        },
      },
      table: {
        read: () => ports.table.read(),
        removeLease: (id) => ports.table.removeLease(id),
        requests: async () => {
          await before("requests");
          return ports.table.requests();
        },
        lockedBy: (holder) => {
          const locked = ports.table.lockedBy(holder);
          return {
            add: async (lease) => {
              await before("write");
              return locked.add(lease);
            },
            extend: async (id, expiresAt, until) => {
              await before("write");
              return locked.extend(id, expiresAt, until);
            },
            end: async (id, expiresAt) => {
              await before("write");
              return locked.end(id, expiresAt);
            },
            requireLock: async () => {
              await before("requireLock");
              await locked.requireLock();
            },
          };
        },
      },
    };
  }

  /** What leases and groups may still cost today beside what is left of the line. */
  async function promised() {
    const { config } = account.stack;
    const ledger = await account.table.read();
    const groups = await all((next) =>
      account.ports().cloud.groups(
        config.slots.map(({ group }) => group),
        next,
      ),
    );
    const { leases } = await account.table.requests();
    const promises = { running: [], groups, leases, scheduled: [], heldGroups: [] };
    assert.ok(ledger !== undefined);
    const [day] = ledger.days;
    return {
      leases,
      cost: committed(promises, config, account.clock.now()),
      left: config.linePerDay - (day?.compute ?? 0),
    };
  }

  /** Leaves money for one of the two, whichever is first, and not for both. */
  async function lastMoney(): Promise<void> {
    let most = 0;
    let left = 0;
    for (const change of [
      { size: "small", forMs: 6 * HOUR },
      { size: "large", forMs: HOUR },
    ] as const)
      await start(account.ports(), account.stack, { ...REQUEST, ...change, dryRun: true }, account.prices, {
        ...SILENT,
        priced: (_, admission) => {
          most = Math.max(most, admission.cost);
          left = admission.left;
        },
      });
    await account.meter({ spentUsd: usdOf(left - most).toString() });
  }

  for (const at of ["requests", "write"])
    it(`never admits both, where one takes the lock over before the other's ${at} (FM-01)`, async () => {
      await lastMoney();
      const kim = () => startedBy("kim", ahead(), { size: "large", forMs: HOUR });
      const alex = startedBy("alex", disturbed(at, kim), { forMs: 6 * HOUR });
      await assert.rejects(alex, ({ exitCode }: { exitCode?: number }) => exitCode === 5 || exitCode === 9);
      const { leases, cost, left } = await promised();
      assert.deepEqual(
        leases.map(({ owner }) => owner),
        ["kim"],
      );
      assert.ok(cost <= left, `${String(cost)} is promised, and ${String(left)} is left`);
    });

  it("an extension whose lock was taken over changes nothing, exit 9", async () => {
    await startedBy("alex", account.ports(), { forMs: 2 * HOUR });
    const [before] = (await promised()).leases;
    const ports = disturbed("write", () => startedBy("kim", ahead(), { size: "large", forMs: HOUR }));
    await assert.rejects(
      extend(ports, account.stack, { byMs: 4 * HOUR, owner: "alex", dryRun: false }, account.prices),
      { exitCode: 9, message: /clocks are so far apart/ },
    );
    const { leases } = await promised();
    assert.equal(leases.find(({ owner }) => owner === "alex")?.expiresAt, before?.expiresAt);
  });

  for (const at of ["write", "requireLock"])
    it(`a stop whose lock was taken over before its ${at} leaves the slots to who has it, exit 9`, async () => {
      await startedBy("alex", account.ports());
      const ports = disturbed(at, () => startedBy("kim", ahead()));
      const words = { owner: "alex", everybody: false, dryRun: false, signal: REQUEST.signal };
      await assert.rejects(
        stop(ports, account.stack, words, () => undefined),
        { exitCode: 9 },
      );
      assert.deepEqual(await account.wanted(), ["storage-1", "fuse-client-1"]);
      assert.equal((await account.running()).length, 2);
    });
});
