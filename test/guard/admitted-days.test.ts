import fc from "fast-check";
import assert from "node:assert/strict";
import { admit } from "../../runtime/guard/admission.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { decide } from "../../runtime/guard/decide.ts";
import { newDay, type DayRecord } from "../../runtime/guard/ledger.ts";
import type { Running } from "../../runtime/guard/meter.ts";
import { charge, nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease, ObservedGroup, ScheduledRun } from "../../runtime/guard/observations.ts";
import { scheduledSince, windowsAt, windowsBetween } from "../../runtime/guard/schedules.ts";
import { DAY, dayOf, endOfDay, HOUR, MINUTE, splitByDay } from "../../runtime/guard/time.ts";
import { running as seen } from "./decide-input.ts";
import { leaseOn, OFFICE, stateAt, WHOLE_DAY } from "./coming-days-state.ts";
import { CONFIG, groupOf, host, ledgerAt, MIDNIGHT } from "./support.ts";

/** Days of starts, extensions and schedules at the dearest price, each tick decided by the guard's own rule. */
class Days {
  readonly #config: GuardConfig;
  readonly #up = new Map<string, number>();
  readonly #days = new Map<string, DayRecord>();
  #leases: Lease[] = [];
  #held: readonly string[] = [];
  #meteredUntil = MIDNIGHT;
  #made = 0;

  constructor(config: GuardConfig) {
    this.#config = config;
  }

  get made(): number {
    return this.#made;
  }

