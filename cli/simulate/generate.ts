import { Random } from "./random.ts";
import { HANGING_CALLS, type Happening, type Scenario } from "./scenario.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Clusters that are drawn from: from a developer's two slots to twenty storage nodes. */
const CLUSTERS: readonly (readonly (readonly [role: string, count: number, types: readonly string[]])[])[] = [
  [
    ["storage", 1, ["i4i.large"]],
    ["fuse-client", 1, ["c7a.large"]],
  ],
  [
    ["storage", 3, ["i4i.xlarge", "i4i.2xlarge"]],
    ["fuse-client", 1, ["c7a.xlarge"]],
    ["jepsen", 1, ["c7a.xlarge"]],
  ],
  [
    ["storage", 5, ["i4i.2xlarge"]],
    ["fuse-client", 1, ["c7a.xlarge"]],
    ["nfs-smb-client", 1, ["c7a.xlarge"]],
    ["conduit", 1, ["t3.medium"]],
    ["jepsen", 1, ["c7a.xlarge"]],
  ],
  [["storage", 20, ["i4i.2xlarge"]]],
];

/** A public address ($0.005) and 30 GiB of gp3 ($0.0033). */
const EXTRAS_USD_PER_HOUR = 0.0083;

const FIRST_DAYS = [
  // Days around the changes of clocks in both parts of the world, a leap day, and the turn of a year.
  "2027-03-12",
  "2027-03-27",
  "2027-10-29",
  "2027-11-05",
  "2028-02-27",
  "2027-12-30",
  "2027-06-14",
];

const CALLS = [
  "instances",
  "groups",
  "scheduledRuns",
  "spotPrices",
  "suspend",
  "setDesired",
  "terminate",
  "spotRequests",
  "modelsDenied",
  "receive",
  "write",
  "settle",
  "notify",
] as const;

/** A random run of some days. Pure: the seed says everything. */
export function generate(seed: number, days: number): Scenario {
  const random = new Random(seed);
  const cluster = random.pick(CLUSTERS);
  const slots = cluster.flatMap(([role, count, types]) =>
    Array.from({ length: count }, () => ({ role, types: [...types] })),
  );
  const schedule = random.chance(0.5)
    ? {
        start: `${String(random.integer(0, 59))} ${String(random.integer(0, 12))} * * *`,
        stop: `${String(random.integer(0, 59))} ${String(random.integer(13, 23))} * * *`,
        timeZone: random.pick([
          "UTC",
          "America/Los_Angeles",
          "Europe/Berlin",
          "Asia/Tokyo",
          "Australia/Lord_Howe",
        ]),
        slots: random.integer(1, slots.length),
      }
    : undefined;
  const happenings = Array.from({ length: days }, (_, day) =>
    happeningsOf(day * DAY, slots.length, random),
  ).flat();
  return {
    seed,
    firstDay: random.pick(FIRST_DAYS),
    days,
    lineUsd: 11 + slots.length * random.integer(0, 4) + random.integer(0, 100) / 100,
    rearm: random.chance(0.8) ? "next-day" : "manual",
    intervalMs: random.pick([5, 5, 5, 5, 10]) * MINUTE,
    slots,
    orchestrator: random.pick(["c7a.2xlarge", "c7a.xlarge"]),
    fixedUsdPerDay: random.integer(0, 100) / 100,
    extrasUsdPerHour: EXTRAS_USD_PER_HOUR,
    ...(schedule === undefined ? {} : { schedule }),
    pageSize: random.pick([2, 7, 1000]),
    happenings: happenings.toSorted((a, b) => a.at - b.at),
  };
}

