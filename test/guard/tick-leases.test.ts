import assert from "node:assert/strict";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { HOUR, MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, groupOf, NOON, orchestrator } from "./support.ts";

import { aws, MODEST, OVER, run } from "./tick-runs.ts";

describe("tick: leases and schedules", () => {
  it("ends a lease, and only then forgets it (FM-34)", async () => {
    const fake = aws(MODEST);
    fake.leases = [{ id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON, state: "active" }];
    await run(fake);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.deepEqual(
      fake.leases.map(({ state }) => state),
      ["ending"],
    );
    fake.now += CONFIG.intervalMs;
    await run(fake);
    assert.deepEqual(fake.leases, []);
  });

  it("lets a lease go on that was extended at the last second (FM-34)", async () => {
    const fake = aws(MODEST);
    fake.leases = [{ id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON, state: "active" }];
    fake.interfere = (call) => {
      if (call === "endLease")
        fake.leases = fake.leases.map((lease) => ({ ...lease, expiresAt: NOON + HOUR }));
    };
    await run(fake);
    assert.deepEqual(fake.running(), ["i-orchestrator", "i-1"]);
    assert.deepEqual(
      fake.leases.map(({ state }) => state),
      ["active"],
    );
  });

  it("warns of a lease's end once (FM-34)", async () => {
    const fake = aws(MODEST);
    fake.leases = [
      { id: "l", owner: "team", slots: ["storage-1"], expiresAt: NOON + 20 * MINUTE, state: "active" },
    ];
    for (let ticks = 0; ticks < 3; ticks += 1) {
      await run(fake);
      fake.now += CONFIG.intervalMs;
    }
    assert.equal(fake.messages.length, 1);
    assert.match(fake.messages[0]?.text ?? "", /storage-1 stop then\. To keep them: ground cluster extend\./);
  });

  it("suspends a scheduled start that does not fit, and gives it back later", async () => {
    const fake = aws(OVER - nanoUsd(3));
    fake.change(groupOf("storage-1"), { desired: 0 });
    fake.instances = [orchestrator()];
    fake.scheduled = [{ group: groupOf("storage-2"), at: NOON + HOUR, desired: 1 }];
    await run(fake);
    assert.ok(fake.group(groupOf("storage-2")).suspended.includes("ScheduledActions"));
    assert.deepEqual(fake.ledger?.heldGroups, [groupOf("storage-2")]);
    fake.scheduled = [];
    fake.now += CONFIG.intervalMs;
    await run(fake);
    assert.deepEqual(fake.group(groupOf("storage-2")).suspended, ["AZRebalance"]);
    assert.deepEqual(fake.ledger.heldGroups, []);
  });
});