  start(slots: readonly string[], forMs: number, now: number): void {
    const until = now + forMs;
    if (!admit({ slots, until }, { ...this.#state(now), ledger: this.#ledger(now) }).admitted) return;
    this.#made += 1;
    this.#leases.push(leaseOn(`l${String(this.#made)}`, slots, until));
    for (const slot of slots) if (!this.#up.has(slot)) this.#up.set(slot, now);
  }

  /** Scheduled starts and stops, as Auto Scaling does them by itself. */
  schedule(since: number, now: number): void {
    for (const window of windowsBetween(this.#config, since, now + 1))
      for (const slot of window.slots)
        if (!this.#held.includes(groupOf(slot)) && !this.#up.has(slot)) this.#up.set(slot, window.since);
    const before = windowsAt(this.#config, since).filter(({ expiresAt }) => expiresAt <= now);
    for (const slot of before.flatMap(({ slots }) => slots)) this.#stop(slot, now);
  }

  tick(now: number): void {
    for (const [slot, from] of this.#up) {
      this.#charge(slot, from, now);
      this.#up.set(slot, now);
    }
    for (const part of splitByDay({ from: this.#meteredUntil, to: now }))
      this.#add(part.from, charge(WHOLE_DAY, (part.to - part.from) / 24));
    this.#meteredUntil = now;
    const input = { ...this.#state(now), ledger: this.#ledger(now), requests: { leases: this.#leases } };
    const { verdict, reason, endLeases, holdGroups, releaseGroups } = decide(input);
    assert.notEqual(verdict, "stop", `${new Date(now).toISOString()}: ${reason}`);
    this.#held = [...this.#held.filter((group) => !releaseGroups.includes(group)), ...holdGroups];
    this.#leases = this.#leases.filter((one) => !endLeases.includes(one));
    const span = { seenAt: now, now, until: now + CONFIG.timeToActMs };
    const scheduled = scheduledSince({ groups: input.groups, heldGroups: this.#held }, this.#config, span);
    const kept = [...this.#leases, ...scheduled].flatMap(({ slots }) => slots);
    for (const slot of endLeases.flatMap(({ slots }) => slots))
      if (!kept.includes(slot)) this.#stop(slot, now + CONFIG.timeToActMs);
  }

  #stop(slot: string, at: number): void {
    this.#charge(slot, this.#up.get(slot) ?? at, at);
    this.#up.delete(slot);
  }

  #charge(slot: string, from: number, to: number): void {
    for (const part of splitByDay({ from, to }))
      this.#add(part.from, charge(this.#ceiling(slot), part.to - part.from));
  }

  #add(at: number, amount: number): void {
    const day = dayOf(at);
    const { compute, ...rest } = this.#days.get(day) ?? newDay(day);
    this.#days.set(day, { ...rest, compute: compute + amount });
  }

  #ceiling(slot: string): number {
    return this.#config.slots.find(({ name }) => name === slot)?.ceilingPerHour ?? 0;
  }

  #ledger(now: number) {
    const change = { days: [...this.#days.values()], heldGroups: this.#held };
    return { ...ledgerAt(now, 0), ...change, meteredUntil: this.#meteredUntil };
  }

  #state(now: number) {
    const running: Running[] = [...this.#up.keys()].map((slot) => ({
      ...(seen(host(slot, slot))[0] ?? assert.fail("no host")),
      perHour: this.#ceiling(slot),
      ceilingPerHour: this.#ceiling(slot),
    }));
    const groups: ObservedGroup[] = this.#config.slots.map(({ name, group }) => ({
      name: group,
      desired: this.#up.has(name) ? 1 : 0,
      suspended: [],
    }));
    return {
      config: this.#config,
      now,
      running,
      groups,
      leases: this.#leases,
      scheduled: this.#runs(now),
      heldGroups: this.#held,
    };
  }

  /** The next start and stop of each group, as Auto Scaling lists them. */
  #runs(now: number): readonly ScheduledRun[] {
    const coming = [
      ...windowsAt(this.#config, now),
      ...windowsBetween(this.#config, now, endOfDay(now) + DAY),
    ];
    return coming.flatMap(({ slots, since, expiresAt }) =>
      slots.flatMap((slot) => [
        ...(since > now ? [{ group: groupOf(slot), at: since, desired: 1 }] : []),
        { group: groupOf(slot), at: expiresAt, desired: 0 },
      ]),
    );
  }
}

describe("what was admitted", () => {
  const asking = fc.record({
    atMinutes: fc.integer({ min: 0, max: 3 * 24 * 60 }),
    slots: fc.subarray(
      CONFIG.slots.map(({ name }) => name),
      { minLength: 1 },
    ),
    minutes: fc.oneof(fc.integer({ min: 10, max: 3 * 24 * 60 }), fc.integer({ min: 10, max: 600 })),
  });

  it("never has to be ended early: over days, at no midnight and no later tick does the guard stop", () => {
    let made = 0;
    fc.assert(
      fc.property(
        fc.array(asking, { minLength: 2, maxLength: 12 }),
        fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 })),
        fc.integer({ min: 0, max: 2 }),
        fc.boolean(),
        ([first, ...later], spareUsd, lost, hasSchedule) => {
          if (first === undefined) return;
          const asked = [{ ...first, atMinutes: 0 }, ...later];
          const ample: GuardConfig = { ...CONFIG, schedules: hasSchedule ? [OFFICE] : [] };
          // Not a nano-dollar too much for the first.
          const { days: needed } = admit(
            { slots: first.slots, until: MIDNIGHT + first.minutes * MINUTE },
            stateAt(MIDNIGHT, { config: ample }),
          );
          const least = Math.max(...needed.map(({ left, cost }) => ample.linePerDay - left + cost));
          const config: GuardConfig = { ...ample, linePerDay: least + nanoUsd(spareUsd) };
          const days = new Days(config);
          const starts = asked.toSorted((a, b) => a.atMinutes - b.atMinutes);
          let index = 0;
          for (let minute = 0, tick = 0; minute <= 4 * 24 * 60; minute += 1) {
            const now = MIDNIGHT + minute * MINUTE;
            // Its hours begin and end on the hour.
            if (now % HOUR === 0) days.schedule(now - HOUR, now);
            // One of two ticks may be lost, always the same or by turns; but for those at midnight.
            if (minute % 5 === 0) {
              tick += 1;
              if (lost === 0 || tick % 2 === lost - 1 || now % DAY === 0) days.tick(now);
            }
            for (let one = starts[index]; one?.atMinutes === minute; one = starts[index]) {
              days.start(one.slots, one.minutes * MINUTE, now);
              index += 1;
            }
          }
          made += days.made;
        },
      ),
      { numRuns: 20 },
    );
    assert.ok(made > 20, `only ${String(made)} were admitted: the check says little`);
  }).timeout(120_000);
});
