import assert from "node:assert/strict";
import { recordOf, totalOf, type Ledger } from "../../runtime/guard/ledger.ts";
import { meter } from "../../runtime/guard/meter.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import type { Observations, ObservedInstance, StateChange } from "../../runtime/guard/observations.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../runtime/guard/time.ts";
import { CONFIG, HOME, host, I4I_2XLARGE, MIDNIGHT, NOON, prices, seeing, tagsOf } from "./support.ts";

const DAY_1 = "2027-06-14";
const DAY_2 = "2027-06-15";

function metered(before: Ledger | undefined, observations: Observations, config = CONFIG) {
  return meter(before, observations, config, prices());
}

function compute(ledger: Ledger, day = DAY_1): number {
  return recordOf(ledger, day).compute;
}

function event(instanceId: string, state: StateChange["state"], at: number): StateChange {
  return { instanceId, region: HOME, state, at };
}

const empty = (at = NOON): Ledger => metered(undefined, seeing(at)).ledger;

describe("meter", () => {
  it("charges each instance from its launch to now, by role and owner", () => {
    const { ledger, running } = metered(empty(), seeing(NOON + HOUR, [host("i-1", "storage-1")]));
    assert.equal(compute(ledger), I4I_2XLARGE);
    assert.deepEqual(recordOf(ledger, DAY_1).byRole, { storage: I4I_2XLARGE });
    assert.deepEqual(recordOf(ledger, DAY_1).byOwner, { team: I4I_2XLARGE });
    assert.deepEqual(
      running.map(({ id, perHour }) => [id, perHour]),
      [["i-1", I4I_2XLARGE]],
    );
  });

  it("starts at the midnight before its first look: what ran for days is not charged for days (FM-01)", () => {
    const old = host("i-1", "storage-1", { launchedAt: NOON - 3 * DAY });
    const { ledger, finished } = metered(undefined, seeing(NOON, [old]));
    assert.deepEqual([compute(ledger), finished], [12 * I4I_2XLARGE, []]);
    assert.deepEqual(
      ledger.days.map((record) => record.compute),
      [12 * I4I_2XLARGE],
      "yesterday is not charged",
    );
    const { ledger: later } = metered(ledger, seeing(NOON + HOUR, [{ ...old, launchedAt: NOON - HOUR }]));
    assert.equal(compute(later), 13 * I4I_2XLARGE);
  });

  it("counts no second twice, however often it looks (FM-01)", () => {
    let ledger = empty();
    for (let now = NOON + 10 * SECOND; now <= NOON + HOUR; now += 10 * SECOND) {
      ledger = metered(ledger, seeing(now, [host("i-1", "storage-1")])).ledger;
      ledger = metered(ledger, seeing(now, [host("i-1", "storage-1")])).ledger;
    }
    // Each of 360 charges may be rounded up by less than a nano-dollar.
    const over = compute(ledger) - I4I_2XLARGE;
    assert.ok(over >= 0 && over <= 360, `off by ${String(over)} nano-dollars`);
  });

  it("counts an event that came twice, or late, once (FM-01)", () => {
    const events = [event("i-1", "running", NOON), event("i-1", "terminated", NOON + HOUR)];
    const once = metered(empty(), seeing(NOON + 2 * HOUR, [], { events })).ledger;
    const again = metered(once, seeing(NOON + 3 * HOUR, [], { events: [...events, ...events] })).ledger;
    assert.equal(compute(again), compute(once));
    const start = metered(again, seeing(NOON + 4 * HOUR, [], { events: events.slice(0, 1) })).ledger;
    assert.equal(compute(start), compute(once), "its start alone opens it not again");
  });

  it("finds an instance without tags by its group, profile or network, and counts it (FM-07)", () => {
    const bare = { tags: {}, launchedAt: NOON };
    const { ledger, running } = metered(
      empty(),
      seeing(NOON + HOUR, [
        host("i-group", "storage-1", { tags: {} }),
        { ...host("i-profile", "storage-2", bare), group: "another" },
        { ...host("i-vpc", "storage-2", bare), group: "another", profile: "another" },
        { ...host("i-nothing", "storage-2", bare), group: "another", profile: "another", vpc: "vpc-other" },
      ]),
    );
    assert.deepEqual(
      running.map(({ id, claim }) => [id, claim.kind, claim.by]),
      [
        ["i-group", "slot", "group"],
        ["i-profile", "stray", "profile"],
        ["i-vpc", "stray", "vpc"],
        ["i-nothing", "unknown", "nothing"],
      ],
    );
    assert.equal(compute(ledger), 4 * I4I_2XLARGE);
  });

  it("leaves to its own guard what names another environment", () => {
    const tags = { ...tagsOf("on-demand"), "proving-ground:environment": "prod" };
    const elsewhere = { tags, group: "another", profile: "another", vpc: "another" };
    const foreign = host("i-1", "storage-1", elsewhere);
    assert.equal(compute(metered(empty(), seeing(NOON + HOUR, [foreign])).ledger), 0);
  });

  it("leaves unknown instances out of the sum only where the configuration says so", () => {
    const unknown: ObservedInstance = { ...host("i-1", "x", { tags: {}, vpc: "vpc-other" }), profile: "x" };
    const look = seeing(NOON + HOUR, [unknown]);
    assert.equal(compute(metered(empty(), look).ledger), I4I_2XLARGE);
    const config = { ...CONFIG, unknownInstances: "report" } as const;
    const { ledger, running } = metered(empty(), look, config);
    assert.equal(compute(ledger), 0);
    assert.equal(running.length, 1, "it is reported all the same");
  });

  it("fills a gap of hours from launch times and events (FM-12)", () => {
    const look = seeing(NOON + 6 * HOUR, [host("i-1", "storage-1", { launchedAt: NOON + HOUR })], {
      events: [
        event("i-2", "running", NOON + 2 * HOUR),
        event("i-2", "shutting-down", NOON + 4 * HOUR),
        event("i-2", "terminated", NOON + 4 * HOUR + MINUTE),
      ],
      activities: [
        { group: "proving-ground-dev-storage-2", instanceId: "i-2", does: "launch", at: NOON + 2 * HOUR },
      ],
    });
    const { ledger, notes } = metered(empty(), look);
    assert.equal(compute(ledger), 5 * I4I_2XLARGE + 2 * I4I_2XLARGE);
    assert.match(notes.join("\n"), /i-2 .*dearest type of its slot/);
  });

  it("counts at the last known burn where a region cannot be read (FM-12)", () => {
    const before = metered(empty(), seeing(NOON + HOUR, [host("i-1", "storage-1")])).ledger;
    const blind = seeing(NOON + 3 * HOUR, [], {
      regions: [
        { region: HOME, unreadable: "RequestLimitExceeded" },
        { region: "us-east-1", instances: [] },
      ],
    });
    const { ledger, running, notes } = metered(before, blind);
    assert.equal(compute(ledger), 3 * I4I_2XLARGE);
    assert.equal(running.length, 1, "it still burns");
    assert.match(notes.join("\n"), /us-west-2 could not be read \(RequestLimitExceeded\)/);
  });

  it("charges what is gone without a word up to now, and no further", () => {
    const before = metered(empty(), seeing(NOON + HOUR, [host("i-1", "storage-1")])).ledger;
    const gone = metered(before, seeing(NOON + 2 * HOUR)).ledger;
    assert.equal(compute(gone), 2 * I4I_2XLARGE);
    assert.equal(compute(metered(gone, seeing(NOON + 3 * HOUR)).ledger), 2 * I4I_2XLARGE);
  });

  it("meters an instance that lived and died between two looks (FM-13)", () => {
    const events = [event("i-1", "pending", NOON), event("i-1", "terminated", NOON + 4 * MINUTE)];
    const { ledger } = metered(empty(), seeing(NOON + 10 * MINUTE, [], { events }));
    assert.ok(compute(ledger) >= charge(I4I_2XLARGE, 4 * MINUTE), "at least its four minutes");
  });

  it("meters it by its description too, where events were lost (FM-13)", () => {
    const dead = host("i-1", "storage-1", { state: "terminated", endedAt: NOON + 4 * MINUTE });
    const { ledger } = metered(empty(), seeing(NOON + 5 * MINUTE, [dead]));
    assert.equal(compute(ledger), charge(I4I_2XLARGE, 4 * MINUTE));
  });

  it("charges a minute at least from every start", () => {
    const dead = host("i-1", "storage-1", { state: "terminated", endedAt: NOON + 5 * SECOND });
    const { ledger } = metered(empty(), seeing(NOON + 5 * MINUTE, [dead]));
    assert.equal(compute(ledger), charge(I4I_2XLARGE, MINUTE));
  });

  it("waits for the description of an instance it was only just told of (FM-10)", () => {
    const events = [event("i-1", "pending", NOON + 4 * MINUTE)];
    const { ledger, deferred } = metered(empty(), seeing(NOON + 5 * MINUTE, [], { events }));
    assert.deepEqual([...deferred], ["i-1"]);
    assert.equal(compute(ledger), 0);
    const shown = host("i-1", "storage-1", { launchedAt: NOON + 4 * MINUTE });
    const next = metered(ledger, seeing(NOON + 10 * MINUTE, [shown], { events })).ledger;
    assert.equal(compute(next), charge(I4I_2XLARGE, 6 * MINUTE));
  });

  it("cuts at 24:00 UTC, on days of changing clocks as on others (FM-14)", () => {
    for (const day of ["2027-06-14", "2027-03-14", "2027-11-07", "2027-03-28", "2028-02-28"]) {
      const midnight = Date.parse(`${day}T00:00:00Z`) + DAY;
      const launchedAt = midnight - HOUR;
      const look = seeing(midnight + 2 * HOUR, [host("i-1", "storage-1", { launchedAt })]);
      const { ledger } = metered(empty(launchedAt), look);
      assert.deepEqual(
        ledger.days.map((record) => record.compute),
        [I4I_2XLARGE, 2 * I4I_2XLARGE],
        day,
      );
    }
  });

  it("charges nothing for time that runs backwards, and nothing twice after it (FM-14)", () => {
    const instance = host("i-1", "storage-1");
    const ahead = metered(empty(), seeing(NOON + HOUR, [instance])).ledger;
    const back = metered(ahead, seeing(NOON + HOUR - 30 * SECOND, [instance])).ledger;
    assert.equal(compute(back), compute(ahead));
    assert.equal(back.meteredUntil, ahead.meteredUntil);
    assert.equal(compute(metered(back, seeing(NOON + 2 * HOUR, [instance])).ledger), 2 * I4I_2XLARGE);
  });

  it("starts a stopped and restarted instance again, with a minute at least", () => {
    const before = metered(empty(), seeing(NOON + HOUR, [host("i-1", "storage-1")])).ledger;
    const stopped = { state: "stopped", endedAt: NOON + 2 * HOUR } as const;
    const rest = metered(before, seeing(NOON + 3 * HOUR, [host("i-1", "storage-1", stopped)])).ledger;
    assert.equal(compute(rest), 2 * I4I_2XLARGE);
    const again = host("i-1", "storage-1", { launchedAt: NOON + 4 * HOUR });
    assert.equal(compute(metered(rest, seeing(NOON + 5 * HOUR, [again])).ledger), 3 * I4I_2XLARGE);
  });

  it("counts instances of every watched region (FM-18)", () => {
    const away = host("i-1", "storage-1", { region: "us-east-1", zone: "use1-az1" });
    const { ledger } = metered(empty(), seeing(NOON + HOUR, [away]));
    assert.ok(compute(ledger) > 0);
  });

  it("adds what has no hours by the share of the day, and address and volumes by the hour", () => {
    const config = { ...CONFIG, fixedPerDay: nanoUsd(2.4), extrasPerHour: nanoUsd("0.01") };
    const first = metered(undefined, seeing(NOON), config).ledger;
    assert.equal(recordOf(first, DAY_1).fixed, nanoUsd(1.2));
    const { ledger } = metered(first, seeing(MIDNIGHT + DAY + HOUR), config);
    assert.equal(recordOf(ledger, DAY_1).fixed, nanoUsd(2.4));
    assert.equal(recordOf(ledger, DAY_2).fixed, nanoUsd(0.1));
    const { running } = metered(first, seeing(NOON + HOUR, [host("i-1", "storage-1")]), config);
    assert.equal(running[0]?.perHour, I4I_2XLARGE + nanoUsd("0.01"));
  });

  it("counts an event that is older than what it keeps nothing again, unless nobody metered since (FM-01)", () => {
    const events = [event("i-1", "running", NOON), event("i-1", "terminated", NOON + HOUR)];
    const later = NOON + 5 * DAY;
    assert.equal(compute(metered(empty(later - MINUTE), seeing(later, [], { events })).ledger), 0);
    const { finished } = metered(empty(), seeing(later, [], { events }));
    assert.ok(finished.some((record) => record.day === DAY_1 && record.compute > 0));
  });

  it("hands over finished days, whole, and keeps two", () => {
    const first = metered(empty(), seeing(NOON + HOUR, [host("i-1", "storage-1")])).ledger;
    const { ledger, finished } = metered(first, seeing(MIDNIGHT + 2 * DAY + HOUR));
    assert.deepEqual(
      finished.map(({ day }) => day),
      [DAY_1],
    );
    assert.ok(finished.every((record) => totalOf(record) > 0));
    assert.ok(!ledger.days.some(({ day }) => day === DAY_1));
  });
});
