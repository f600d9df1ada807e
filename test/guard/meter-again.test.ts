import assert from "node:assert/strict";
import { ledgerItem, ledgerOf } from "../../runtime/guard/aws/items.ts";
import { newDay, recordOf, type Ledger } from "../../runtime/guard/ledger.ts";
import { meter, type Metered } from "../../runtime/guard/meter.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import type {
  InstanceState,
  Observations,
  ObservedInstance,
  StateChange,
} from "../../runtime/guard/observations.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";
import {
  CONFIG,
  groupOf,
  HOME,
  host,
  I4I_2XLARGE,
  ledgerAt,
  MIDNIGHT,
  NOON,
  orchestrator,
  outsideGroups,
  prices,
  seeing,
  tagsOf,
} from "./support.ts";
import { aws, MODEST, run } from "./tick-runs.ts";

const DAY_1 = "2027-06-14";
const SLOT_FOR_A_TICK = charge(I4I_2XLARGE, 5 * MINUTE);

function metered(before: Ledger | undefined, observations: Observations, config = CONFIG): Metered {
  const result = meter(before, observations, config, prices());
  // By way of the table, as from one run of the guard to the next.
  return { ...result, ledger: ledgerOf(ledgerItem(result.ledger, "run")) };
}

const compute = (ledger: Ledger, day = DAY_1): number => recordOf(ledger, day).compute;

function event(instanceId: string, state: InstanceState, at: number, region = HOME): StateChange {
  return { instanceId, region, state, at };
}

/** Nothing could be read anywhere. */
const blind = (now: number, events: readonly StateChange[]): Observations =>
  seeing(now, [], {
    events,
    regions: CONFIG.regions.map((region) => ({ region, unreadable: "RequestLimitExceeded" })),
  });

/** Up at noon, stopped a minute later, and described so. */
function rested(instance: ObservedInstance): Ledger {
  const before = metered(ledgerAt(NOON - HOUR, 0), seeing(NOON, [instance])).ledger;
  const stopped = { ...instance, state: "stopped", endedAt: NOON + MINUTE } as const;
  return metered(before, seeing(NOON + 5 * MINUTE, [stopped])).ledger;
}

const started = (id: string, region = HOME) => [event(id, "running", NOON + 6 * MINUTE, region)];

