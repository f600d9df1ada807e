import assert from "node:assert/strict";
import { stopAll } from "../../runtime/guard/act.ts";
import { CONFIG, groupOf, host, openGroups, orchestrator } from "./support.ts";
import type { FakeAws } from "./fake-aws.ts";
import { aws, OVER, run } from "./tick-runs.ts";

const THROTTLED = new Error("Throttling: Rate exceeded");

/** Two slots up, which Auto Scaling fills again while it may; groups can be read that often. */
function refilled(reads: number): FakeAws {
  const fake = aws(OVER);
  fake.change(groupOf("storage-2"), { desired: 1 });
  fake.instances.push(host("i-2", "storage-2"));
  let left = reads;
  let made = 0;
  fake.interfere = (call) => {
    if (call === "groups" && (left -= 1) < 0) throw THROTTLED;
    if (call !== "instances") return;
    for (const { name, desired, suspended } of fake.groups) {
      const isFull = fake.instances.some(({ group, state }) => group === name && state === "running");
      if (desired === 0 || suspended.includes("Launch") || isFull) continue;
      made += 1;
      fake.instances.push(host(`i-again-${String(made)}`, name.replace("proving-ground-dev-", "")));
    }
  };
  return fake;
}

const again = (fake: FakeAws) => fake.instances.filter(({ id }) => id.startsWith("i-again"));

describe("a stop that cannot read its groups", () => {
  it("closes those that the tick saw: nothing is launched again, and it is not called done (FM-04)", async () => {
    const fake = refilled(1);
    // One that does not exist is not among them: to suspend it would fail.
    fake.groups = fake.groups.filter(({ name }) => name !== groupOf("jepsen-1"));
    const { decision, settled } = await run(fake);
    assert.deepEqual([decision?.verdict, settled], ["stop", false]);
    assert.deepEqual([fake.running(), again(fake)], [["i-orchestrator"], []]);
    assert.deepEqual(
      fake.groups.map(({ desired, suspended }) => [desired, suspended.length]),
      [
        [0, 3],
        [0, 3],
      ],
    );
    assert.doesNotMatch(fake.messages[0]?.text ?? "", /jepsen-1/);
    fake.interfere = () => undefined;
    fake.now += CONFIG.intervalMs;
    assert.equal((await run(fake)).settled, true);
  });

  it("closes all that there should be where none was ever seen (FM-04)", async () => {
    const fake = refilled(0);
    const { verified } = await stopAll(fake.ports, CONFIG);
    assert.equal(verified, false);
    assert.deepEqual([fake.running(), again(fake)], [["i-orchestrator"], []]);
    assert.ok(fake.groups.every(({ desired, suspended }) => desired === 0 && suspended.length === 3));
  });

  it("sets none to 0 that holds a persistent host, and none where nobody can see which do (FM-08)", async () => {
    for (const isBlind of [false, true]) {
      const fake = aws(OVER);
      fake.groups = [...openGroups(1)];
      fake.instances = [orchestrator({ group: groupOf("storage-1") })];
      fake.interfere = (call) => {
        if (call === "groups" || (isBlind && call === "instances")) throw THROTTLED;
      };
      await stopAll(fake.ports, CONFIG);
      assert.deepEqual(
        fake.groups.map(({ desired }) => desired),
        isBlind ? [1, 1, 1] : [1, 0, 0],
      );
      assert.ok(fake.groups.every(({ suspended }) => suspended.includes("Launch")));
      assert.deepEqual(fake.running(), ["i-orchestrator"]);
    }
  });
});
