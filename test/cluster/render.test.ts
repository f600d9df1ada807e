import assert from "node:assert/strict";
import { renderExtension } from "../../cli/cluster/commands.ts";
import { priceLines, renderStatus, renderStop, slotTable } from "../../cli/cluster/render.ts";
import { RIGHTS } from "../../cli/cluster/rights.ts";
import type { ClusterStatus, StatusRow } from "../../cli/cluster/status.ts";
import type { StopResult } from "../../cli/cluster/stop.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import { HOUR } from "../../runtime/guard/time.ts";
import { host, NOON } from "../guard/support.ts";

const RUNNING: StatusRow = {
  slot: "nfs-smb-client-1",
  state: "failed",
  host: host("i-1", "storage-1"),
  detail: "step raid: no NVMe device was found",
};
const RESTING: StatusRow = { slot: "storage-2", state: "at rest", detail: "" };
const LEASE: Lease = {
  id: "20261121-1200-alex-0a1b2c",
  owner: "alex",
  slots: ["storage-1"],
  expiresAt: NOON + 8 * HOUR,
  state: "active",
};

describe("the table of slots", () => {
  it("breaks no row of a terminal of 80 columns: what there is to say stands below it", () => {
    const lines = slotTable([{ ...RUNNING, perHour: nanoUsd("0.24") }, RESTING], NOON + HOUR, 80).split("\n");
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
    assert.ok(lines.includes("  · nfs-smb-client-1: step raid: no NVMe device was found"), lines.join("\n"));
  });

  it("has it beside the row where there is room", () => {
    const text = slotTable([RUNNING], NOON + HOUR, 120);
    assert.match(text, /nfs-smb-client-1 +failed .* 1h +step raid: no NVMe device was found\n/);
    assert.doesNotMatch(text, /·/);
  });

  it("has prices only where somebody asked for them", () => {
    assert.doesNotMatch(slotTable([RUNNING, RESTING], NOON + HOUR), /\$/);
    assert.match(slotTable([{ ...RUNNING, perHour: nanoUsd("0.24") }, RESTING], NOON + HOUR), /\$0\.24/);
  });
});

describe("the words of a status", () => {
  const status: ClusterStatus = {
    environment: "dev",
    now: NOON,
    rows: [{ slot: "storage-2", state: "latched", detail: "suspended: Launch" }, RESTING],
    leases: [],
    scheduled: [],
    latch: null,
    held: [],
    rearm: "manual",
    money: { line: nanoUsd("10"), spent: 0, meteredUntil: NOON, isOld: false, perHour: 0 },
  };
  const NOT_ITS = /not by the guard, which is not latched: storage-2\./;

  it("say that a suspension is not the guard's where the guard is not latched", () => {
    assert.match(renderStatus(status, 100), NOT_ITS);
    const latch = {
      since: NOON,
      day: "2026-11-21",
      reason: "the line",
      phase: "stopped",
      stopped: [],
      reported: true,
    } as const;
    assert.doesNotMatch(renderStatus({ ...status, latch }, 100), NOT_ITS);
    assert.doesNotMatch(renderStatus({ ...status, rows: [RESTING] }, 100), /not by the guard/);
  });
});

describe("the words of a status on leases and money", () => {
  const status: ClusterStatus = {
    environment: "dev",
    now: NOON,
    rows: [RESTING],
    leases: [{ ...LEASE, slots: ["storage-1", "jepsen-1"] }],
    scheduled: [{ ...LEASE, id: "schedule office", slots: ["storage-2"] }],
    latch: null,
    held: [],
    rearm: "manual",
    money: { line: nanoUsd("10"), spent: 0, meteredUntil: NOON - HOUR, isOld: true, perHour: 0 },
  };

  it("name the slots of a lease and of a schedule", () => {
    const text = renderStatus(status, 100);
    assert.match(text, /^Lease .*alex, 2 slots, until .*, 8h left: storage-1, jepsen-1$/m);
    assert.match(text, /^Schedule office keeps up until 2027-06-14 20:00 UTC: storage-2$/m);
  });

  it("say that nothing can start while the guard's account is old", () => {
    assert.match(
      renderStatus(status, 100),
      /metered 1h ago\. That is too old: starts and extensions are refused/,
    );
    const { money } = status;
    const fresh = { ...status, money: { ...money, isOld: false } };
    assert.match(renderStatus(fresh, 100), /metered 1h ago\.$/m);
  });
});