describe("a stopped instance that starts again where nobody can look", () => {
  it("costs what it cost before, and no price of an unknown type (FM-12)", () => {
    const before = rested(host("i-1", "storage-1"));
    const { ledger, running } = metered(before, blind(NOON + 10 * MINUTE, started("i-1")));
    assert.equal(compute(ledger) - compute(before), charge(I4I_2XLARGE, 4 * MINUTE));
    assert.deepEqual(
      running.map(({ id, type, claim }) => [id, type, claim.slot]),
      [["i-1", "i4i.2xlarge", "storage-1"]],
    );
  });

  it("stays another environment's, and costs nothing here", () => {
    const tags = { ...tagsOf("on-demand"), "proving-ground:environment": "prod" };
    const away = { tags, region: "us-east-1", group: "another", profile: "another", vpc: "another" };
    const before = rested(host("i-1", "storage-1", away));
    const { ledger, running } = metered(before, blind(NOON + 10 * MINUTE, started("i-1", "us-east-1")));
    assert.deepEqual([compute(ledger), running.map(({ claim }) => claim.kind)], [0, ["foreign"]]);
  });

  it("is remembered where only its event told that it was stopped", () => {
    const up = metered(ledgerAt(NOON - HOUR, 0), seeing(NOON, [host("i-1", "storage-1")])).ledger;
    const before = metered(up, blind(NOON + 5 * MINUTE, [event("i-1", "stopped", NOON + MINUTE)])).ledger;
    const { running } = metered(before, blind(NOON + 10 * MINUTE, started("i-1")));
    assert.deepEqual(
      running.map(({ type }) => type),
      ["i4i.2xlarge"],
    );
  });

  it("is forgotten but for its place once it is gone: the ledger has no room for what it was", () => {
    const gone = host("i-1", "storage-1", { state: "terminated", endedAt: NOON + 6 * MINUTE });
    const seen = metered(rested(host("i-1", "storage-1")), seeing(NOON + 10 * MINUTE, [gone])).ledger;
    const ended = [event("i-1", "terminated", NOON + 6 * MINUTE)];
    const told = metered(rested(host("i-1", "storage-1")), blind(NOON + 10 * MINUTE, ended)).ledger;
    for (const { meters } of [seen, told])
      assert.deepEqual(Object.keys(meters.get("i-1") ?? {}).sort(), ["chargedUntil", "id", "open", "region"]);
  });

  it("waits for its description where the ledger does not say what it is", () => {
    const bare = { id: "i-1", region: HOME, chargedUntil: NOON, open: false } as const;
    const before = ledgerAt(NOON + 5 * MINUTE, 0, { meters: new Map([["i-1", bare]]) });
    const events = started("i-1");
    const { ledger, running, deferred } = metered(before, blind(NOON + 10 * MINUTE, events));
    assert.deepEqual([compute(ledger), running, [...deferred]], [0, [], ["i-1"]]);
    const shown = host("i-1", "storage-1", { launchedAt: NOON + 6 * MINUTE });
    const next = metered(ledger, seeing(NOON + 15 * MINUTE, [shown], { events }));
    assert.deepEqual([compute(next.ledger), next.deferred.size], [charge(I4I_2XLARGE, 9 * MINUTE), 0]);
  });

  it("counts as planned where the configuration lists it", () => {
    const listed = CONFIG.persistent.map((one) => ({ ...one, instanceIds: ["i-1"] }));
    const config = { ...CONFIG, persistent: listed };
    const bare = { id: "i-1", region: HOME, chargedUntil: NOON, open: false } as const;
    const before = ledgerAt(NOON + 5 * MINUTE, 0, { meters: new Map([["i-1", bare]]) });
    const { ledger, deferred } = metered(before, blind(NOON + 10 * MINUTE, started("i-1")), config);
    assert.deepEqual([compute(ledger), deferred.size], [charge(nanoUsd("0.2"), 4 * MINUTE), 0]);
    const next = metered(ledger, blind(NOON + 10 * MINUTE + HOUR, []), config);
    assert.equal(compute(next.ledger) - compute(ledger), nanoUsd("0.2"), "and goes on so");
  });

  it("counts as its slot's dearest for as long as nobody describes it (FM-12)", () => {
    const launch = { group: groupOf("storage-1"), instanceId: "i-1", does: "launch", at: NOON } as const;
    const events = [event("i-1", "running", NOON)];
    const first = metered(ledgerAt(NOON, 0), { ...blind(NOON + HOUR, events), activities: [launch] }).ledger;
    const { ledger } = metered(first, blind(NOON + 2 * HOUR, []));
    assert.deepEqual([compute(first), compute(ledger)], [I4I_2XLARGE, 2 * I4I_2XLARGE]);
  });

  it("stops nothing and closes no latch (FM-12)", async () => {
    const fake = aws(MODEST);
    const persistent = CONFIG.persistent.map((one) => ({ ...one, instanceIds: ["i-orchestrator"] }));
    const config = { ...CONFIG, persistent };
    fake.instances = [
      orchestrator({ state: "stopped", endedAt: NOON - MINUTE }),
      host("i-1", "storage-1", { launchedAt: NOON - MINUTE }),
    ];
    await run(fake, { config });
    fake.now += 5 * MINUTE;
    fake.instances = [orchestrator({ launchedAt: fake.now - 3 * MINUTE }), host("i-1", "storage-1")];
    fake.events = [{ ...event("i-orchestrator", "running", fake.now - 3 * MINUTE), receipt: "r" }];
    fake.interfere = (call, detail) => {
      if (call === "instances" && detail === HOME) throw new Error("RequestLimitExceeded");
    };
    const { decision } = await run(fake, { config });
    assert.deepEqual([decision?.verdict, fake.ledger?.latch], ["ok", null]);
  });
});

