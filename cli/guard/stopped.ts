import type { Latch } from "../../runtime/guard/ledger.ts";

/** What a latch stopped: slots by name; by id what no slot held, or what nobody noted the slot of. */
export function stoppedNames({ stopped, slots = {} }: Pick<Latch, "stopped" | "slots">): string {
  if (stopped.length === 0) return "nothing was running";
  const named = new Set(stopped.flatMap((id) => slots[id] ?? []));
  return [...[...named].toSorted(), ...stopped.filter((id) => slots[id] === undefined)].join(", ");
}
