import assert from "node:assert/strict";
import { newestStopped } from "../../runtime/guard/ledger.ts";
import { stoppedInFull, stoppedNames } from "../../runtime/guard/stopped.ts";

describe("what a latch stopped", () => {
  const latch = { stopped: ["i-1", "i-2", "i-3"], slots: { "i-1": "storage-2", "i-3": "storage-1" } };

  it("is told by slot, by id where no slot held it", () => {
    assert.equal(stoppedNames(latch), "storage-1, storage-2, i-2");
    assert.equal(stoppedInFull(latch), "storage-2 (i-1), i-2, storage-1 (i-3)");
    assert.equal(stoppedNames({ stopped: [] }), "nothing was running");
  });

  it("keeps the newest, with their slots, and how many there were before", () => {
    const shorter = newestStopped(newestStopped(latch, 2), 1);
    assert.deepEqual(shorter, { stopped: ["i-3"], slots: { "i-3": "storage-1" }, stoppedBefore: 2 });
    assert.equal(stoppedNames(shorter), "storage-1, and 2 before them");
    assert.equal(newestStopped(latch, 3), latch);
  });
});
