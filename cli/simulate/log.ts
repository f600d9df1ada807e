import type { Note } from "./backend.ts";
import { shownDuration } from "../cluster/duration.ts";
import type { Run } from "./run.ts";
import type { Happening } from "./scenario.ts";
import type { SimInstance } from "./world.ts";

/** One line of what happened in a run. Times are ISO 8601, UTC. */
export interface LogEntry {
  readonly at: string;
  /** `scenario`: what the run was given. `account`: instances. `ground`: admission. `host`: the dead man's switch. */
  readonly who: Note["who"] | "scenario" | "account";
  readonly does: string;
  /** Slots, instances or regions that it was done to. */
  readonly of: readonly string[];
}

type Raw = Pick<LogEntry, "who" | "does" | "of"> & { readonly at: number };

/** The same done by the same to one after the other is one line. */
const TOGETHER_MS = 60_000;

/** What happened in a run, what the guard did about it, and what became of the instances, in order. */
export function logOf({ world, backend }: Run): readonly LogEntry[] {
  const given = world.scenario.happenings.map((happening): Raw => ({
    at: world.start + happening.at,
    who: "scenario",
    does: described(happening),
    of: [],
  }));
  const latches = backend.latches.flatMap(({ from, to }): Raw[] => [
    { at: from, who: "guard", does: "closes the latch", of: [] },
    ...(to === Infinity ? [] : [{ at: to, who: "guard", does: "opens the latch", of: [] } as const]),
  ]);
  const instances = world.log.flatMap((one): Raw[] => [
    { at: one.launchedAt, who: "account", does: launched(one), of: [one.id] },
    ...(one.endedAt === undefined
      ? []
      : [{ at: one.endedAt, who: "account", does: "instance ends", of: [one.id] } as const]),
  ]);
  const all = [...given, ...latches, ...backend.diary, ...instances].toSorted((a, b) => a.at - b.at);
  return together(all).map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() }));
}

function launched({ type, market, origin, group, region }: SimInstance): string {
  const where = group === undefined ? region : "a group of the stack";
  return `instance launched: ${type} ${market}, ${origin}, in ${where}`;
}

function together(all: readonly Raw[]): readonly Raw[] {
  const kept: (Omit<Raw, "of"> & { readonly of: string[] })[] = [];
  for (const one of all) {
    const earlier = kept.findLast(({ at, who, does }) => {
      return one.at - at < TOGETHER_MS && who === one.who && does === one.does;
    });
    if (earlier === undefined || one.of.length === 0) kept.push({ ...one, of: [...one.of] });
    else for (const name of one.of) if (!earlier.of.includes(name)) earlier.of.push(name);
  }
  return kept;
}

/** `launch: how group, type i4i.2xlarge, count 4, for 2h`: the scenario's own words. */
function described(happening: Happening): string {
  const said = Object.entries(happening)
    .filter(([name]) => name !== "does" && name !== "at")
    .map(([name, value]) =>
      name.endsWith("Ms")
        ? `${name.slice(0, -2)} ${shownDuration(Number(value))}`
        : `${name} ${String(value)}`,
    );
  return said.length === 0 ? happening.does : `${happening.does}: ${said.join(", ")}`;
}

/** Names on a line; the JSON has all. */
const MOST_NAMES = 4;

/** The log for a terminal. */
export function renderLog(log: readonly LogEntry[]): readonly string[] {
  return [
    "What happened, UTC",
    ...log.map(({ at, who, does, of }) => {
      const shown = of.length > MOST_NAMES ? of.slice(0, MOST_NAMES - 1) : of;
      const more = of.length > shown.length ? ` and ${String(of.length - shown.length)} more` : "";
      const names = of.length === 0 ? "" : `: ${shown.join(", ")}${more}`;
      return `${at.slice(0, 19).replace("T", " ")}  ${who.padEnd(8)}  ${does}${names}`;
    }),
  ];
}