describe("a stopped instance of which EC2 does not say when it stopped", () => {
  const stopped = (launchedAt: number) =>
    outsideGroups(host("i-1", "storage-1", { state: "stopped", launchedAt }));

  it("costs nothing, however often and for however long it is described (FM-01)", () => {
    let ledger: Ledger | undefined;
    let spent = 0;
    for (let now = MIDNIGHT; now <= MIDNIGHT + 12 * DAY; now += 3 * HOUR) {
      const { finished, ledger: next } = metered(ledger, seeing(now, [stopped(MIDNIGHT - 10 * DAY)]));
      ledger = next;
      for (const { compute } of finished) spent += compute;
    }
    assert.ok(ledger !== undefined);
    for (const { compute } of ledger.days) spent += compute;
    assert.equal(spent, 0);
  });

  it("costs its time since its launch where it was launched after the guard began to look", () => {
    const { ledger } = metered(ledgerAt(NOON, 0), seeing(NOON + HOUR, [stopped(NOON)]));
    assert.equal(compute(ledger), I4I_2XLARGE);
  });
});

describe("the end of an instance that nobody knows", () => {
  it("costs an interval of the dearest slot where it is told late, and people are asked (FM-11)", () => {
    const events = [event("i-old", "terminated", NOON - 5 * HOUR)];
    const { ledger, ask } = metered(ledgerAt(NOON - 5 * MINUTE, 0), seeing(NOON, [], { events }));
    assert.deepEqual([compute(ledger), compute(ledger, "2027-06-13")], [SLOT_FOR_A_TICK, 0]);
    assert.match(ask.join(), /Only the end of i-old was told/);
    const again = metered(ledger, seeing(NOON + 5 * MINUTE, [], { events }));
    assert.deepEqual([compute(again.ledger), again.ask], [SLOT_FOR_A_TICK, []]);
  });

  it("costs all the time since the last look where that is long ago (FM-12)", () => {
    const events = [event("i-old", "terminated", NOON)];
    const { ledger } = metered(ledgerAt(NOON - 3 * HOUR, 0), seeing(NOON + HOUR, [], { events }));
    assert.equal(compute(ledger), 3 * I4I_2XLARGE);
  });

  it("asks nobody where unknown instances are only reported", () => {
    const events = [event("i-old", "terminated", NOON - 5 * HOUR)];
    const config = { ...CONFIG, unknownInstances: "report" } as const;
    const { ledger, ask } = metered(ledgerAt(NOON, 0), seeing(NOON, [], { events }), config);
    assert.deepEqual([compute(ledger), ask], [0, []]);
  });
});

describe("a day that is in the archive", () => {
  it("is not written anew for an event that comes days late: the oldest day here is charged", () => {
    const known = { id: "i-1", region: HOME, chargedUntil: MIDNIGHT - 3 * DAY, open: false } as const;
    const before = ledgerAt(NOON - 5 * MINUTE, 0, {
      days: [{ ...newDay("2027-06-13"), compute: 5 }, newDay(DAY_1)],
      meters: new Map([["i-1", known]]),
    });
    const events = [
      event("i-1", "running", MIDNIGHT - 3 * DAY + HOUR),
      event("i-1", "terminated", MIDNIGHT - 3 * DAY + 2 * HOUR),
    ];
    const { ledger, finished } = metered(before, seeing(NOON, [], { events }));
    assert.deepEqual(finished, []);
    assert.ok(compute(ledger, "2027-06-13") > 5);
    assert.equal(compute(ledger), 0);
  });
});

describe("an instance in a region that is watched no more", () => {
  const config = { ...CONFIG, regions: [HOME] };
  const home = (now: number) => seeing(now, [], { regions: [{ region: HOME, instances: [] }] });
  const before = metered(
    ledgerAt(NOON - HOUR, 0),
    seeing(NOON + HOUR, [host("i-1", "storage-1", { region: "us-east-1" })]),
  ).ledger;

  it("is counted to the look that first leaves it out, and people are asked once", () => {
    const { ledger, running, ask } = metered(before, home(NOON + 2 * HOUR), config);
    assert.deepEqual([compute(ledger), running], [2 * I4I_2XLARGE, []]);
    assert.match(ask.join(), /us-east-1 is watched no more, and i-1 ran there/);
    const next = metered(ledger, home(NOON + 3 * HOUR), config);
    assert.deepEqual([compute(next.ledger), next.running, next.ask], [2 * I4I_2XLARGE, [], []]);
  });

  it("is forgotten like any other, days later", () => {
    let { ledger } = metered(before, home(NOON + 2 * HOUR), config);
    for (let day = 1; day <= 6; day += 1) ({ ledger } = metered(ledger, home(NOON + day * DAY), config));
    assert.equal(ledger.meters.size, 0);
  });
});