/** One day: work, and now and then each kind of trouble. */
function happeningsOf(midnight: number, slots: number, random: Random): readonly Happening[] {
  const found: Happening[] = [];
  const when = (): number => midnight + random.integer(0, DAY - 1);
  const lasting = (least: number, most: number): number => random.integer(least, most) * MINUTE;
  const sometimes = (probability: number, make: () => Happening): void => {
    if (random.chance(probability)) found.push(make());
  };
  for (let count = random.integer(0, 3); count > 0; count -= 1)
    found.push({ does: "start", at: when(), slots: random.integer(1, slots), forMs: lasting(20, 900) });
  for (let count = random.integer(0, 2); count > 0; count -= 1)
    found.push({ does: "interrupt", at: when(), slot: random.integer(0, slots - 1) });
  sometimes(0.2, () => ({ does: "extend", at: when(), byMs: lasting(30, 300) }));
  sometimes(0.35, () => launch(when(), slots, random));
  sometimes(0.15, () => launch(when(), slots, random));
  sometimes(0.2, () => ({
    does: "spike",
    at: when(),
    share: random.integer(60, 100) / 100,
    forMs: lasting(3, 240),
  }));
  sometimes(0.2, () => ({
    does: "feed",
    at: when(),
    fault: random.pick(["missing", "zero", "nan", "negative", "old", "fails"] as const),
    forMs: lasting(5, 400),
  }));
  sometimes(0.3, () => ({
    does: "refuse",
    at: when(),
    call: random.pick(CALLS),
    times: random.integer(1, 5),
  }));
  sometimes(0.2, () => ({
    does: "die",
    at: when(),
    call: random.integer(1, 40),
    effect: random.chance(0.5),
  }));
  sometimes(0.25, () => ({ does: "lose-ticks", at: when(), count: random.integer(1, 3) }));
  sometimes(0.25, () => ({
    does: "double-tick",
    at: when(),
    call: random.integer(1, 30),
    unlocked: random.chance(0.3),
  }));
  sometimes(0.06, () => ({ does: "outage", at: when(), forMs: lasting(20, 700) }));
  sometimes(0.15, () => ({
    does: "skew",
    at: when(),
    ms: random.integer(-30, 30) * 1000,
    forMs: lasting(5, 600),
  }));
  sometimes(0.1, () => ({ does: "notice", at: when(), forged: random.chance(0.6) }));
  sometimes(0.1, () => ({ does: "rearm", at: when() }));
  sometimes(0.15, () => ({
    does: "tokens",
    at: when(),
    usdPerHour: random.integer(1, 40) / 10,
    forMs: lasting(10, 300),
  }));
  sometimes(0.08, () => ({
    does: "blind",
    at: when(),
    region: random.pick(["us-west-2", "us-east-1"]),
    forMs: lasting(3, 90),
  }));
  sometimes(0.04, () => ({ does: "stubborn", at: when(), forMs: lasting(3, 60) }));
  sometimes(0.15, () => hang(when(), lasting(1, 90), random));
  return found;
}

function hang(at: number, forMs: number, random: Random): Happening {
  const call = random.pick(HANGING_CALLS);
  const inRegion = call === "instances" || call === "spotRequests" || call === "terminate";
  const region = inRegion ? random.pick(["us-west-2", "us-west-2", "us-east-1"]) : undefined;
  return { does: "hang", at, call, ...(region === undefined ? {} : { region }), forMs };
}

function launch(at: number, slots: number, random: Random): Happening {
  const how = random.pick([
    "group",
    "group",
    "group",
    "tagged",
    "tagged",
    "stray",
    "unknown",
    "foreign",
  ] as const);
  const forMs = random.chance(0.4) ? random.integer(1, 200) * 30_000 : undefined;
  return {
    does: "launch",
    at,
    how,
    type:
      how === "unknown" ? random.pick(["t3.micro", "z9x.large"]) : random.pick(["i4i.large", "i4i.2xlarge"]),
    market: random.chance(0.5) ? "spot" : "on-demand",
    count: how === "group" ? random.integer(1, slots) : random.integer(1, 3),
    ...(forMs === undefined ? {} : { forMs }),
  };
}
