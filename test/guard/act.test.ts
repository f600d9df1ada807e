import assert from "node:assert/strict";
import { EMPTY_LOOKS, MOST_LOOKS, rearm, stopAll, stopSlots } from "../../runtime/guard/act.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { FakeAws } from "./fake-aws.ts";
import {
  AGENTS,
  closedGroups,
  CONFIG,
  groupOf,
  HOME,
  host,
  NOON,
  openGroups,
  orchestrator,
} from "./support.ts";

function aws(...ids: readonly string[]): FakeAws {
  const fake = new FakeAws(NOON);
  fake.groups = [...openGroups(1)];
  fake.instances = [
    orchestrator(),
    ...ids.map((id, index) => host(id, CONFIG.slots[index % 3]?.name ?? "storage-1")),
  ];
  return fake;
}

const REFUSED = new Error("OperationNotPermitted");

function configWithoutAgents(): GuardConfig {
  const config: { -readonly [Key in keyof GuardConfig]: GuardConfig[Key] } = { ...CONFIG };
  delete config.agentsRole;
  return config;
}

describe("act", () => {
  it("closes the groups, ends what runs, denies the models, and has it verified", async () => {
    const fake = aws("i-1", "i-2");
    const stopped = await stopAll(fake.ports, CONFIG);
    assert.deepEqual(stopped, { ids: ["i-1", "i-2"], failures: [], verified: true });
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.deepEqual(
      fake.groups.map(({ desired, suspended }) => [desired, suspended]),
      CONFIG.slots.map(() => [0, ["AZRebalance", "Launch", "ScheduledActions"]]),
    );
    assert.equal(fake.denied, true);
  });

  it("suspends launches before it wants none: the other way round a group would replace what it loses", async () => {
    const fake = aws("i-1");
    await stopAll(fake.ports, CONFIG);
    const order = fake.calls.map((call) => call.split(" ")[0]);
    assert.ok(order.lastIndexOf("suspend") < order.indexOf("setDesired"));
    assert.ok(order.lastIndexOf("setDesired") < order.indexOf("terminate"));
  });

  it("cancels requests that would launch again, in every region", async () => {
    const fake = aws();
    fake.spotRequests = [
      { id: "sir-1", region: HOME },
      { id: "sir-2", region: "us-east-1" },
    ];
    fake.pageSize = 1;
    assert.equal((await stopAll(fake.ports, CONFIG)).verified, true);
    assert.deepEqual(fake.spotRequests, []);
  });

  it("ends the others where one id is refused, one by one (FM-04)", async () => {
    const fake = aws("i-1", "i-bad", "i-3");
    fake.interfere = (call, detail) => {
      if (call === "terminate" && detail.includes("i-bad")) throw REFUSED;
    };
    const stopped = await stopAll(fake.ports, CONFIG);
    assert.deepEqual(fake.running(), ["i-orchestrator", "i-bad"]);
    assert.deepEqual(stopped.ids, ["i-1", "i-3"]);
    assert.equal(stopped.verified, false);
    assert.match(stopped.failures.join(), /terminate i-bad: OperationNotPermitted/);
    assert.match(stopped.failures.join(), /something still runs/);
  });

  it("does every other step where one fails (FM-03)", async () => {
    for (const broken of ["groups", "suspend", "setDesired", "spotRequests", "modelsDenied", "denyModels"]) {
      const fake = aws("i-1", "i-2");
      fake.interfere = (call) => {
        if (call === broken) throw REFUSED;
      };
      const stopped = await stopAll(fake.ports, CONFIG);
      assert.deepEqual(fake.running(), ["i-orchestrator"], broken);
      assert.match(stopped.failures.join(), /OperationNotPermitted/, broken);
      assert.equal(stopped.verified, false, broken);
    }
  });

  it("ends batches of a hundred, and each id once", async () => {
    const fake = aws(...Array.from({ length: 250 }, (_, index) => `i-${String(index)}`));
    await stopAll(fake.ports, CONFIG);
    assert.deepEqual(
      fake.called("terminate").map((call) => call.split(",").length),
      [100, 100, 50],
    );
  });

  it("sweeps until two looks in a row were empty (FM-06)", async () => {
    const fake = aws("i-1");
    let late = 3;
    fake.interfere = (call, detail) => {
      if (call !== "terminate" || late === 0) return;
      late -= 1;
      fake.instances.push(host(`i-late-${String(late)}`, "storage-2"));
      assert.ok(detail.length > 0);
    };
    const stopped = await stopAll(fake.ports, CONFIG);
    assert.deepEqual(stopped.ids, ["i-1", "i-late-2", "i-late-1", "i-late-0"]);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
    assert.equal(stopped.verified, true);
  });

  it("looks again after an empty look that was empty by accident (FM-06)", async () => {
    const fake = aws();
    let looks = 0;
    fake.interfere = (call, detail) => {
      // Reads of the home region: one for groups of persistent hosts, then the sweep's.
      if (call === "instances" && detail === HOME && (looks += 1) === 3)
        fake.instances.push(host("i-late", "storage-1"));
    };
    assert.deepEqual((await stopAll(fake.ports, CONFIG)).ids, ["i-late"]);
    assert.ok(looks >= 3 + EMPTY_LOOKS);
  });

  it("gives up after some looks and says that it is not done", async () => {
    const fake = aws();
    let launched = 0;
    fake.interfere = (call) => {
      if (call === "instances") fake.instances.push(host(`i-${String((launched += 1))}`, "storage-1"));
    };
    const stopped = await stopAll(fake.ports, CONFIG);
    assert.equal(stopped.verified, false);
    assert.ok(fake.called("instances us-east-1").length <= MOST_LOOKS);
  });

  it("ends what is known of a region that it cannot read, and verifies nothing there", async () => {
    const fake = aws("i-1");
    fake.interfere = (call, detail) => {
      if (call === "instances" && detail === HOME) throw new Error("RequestLimitExceeded");
    };
    const claim = { kind: "slot", by: "group", role: "storage", owner: "team", slot: "storage-1" } as const;
    const stopped = await stopAll(fake.ports, CONFIG, {
      known: [{ id: "i-1", region: HOME, type: "i4i.2xlarge", claim }],
    });
    assert.deepEqual(stopped.ids, ["i-1"]);
    assert.equal(stopped.verified, false);
  });

  it("finds all pages of what runs (FM-10)", async () => {
    const fake = aws(...Array.from({ length: 23 }, (_, index) => `i-${String(index)}`));
    fake.pageSize = 2;
    assert.equal((await stopAll(fake.ports, CONFIG)).ids.length, 23);
    assert.deepEqual(fake.running(), ["i-orchestrator"]);
  });

  it("leaves alone the group that holds a persistent host, and the host (FM-08)", async () => {
    const fake = aws("i-1", "i-2");
    fake.instances = fake.instances.map((one) =>
      one.id === "i-orchestrator" ? { ...one, group: groupOf("storage-1") } : one,
    );
    const stopped = await stopAll(fake.ports, CONFIG);
    assert.ok(fake.running().includes("i-orchestrator"));
    assert.equal(fake.group(groupOf("storage-1")).desired, 1, "setting it to 0 would stop the host");
    assert.deepEqual(fake.group(groupOf("storage-1")).suspended.slice(1), ["Launch", "ScheduledActions"]);
    assert.match(stopped.failures.join(), /holds a persistent host: left as it is/);
  });

  it("asks for nothing that is so already: a stop may be repeated", async () => {
    const fake = aws();
    fake.groups = [...closedGroups()];
    fake.denied = true;
    assert.equal((await stopAll(fake.ports, CONFIG)).verified, true);
    for (const call of ["suspend", "setDesired", "terminate", "denyModels"])
      assert.deepEqual(fake.called(call), [], call);
  });

  it("tolerates groups that are gone (FM-45)", async () => {
    const fake = aws("i-1");
    fake.groups = fake.groups.slice(1);
    assert.equal((await stopAll(fake.ports, CONFIG)).verified, true);
    fake.groups = [];
    assert.equal((await rearm(fake.ports, CONFIG)).verified, true);
  });

  it("gives back what the latch took, and starts nothing", async () => {
    const fake = aws();
    fake.groups = [...closedGroups()];
    fake.denied = true;
    assert.deepEqual(await rearm(fake.ports, CONFIG), { verified: true, failures: [] });
    assert.deepEqual(fake.groups, openGroups(0));
    assert.equal(fake.denied, false);
  });

  it("says what it could not give back, and gives back the rest", async () => {
    const fake = aws();
    fake.groups = [...closedGroups()];
    fake.denied = true;
    fake.interfere = (call, detail) => {
      if (call === "resume" && detail === groupOf("storage-1")) throw REFUSED;
    };
    const { verified, failures } = await rearm(fake.ports, CONFIG);
    assert.equal(verified, false);
    assert.match(failures.join(), /resume proving-ground-dev-storage-1/);
    assert.deepEqual(fake.group(groupOf("jepsen-1")).suspended, ["AZRebalance"]);
    assert.equal(fake.denied, false);
  });

  it("leaves the models alone where no role calls any", async () => {
    const fake = aws("i-1");
    const config = configWithoutAgents();
    assert.equal((await stopAll(fake.ports, config)).verified, true);
    assert.equal(fake.called("denyModels").length + fake.called(`modelsDenied ${AGENTS}`).length, 0);
  });

  it("ends the slots of a lease and no other (FM-34)", async () => {
    const fake = aws("i-1", "i-2");
    const failures = await stopSlots(fake.ports.cloud, CONFIG, ["storage-1"], [{ id: "i-1", region: HOME }]);
    assert.deepEqual(failures, []);
    assert.deepEqual(
      fake.groups.map(({ desired }) => desired),
      [0, 1, 1],
    );
    assert.deepEqual(fake.running(), ["i-orchestrator", "i-2"]);
  });
});
