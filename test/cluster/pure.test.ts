import assert from "node:assert/strict";
import fc from "fast-check";
import { readDuration, shownDuration } from "../../cli/cluster/duration.ts";
import { chosenLease, leaseId, ownerOf, stopPlan } from "../../cli/cluster/leases.ts";
import { ClusterPrices } from "../../cli/cluster/price.ts";
import { changedLines, signature, slotNote } from "../../cli/cluster/progress.ts";
import { outcomeOf } from "../../cli/cluster/start-wait.ts";
import { isFinal, SLOT_STATES, type SlotView } from "../../cli/cluster/slot-state.ts";
import type { SlotPlan } from "../../infra/settings/slots.ts";
import { loadCatalogue } from "../../pricing/catalogue.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease, SpotQuote } from "../../runtime/guard/observations.ts";
import { OnDemandPrices } from "../../runtime/guard/prices.ts";
import { DAY, HOUR, MINUTE } from "../../runtime/guard/time.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const ANY = { least: 0, most: 1_000 * DAY };

describe("durations of leases", () => {
  it("reads back what it shows, for every whole number of minutes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 * 24 * 60 }), (minutes) => {
        assert.equal(readDuration(shownDuration(minutes * MINUTE), ANY), minutes * MINUTE);
      }),
    );
  });

  it("says what is wrong and what is allowed, and never guesses", () => {
    for (const text of ["", "8", "8 h", "h", "-8h", "1.5h", "8H", "8h8d", "8hours", "9999999h", "NaN"]) {
      const read = readDuration(text, { least: 10 * MINUTE, most: 7 * DAY });
      assert.ok(typeof read !== "number", `"${text}" was read as a duration`);
      assert.match(read.problem, /from 10m to 7d/);
    }
    assert.equal(typeof readDuration("9m", { least: 10 * MINUTE, most: DAY }), "object");
    assert.equal(readDuration("10m", { least: 10 * MINUTE, most: DAY }), 10 * MINUTE);
    assert.equal(typeof readDuration("1d1m", { least: 10 * MINUTE, most: DAY }), "object");
  });
});

const SLOTS = ["a", "b", "c", "d"] as const;

const anyLease: fc.Arbitrary<Lease> = fc.record({
  id: fc.uuid(),
  owner: fc.constantFrom("alex", "kim"),
  slots: fc.subarray([...SLOTS]),
  expiresAt: fc.integer({ min: NOW - HOUR, max: NOW + DAY }),
  state: fc.constantFrom("active", "ending"),
});

describe("what a stop ends", () => {
  it("every slot either stops or is kept by an active lease that does not end, never both", () => {
    fc.assert(
      fc.property(fc.array(anyLease, { maxLength: 6 }), (leases) => {
        const plan = stopPlan(SLOTS, leases, ({ owner }) => owner === "alex");
        assert.deepEqual([...plan.stop, ...plan.keep.map(({ slot }) => slot)].sort(), [...SLOTS]);
        for (const { slot, lease } of plan.keep) {
          assert.equal(lease.owner, "kim");
          assert.equal(lease.state, "active");
          assert.ok(lease.slots.includes(slot));
        }
        for (const slot of plan.stop)
          assert.ok(
            !leases.some((l) => l.owner === "kim" && l.state === "active" && l.slots.includes(slot)),
            `${slot} is held by somebody else`,
          );
        assert.ok(plan.end.every(({ owner }) => owner === "alex"));
      }),
    );
  });

  it("a command's lease is the one named or one's own only active one", () => {
    fc.assert(
      fc.property(fc.array(anyLease, { maxLength: 4 }), (leases) => {
        const own = leases.filter(({ owner, state }) => owner === "alex" && state === "active");
        if (own.length === 1) assert.equal(chosenLease(leases, undefined, "alex"), own[0]);
        else assert.throws(() => chosenLease(leases, undefined, "alex"), { exitCode: 2 });
        for (const lease of leases) assert.equal(chosenLease(leases, lease.id, "nobody"), lease);
      }),
    );
  });

  it("names the caller as people know them, and leases by when and whose", () => {
    assert.equal(ownerOf("arn:aws:iam::123456789012:user/team/alex"), "alex");
    assert.equal(ownerOf("arn:aws:sts::123456789012:assumed-role/dev/alex@example.com"), "alex@example.com");
    assert.equal(ownerOf("arn:aws:iam::123456789012:root"), "root");
    assert.equal(leaseId("alex@example.com", NOW, "0a1b2c"), "20261121-1200-alex-0a1b2c");
  });
});

describe("how a wait ends", () => {
  const anyStates = fc.array(
    fc.constantFrom(...SLOT_STATES).map((state) => ({ state })),
    { minLength: 1, maxLength: 9 },
  );

  it("ready means all, degraded at least as many as asked for, and a late start always ends (FM-22)", () => {
    fc.assert(
      fc.property(anyStates, fc.nat(9), fc.boolean(), (slots, wanted, isLate) => {
        const atLeast = Math.min(wanted + 1, slots.length);
        const ready = slots.filter(({ state }) => state === "ready").length;
        const coming = slots.filter(({ state }) => state !== "ready" && !isFinal(state)).length;
        const outcome = outcomeOf(slots, atLeast, isLate);
        assert.equal(outcome === "ready", ready === slots.length);
        if (outcome === "degraded") assert.ok(ready >= atLeast && ready < slots.length);
        if (outcome === "failed" || outcome === "timed out") assert.ok(ready < atLeast);
        if (outcome === "timed out") assert.ok(isLate && coming > 0);
        if (outcome === undefined) assert.ok(!isLate && coming > 0 && ready + coming >= atLeast);
      }),
    );
  });
});

