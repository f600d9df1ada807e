import type { Claim } from "./classify.ts";
import {
  newDay,
  recordOf,
  type DayRecord,
  type InstanceMeter,
  type Ledger,
  type PastLatch,
} from "./ledger.ts";
import type { NanoUsd } from "./money.ts";
import { DAY, dayOf, HOUR, splitByDay, startOfDay } from "./time.ts";

/** What models cost since the last tick. */
export interface ModelCharges {
  /** Totals of the days told of; a day's total never falls. */
  readonly totals: ReadonlyMap<string, NanoUsd>;
  /** Added to today for want of figures. */
  readonly estimated: NanoUsd;
}

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
  forget(oldest: number): void {
    if (startOfDay(this.since) === startOfDay(this.now)) return;
    for (const [id, { open, chargedUntil }] of this.meters)
      if (!open && chargedUntil < oldest) this.meters.delete(id);
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

  addModel({ totals, estimated }: ModelCharges): void {
    for (const [name, total] of totals) {
      const day = this.#days.get(name) ?? this.#open(name);
      day.model = Math.max(day.model, total);
    }
    this.#day(this.now).model += estimated;
  }

  modelOf(day: string): NanoUsd {
    return this.#days.get(day)?.model ?? 0;
  }

  finish(): { readonly ledger: Ledger; readonly finished: readonly DayRecord[] } {
    const before = this.#before;
    const today = this.#day(this.now);
    const elapsed = this.now - this.since;
    const sameDay = before !== undefined && dayOf(before.meteredUntil) === dayOf(this.now);
    const modelBefore = sameDay ? recordOf(before, dayOf(this.now)).model : 0;
    const modelPerHour =
      elapsed > 0 ? Math.ceil(((today.model - modelBefore) * HOUR) / elapsed) : (before?.modelPerHour ?? 0);
    const oldest = dayOf(startOfDay(this.now) - DAY);
    // The drafts are nobody else's any more: they are the records.
    const records: readonly DayRecord[] = [...this.#days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
    return {
      ledger: {
        version: before?.version ?? 0,
        meteredUntil: Math.max(this.now, this.since),
        days: records.filter(({ day }) => day >= oldest),
        meters: this.meters,
        modelPerHour,
        latch: before?.latch ?? null,
        warnedDay: before?.warnedDay ?? null,
        heldGroups: before?.heldGroups ?? [],
        warnedLeases: before?.warnedLeases ?? [],
        asked: before?.asked ?? [],
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
