import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { stopAll } from "../../runtime/guard/act.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { FakeAws } from "./fake-aws.ts";
import { CONFIG, host, NOON, openGroups } from "./support.ts";
import { aws as tickAws, OVER, run } from "./tick-runs.ts";

describe("act, against calls that never answer", () => {
  it("closes all groups at once: where Auto Scaling hangs, hosts are ended two time limits later (FM-04)", async () => {
    const fake = new FakeAws(NOON);
    fake.groups = [...openGroups(3)];
    fake.instances = ["storage-1", "storage-2", "storage-3"].map((slot, index) =>
      host(`i-${String(index)}`, slot),
    );
    const given: (() => void)[] = [];
    const hang = (): Promise<void> =>
      new Promise((_resolve, reject) => {
        given.push(() => {
          reject(new Error("TimeoutError"));
        });
      });
    const cloud = { ...fake.ports.cloud, suspend: hang, setDesired: hang };
    const stopping = stopAll({ ...fake.ports, cloud }, CONFIG);
    let limits = 0;
    while (fake.running().length > 0) {
      await setImmediate();
      if (given.length > 0) limits += 1;
      for (const giveUp of given.splice(0)) giveUp();
    }
    assert.equal((await stopping).verified, false);
    assert.deepEqual(fake.running(), []);
    assert.equal(limits, 2, "one to suspend them all, one to set them all to 0");
  });

  it("leaves time to tell people and to remember where a region that was read before hangs (FM-03)", async () => {
    const fake = tickAws(OVER);
    if (fake.ledger !== undefined) fake.ledger = { ...fake.ledger, regionsRead: CONFIG.regions };
    const start = fake.now;
    const limit = CONFIG.intervalMs - MINUTE / 2;
    fake.interfere = (call, detail) => {
      if (fake.now - start > limit) throw new Error("Lambda ended the run");
      if (detail !== "us-east-1") return;
      fake.now += 40_000;
      throw new Error(`${call} timed out`);
    };
    const { settled } = await run(fake);
    assert.equal(settled, false, "nobody knows what runs there");
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.equal(fake.messages.length, 1);
    assert.deepEqual([fake.ledger?.latch?.phase, fake.ledger?.latch?.reported], ["stopping", true]);
  });
});