describe("the words of a stop", () => {
  const plan: StopResult["plan"] = { end: [LEASE], stop: ["storage-1"], keep: [] };

  it("a lease that was ended runs until no time any more", () => {
    const text = renderStop({ outcome: "stopped", plan, up: ["storage-1"] });
    assert.equal(
      text,
      "Stopped: storage-1. Their hosts are gone.\n  lease 20261121-1200-alex-0a1b2c of alex is ended\n",
    );
    assert.match(renderStop({ outcome: "would stop", plan, up: ["storage-1"] }), /ends lease .* until /);
  });

  it("a lease whose slots were all at rest ends without a host that could be gone", () => {
    assert.match(renderStop({ outcome: "stopped", plan, up: [] }), /^Stopped: no slot was up\.\n {2}lease /);
  });
});

describe("the words of a price", () => {
  const price = {
    perHour: nanoUsd("0.34"),
    ceilingPerHour: nanoUsd("0.90"),
    total: nanoUsd("0.68"),
    ceilingTotal: nanoUsd("1.80"),
    bySlot: new Map([["storage-1", nanoUsd("0.34")]]),
    notes: [],
  };
  const today = { days: [{ day: "2026-11-21", spent: 0, cost: nanoUsd("1.99"), left: nanoUsd("50") }] };

  it("say why today's sum is more than the length comes to", () => {
    assert.equal(
      priceLines(price, today, 2 * HOUR, 1),
      "1 slot for 2h: $0.68, at most $1.80 ($0.34/h at today's spot prices, $0.90/h at most, on demand)\n" +
        "today: at most $1.99 of the $50.00 that are left, the guard's time to stop it included",
    );
  });

  it("name every later day on which it costs, since each has a line of its own", () => {
    const days = [...today.days, { day: "2026-11-22", spent: 0, cost: nanoUsd("0.4"), left: nanoUsd("70") }];
    assert.match(
      priceLines(price, { days }, 2 * HOUR, 1),
      /included\n2026-11-22: at most \$0\.40 of the \$70\.00 that are left$/,
    );
  });

  it("say whose lease it is that somebody else extends", () => {
    const admission = { ...today, admitted: true, cost: 0, left: 0, fitsMs: 0, fitsSlots: 1, reason: "" };
    const extension = { lease: LEASE, until: NOON + 9 * HOUR, price, admission, changed: true };
    assert.match(
      renderExtension(extension, HOUR, "kim"),
      /until 2027-06-14 21:00 UTC\. It is alex's, not yours\.\n$/,
    );
    assert.match(renderExtension(extension, HOUR, "alex"), /until 2027-06-14 21:00 UTC\.\n$/);
  });

  it("call nothing a spot price that is none", () => {
    const unknown = { ...price, perHour: price.ceilingPerHour, total: price.ceilingTotal };
    assert.match(
      priceLines(unknown, today, 2 * HOUR, 1),
      /^1 slot for 2h: \$1\.80 \(\$0\.90\/h at most, on demand\)\n/,
    );
  });
});

describe("the rights that a refusal names", () => {
  it("are those of the command, and no others", () => {
    assert.doesNotMatch(RIGHTS.status, /SetDesiredCapacity|PutItem|StartSession|servicequotas/);
    assert.doesNotMatch(RIGHTS.ssh, /SetDesiredCapacity|PutItem/);
    assert.match(RIGHTS.ssh, /ssm:StartSession/);
    assert.match(RIGHTS.start, /SetDesiredCapacity.*/);
    assert.match(RIGHTS.extend, /ConditionCheckItem/);
    assert.doesNotMatch(RIGHTS.extend, /SetDesiredCapacity/);
  });
});
