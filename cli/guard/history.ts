import type { DayRecord, Ledger, PastLatch } from "../../runtime/guard/ledger.ts";
import { dollars, usdOf } from "../../runtime/guard/money.ts";
import { totalOf } from "../../runtime/guard/ledger.ts";
import { clockTime, DAY, dayOf } from "../../runtime/guard/time.ts";
import { shownDuration } from "../cluster/duration.ts";
import type { PeoplePorts } from "./ports.ts";
import { stoppedNames } from "../../runtime/guard/stopped.ts";

/** A latch of the past, or the one that stands, with what its day cost. */
export interface HistoryEntry extends PastLatch {
  /** What its UTC day came to in the end, or so far; undefined where the archive has no such day. */
  readonly day: DayRecord | undefined;
  readonly isOpen: boolean;
}

/** Latches of the last days, newest first: from the archive, and from the ledger for the days it still holds. */
export async function guardHistory(
  { table, clock }: Pick<PeoplePorts, "table" | "clock">,
  days: number,
): Promise<readonly HistoryEntry[]> {
  const now = clock.now();
  const [archived, ledger] = await Promise.all([
    table.archived(dayOf(now - days * DAY), dayOf(now)),
    table.read(),
  ]);
  return historyOf(archived, ledger, now - days * DAY);
}

export function historyOf(
  archived: readonly DayRecord[],
  ledger: Ledger | undefined,
  from: number,
): readonly HistoryEntry[] {
  // The ledger's own days are newer than what the archive may have of them.
  const records = new Map([...archived, ...(ledger?.days ?? [])].map((record) => [record.day, record]));
  const latches = new Map<number, PastLatch>();
  for (const latch of [...records.values()].flatMap((record) => record.latches ?? [])) {
    const known = latches.get(latch.since);
    // One that opened on a later day stands in two records; the one that knows the end is the whole.
    if (known?.rearmedAt === undefined) latches.set(latch.since, latch);
  }
  const standing = ledger?.latch ?? null;
  return [...latches.values()]
    .filter(({ since }) => since >= from)
    .toSorted((a, b) => b.since - a.since)
    .map((latch) => ({
      ...latch,
      day: records.get(dayOf(latch.since)),
      isOpen: standing?.since !== latch.since,
    }));
}

export function renderHistory(entries: readonly HistoryEntry[], days: number): string {
  if (entries.length === 0) return `No latch in the last ${String(days)} days.\n`;
  return `${entries.map(paragraph).join("\n\n")}\n`;
}

function paragraph(entry: HistoryEntry): string {
  const { since, reason, rearmedAt, day, isOpen } = entry;
  const end = !isOpen
    ? "still latched"
    : rearmedAt === undefined
      ? "re-armed later"
      : `re-armed ${clockTime(rearmedAt)}, after ${shownDuration(rearmedAt - since)}`;
  const cost = day === undefined ? "" : `; the day: ${dollars(totalOf(day))}`;
  return [`${clockTime(since)}  ${end}${cost}`, `  ${reason}`, `  stopped: ${stoppedNames(entry)}`].join(
    "\n",
  );
}

/** The same for scripts. */
export function historyJson(entries: readonly HistoryEntry[]): unknown {
  return entries.map(({ since, reason, stopped, stoppedBefore, slots, rearmedAt, day, isOpen }) => ({
    since: new Date(since).toISOString(),
    reason,
    stopped,
    stoppedBefore: stoppedBefore ?? 0,
    slots: slots ?? {},
    latched: !isOpen,
    rearmedAt: rearmedAt === undefined ? null : new Date(rearmedAt).toISOString(),
    dayUsd: day === undefined ? null : usdOf(totalOf(day)).toNumber(),
  }));
}
