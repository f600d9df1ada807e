import type { Claim } from "./classify.ts";
import {
  newDay,
  type ClosedMeter,
  type DayRecord,
  type InstanceMeter,
  type Ledger,
  type ModelMeter,
  type PastLatch,
} from "./ledger.ts";
import type { NanoUsd } from "./money.ts";
import { DAY, dayOf, splitByDay, startOfDay } from "./time.ts";

interface DayDraft {
  readonly day: string;
  compute: NanoUsd;
  fixed: NanoUsd;
  model: NanoUsd;
  readonly byRole: Record<string, NanoUsd>;
  readonly byOwner: Record<string, NanoUsd>;
  readonly latches?: readonly PastLatch[];
}

/** A ledger being written: the one place where it is changed. */
export class LedgerDraft {
  /** Where metering goes on: after the last tick, or at the start of the day where there was none. */
  readonly since: number;
  readonly now: number;
  readonly meters: Map<string, InstanceMeter>;
  readonly #before: Ledger | undefined;
  readonly #days = new Map<string, DayDraft>();
  #models: readonly ModelMeter[] = [];

  constructor(before: Ledger | undefined, now: number) {
    this.#before = before;
    this.now = now;
    this.since = before?.meteredUntil ?? startOfDay(now);
    this.meters = new Map(before?.meters);
    for (const record of before?.days ?? []) this.#days.set(record.day, draftOf(record));
  }

  get before(): Ledger | undefined {
    return this.#before;
  }

  /** Forgets closed meters that moved last before `oldest`; once a day, on its first tick. */
  forgetBefore(oldest: number): void {
    if (startOfDay(this.since) === startOfDay(this.now)) return;
    for (const [id, { open, chargedUntil }] of this.meters)
      if (!open && chargedUntil < oldest) this.meters.delete(id);
  }

  /**
   * Forgets the closed meters that rest the longest, beyond a number. What they have cost stays in its day; should an
   * event of one come again all the same, it counts once more: never too little.
   *
   * @param rests false for what may still be seen, and would count anew at every look
   */
  forgetBeyond(most: number, rests: (meter: ClosedMeter) => boolean): void {
    const closed = [...this.meters.values()].filter((meter) => !meter.open);
    if (closed.length <= most) return;
    const resting = closed.filter(rests).sort((a, b) => a.chargedUntil - b.chargedUntil);
    for (const { id } of resting.slice(0, closed.length - most)) this.meters.delete(id);
  }

  addCompute(instant: number, amount: NanoUsd, { role, owner }: Claim): void {
    const day = this.#day(instant);
    day.compute += amount;
    day.byRole[role] = (day.byRole[role] ?? 0) + amount;
    day.byOwner[owner] = (day.byOwner[owner] ?? 0) + amount;
  }

  /** Each day's share so far, worked out from its start: repeating it adds nothing. */
  addFixed(perDay: NanoUsd): void {
    for (const { from, to } of splitByDay({ from: this.since, to: this.now })) {
      const day = this.#day(from);
      day.fixed = Math.max(day.fixed, Math.ceil((perDay * (to - startOfDay(from))) / DAY));
    }
  }

  /** Totals of the days told of, over all regions; a day's total never falls. */
  addModels(meters: readonly ModelMeter[]): void {
    this.#models = meters;
    const totals = new Map<string, NanoUsd>();
    for (const meter of meters)
      for (const [name, total] of Object.entries(meter.totals))
        totals.set(name, (totals.get(name) ?? 0) + total);
    for (const [name, total] of totals) {
      // A day of which nothing is known is not made one that cost nothing.
      if (total === 0 && !this.#days.has(name)) continue;
      const day = this.#days.get(name) ?? this.#open(name);
      day.model = Math.max(day.model, total);
    }
  }

  finish(): { readonly ledger: Ledger; readonly finished: readonly DayRecord[] } {
    const before = this.#before;
    this.#day(this.now);
    const oldest = dayOf(startOfDay(this.now) - DAY);
    // The drafts are nobody else's any more: they are the records.
    const records: readonly DayRecord[] = [...this.#days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
    return {
      ledger: {
        version: before?.version ?? 0,
        meteredUntil: Math.max(this.now, this.since),
        days: records.filter(({ day }) => day >= oldest),
        meters: this.meters,
        modelPerHour: this.#models.reduce((sum, { perHour }) => sum + perHour, 0),
        models: this.#models,
        ...(before?.billed?.day === dayOf(this.now) ? { billed: before.billed } : {}),
        latch: before?.latch ?? null,
        warnedDay: before?.warnedDay ?? null,
        heldGroups: before?.heldGroups ?? [],
        warnedLeases: before?.warnedLeases ?? [],
        ...(before?.regionsRead === undefined ? {} : { regionsRead: before.regionsRead }),
        asked: before?.asked ?? [],
        ...(before?.untold === undefined ? {} : { untold: before.untold }),
      },
      finished: records.filter(({ day }) => day < oldest),
    };
  }

  #day(instant: number): DayDraft {
    const name = dayOf(instant);
    return this.#days.get(name) ?? this.#open(name);
  }

  #open(name: string): DayDraft {
    const draft = draftOf(newDay(name));
    this.#days.set(name, draft);
    return draft;
  }
}

function draftOf({ day, compute, fixed, model, byRole, byOwner, latches }: DayRecord): DayDraft {
  const amounts = { day, compute, fixed, model, byRole: { ...byRole }, byOwner: { ...byOwner } };
  return latches === undefined ? amounts : { ...amounts, latches };
}
