import type { Latch } from "./ledger.ts";

type Stopped = Pick<Latch, "stopped" | "slots" | "stoppedBefore">;

/**
 * What a latch stopped: slots by name; by id what no slot held, or what nobody noted the slot of; and how many there were
 * before the newest that are kept.
 */
export function stoppedNames({ stopped, slots = {}, stoppedBefore }: Stopped): string {
  if (stopped.length === 0) return "nothing was running";
  const named = new Set(stopped.flatMap((id) => slots[id] ?? []));
  const nameless = stopped.filter((id) => slots[id] === undefined);
  return listed([...[...named].toSorted(), ...nameless], stoppedBefore);
}

/** The same with the id of each, for the one message that people look things up by. */
export function stoppedInFull({ stopped, slots = {}, stoppedBefore }: Stopped): string {
  const names = stopped.map((id) => (slots[id] === undefined ? id : `${slots[id]} (${id})`));
  return listed(names, stoppedBefore);
}

function listed(names: readonly string[], before = 0): string {
  return names.join(", ") + (before === 0 ? "" : `, and ${String(before)} before them`);
}
