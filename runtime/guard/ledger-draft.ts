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
  /** Days as they were, and as far as something was added to them. */
  readonly #kept = new Map<string, DayRecord>();
  readonly #days = new Map<string, DayDraft>();
  #models: readonly ModelMeter[] = [];

  constructor(before: Ledger | undefined, now: number) {
    this.#before = before;
    this.now = now;
    this.since = before?.meteredUntil ?? startOfDay(now);
    this.meters = new Map(before?.meters);
    for (const record of before?.days ?? []) this.#kept.set(record.day, record);
  }

  get before(): Ledger | undefined {
    return this.#before;
  }

  /**
   * Forgets closed meters that moved last before `oldest`; once a day, on its first tick.
   *
   * @param rests false for what may still be seen, and would count anew: a stopped instance is described for good
   */
  forgetBefore(oldest: number, rests: (meter: ClosedMeter) => boolean): void {
    if (startOfDay(this.since) === startOfDay(this.now)) return;
    for (const [id, known] of this.meters)
      if (!known.open && known.chargedUntil < oldest && rests(known)) this.meters.delete(id);
  }

  /**
   * Forgets the closed meters that rest the longest, beyond a number. What they have cost stays in its day; should an
   * event of one come again all the same, it counts once more: never too little.
   *
   * @param rests as above
   */
  forgetBeyond(most: number, rests: (meter: ClosedMeter) => boolean): void {
    const closed = [...this.meters.values()].filter((meter) => !meter.open);
    if (closed.length <= most) return;
    const resting = closed.filter(rests).sort((a, b) => a.chargedUntil - b.chargedUntil);
    for (const { id } of resting.slice(0, closed.length - most)) this.meters.delete(id);
  }

  addCompute(instant: number, amount: NanoUsd, { role, owner }: Claim): void {
    // A day before is in the archive already, whole: a new record of it, with this alone, would replace it there.
    const day = this.#day(Math.max(instant, startOfDay(this.since) - DAY));
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
    const sums = new Map<string, NanoUsd>();
    for (const { totals } of meters)
      for (const name of Object.keys(totals)) sums.set(name, (sums.get(name) ?? 0) + (totals[name] ?? 0));
    for (const [name, total] of sums) {
      // A day of which nothing is known is not made one that cost nothing.
      if (total === 0 && !this.#kept.has(name) && !this.#days.has(name)) continue;
      const day = this.#dayNamed(name);
      day.model = Math.max(day.model, total);
    }
  }

  finish(): { readonly ledger: Ledger; readonly finished: readonly DayRecord[] } {
    const before = this.#before;
    this.#day(this.now);
    const oldest = dayOf(startOfDay(this.now) - DAY);
    // The drafts are nobody else's any more: they are the records.
    const records: DayRecord[] = [...this.#days.values()];
    for (const record of this.#kept.values()) if (!this.#days.has(record.day)) records.push(record);
    records.sort((a, b) => (a.day < b.day ? -1 : 1));
    const billed = before?.billed?.day === dayOf(this.now) ? { billed: before.billed } : {};
    const untold = before?.untold === undefined ? {} : { untold: before.untold };
    const ledger: Ledger = {
      version: before?.version ?? 0,
      meteredUntil: Math.max(this.now, this.since),
      days: records.filter(({ day }) => day >= oldest),
      meters: this.meters,
      modelPerHour: this.#models.reduce((sum, { perHour }) => sum + perHour, 0),
      models: this.#models,
      latch: before?.latch ?? null,
      warnedDay: before?.warnedDay ?? null,
      heldGroups: before?.heldGroups ?? [],
      heldUntil: before?.heldUntil ?? {},
      warnedLeases: before?.warnedLeases ?? [],
      regionsRead: before?.regionsRead ?? [],
      asked: before?.asked ?? [],
      ...billed,
      ...untold,
    };
    return { ledger, finished: records.filter(({ day }) => day < oldest) };
  }

  #day(instant: number): DayDraft {
    return this.#dayNamed(dayOf(instant));
  }

  #dayNamed(name: string): DayDraft {
    const draft = this.#days.get(name) ?? draftOf(this.#kept.get(name) ?? newDay(name));
    this.#days.set(name, draft);
    return draft;
  }
}

function draftOf({ day, compute, fixed, model, byRole, byOwner, latches }: DayRecord): DayDraft {
  const amounts = { day, compute, fixed, model, byRole: { ...byRole }, byOwner: { ...byOwner } };
  return latches === undefined ? amounts : { ...amounts, latches };
}