describe("price of a launch", () => {
  const catalogue = loadCatalogue();
  const onDemand = new OnDemandPrices(catalogue);
  const TYPES = ["i4i.2xlarge", "i4i.xlarge", "c7a.xlarge"] as const;
  const ZONES = ["usw2-az1", "usw2-az2"] as const;
  const anySlots = fc
    .array(
      fc.record({
        types: fc.subarray([...TYPES], { minLength: 1 }),
        zones: fc.subarray([...ZONES], { minLength: 1 }),
      }),
      {
        minLength: 1,
        maxLength: 9,
      },
    )
    .map((plans) =>
      plans.map(({ types, zones }, index): SlotPlan => ({
        role: "storage",
        ordinal: index + 1,
        name: `storage-${String(index + 1)}`,
        instanceTypes: types,
        zones,
      })),
    );
  const anyQuotes = fc.array(
    fc.record({
      region: fc.constant("us-west-2"),
      zone: fc.constantFrom(...ZONES),
      type: fc.constantFrom(...TYPES),
      usdPerHour: fc.constantFrom("0.31", "0.5", "0", "-1", "NaN", "", "1e-9", "9.99"),
      asOf: fc.constantFrom(NOW, NOW - 2 * HOUR),
    }),
    { maxLength: 12 },
  );
  const extras = nanoUsd("0.01");

  function priced(slots: readonly SlotPlan[], quotes: readonly SpotQuote[]) {
    const config = {
      homeRegion: "us-west-2",
      extrasPerHour: extras,
      slots: slots.map(({ name, instanceTypes }) => ({
        name,
        role: "storage",
        group: name,
        profile: name,
        ceilingPerHour:
          Math.max(...instanceTypes.map((type) => onDemand.of("us-west-2", type).perHour)) + extras,
      })),
    };
    return new ClusterPrices(config, quotes, onDemand, NOW).ofLaunch(slots, "spot", 8 * HOUR);
  }

  it("is the sum of its slots; without any quote it is the most it can be, and says so (FM-11)", () => {
    fc.assert(
      fc.property(anySlots, (slots) => {
        const price = priced(slots, []);
        assert.equal(price.perHour, price.ceilingPerHour);
        assert.ok(price.notes.length > 0);
        assert.equal(
          price.perHour,
          [...price.bySlot.values()].reduce((sum, one) => sum + one, 0),
        );
      }),
    );
  });

  it("a missing, zero, negative, broken or old quote never makes it cheaper (FM-11)", () => {
    fc.assert(
      fc.property(anySlots, anyQuotes, (slots, quotes) => {
        const usable = quotes.filter(({ usdPerHour, asOf }) => Number(usdPerHour) > 0.01 && asOf === NOW);
        const price = priced(slots, quotes);
        assert.ok(Number.isSafeInteger(price.perHour) && price.perHour > 0);
        for (const { name, instanceTypes, zones } of slots) {
          const pools = instanceTypes.flatMap((type) => zones.map((zone) => ({ type, zone })));
          const covered = pools.every(({ type, zone }) =>
            usable.some((quote) => quote.type === type && quote.zone === zone),
          );
          if (covered) continue;
          // A pool that nobody vouches for counts on demand, at least as its cheapest type does.
          const cheapest = Math.min(...instanceTypes.map((type) => onDemand.of("us-west-2", type).perHour));
          assert.ok((price.bySlot.get(name) ?? 0) >= cheapest + extras);
        }
      }),
    );
  });

  it("takes the dearest zone it may get", () => {
    const quote = (zone: string, usdPerHour: string): SpotQuote => ({
      region: "us-west-2",
      zone,
      type: "i4i.2xlarge",
      usdPerHour,
      asOf: NOW,
    });
    const slot: SlotPlan = {
      role: "storage",
      ordinal: 1,
      name: "storage-1",
      instanceTypes: ["i4i.2xlarge"],
      zones: [...ZONES],
    };
    const price = priced([slot], [quote("usw2-az1", "0.31"), quote("usw2-az2", "0.35")]);
    assert.equal(price.perHour, nanoUsd("0.36"));
    assert.equal(price.total, nanoUsd("2.88"));
    assert.deepEqual(price.notes, []);
    assert.deepEqual(
      priced([slot], []).notes,
      ["no spot price of i4i.2xlarge in usw2-az1, usw2-az2: its on-demand price counts."],
      "one line for all zones",
    );
  });
});

describe("progress in a log", () => {
  it("has a line for each change of state and for each step of a boot, none for minutes that pass", () => {
    const booting: SlotView = { slot: "storage-1", state: "booting", detail: "at step raid" };
    const shown = new Map([["storage-1", signature(booting)]]);
    assert.deepEqual(changedLines(shown, [booting]), []);
    assert.deepEqual(changedLines(shown, [{ ...booting, detail: "at step dns" }]), [
      "storage-1: booting, at step dns",
    ]);
    const waiting: SlotView = {
      slot: "storage-1",
      state: "no host",
      failing: "capacity",
      detail: "tried 1m ago",
    };
    const known = new Map([["storage-1", signature(waiting)]]);
    assert.deepEqual(changedLines(known, [{ ...waiting, detail: "tried 2m ago" }]), []);
  });
});

describe("progress on a terminal", () => {
  it("puts what is said of a slot into its own line, for a redrawn list takes no line in between", () => {
    const slots = ["storage-1", "storage-10"];
    assert.deepEqual(slotNote("storage-10: no spot capacity, on demand instead", slots), {
      slot: "storage-10",
      note: "no spot capacity, on demand instead",
    });
    assert.equal(slotNote("giving everything back", slots), undefined);
  });
});
