import { TAGS } from "../../model/tags.ts";

export const KINDS = ["volume", "address", "interface"] as const;

/** EBS volume, Elastic IP address, network interface: what crashed hosts and killed deployments leave behind. */
export type Kind = (typeof KINDS)[number];

/** A resource of the environment as AWS describes it. */
export interface Found {
  readonly kind: Kind;
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Attached, associated, or held by a service of AWS. */
  readonly inUse: boolean;
  /** Milliseconds since 1970; only volumes have one. */
  readonly created?: number | undefined;
  /** What people know it by, for example "20 GiB gp3" or an address. */
  readonly about: string;
  /** Undefined where the catalogue has no price. */
  readonly usdPerMonth: number | undefined;
}

/**
 * What becomes of a resource: `delete` it, `mark` it as seen for the first time, `wait` until it is old enough and note
 * that it was looked at, or leave it, with the reason.
 */
export type Verdict =
  | { readonly action: "delete"; readonly age: number }
  | { readonly action: "mark" | "wait"; readonly note: Note; readonly reason: string }
  | { readonly action: "keep" | "unmark"; readonly reason: string };

export interface Rules {
  /** How long a resource must have been nobody's, milliseconds. */
  readonly olderThan: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Names (tag `Name`) that resources of the stack's own plan carry, by kind. */
  readonly planned: ReadonlyMap<Kind, ReadonlySet<string>>;
}

/**
 * AWS does not tell since when something is nobody's: a volume only knows when it was made, the others not even that.
 * So several looks: the first notes the time on the resource (TAGS.orphanSince), each later one that it still was
 * nobody's, and one deletes it once it is old enough. What is in use again loses the note. A limit of 0 needs one look.
 *
 * Looks that lie too far apart prove nothing: in between it may have been used, and let go a minute ago.
 */
export function judge({ tags, inUse, kind, created }: Found, { olderThan, now, planned }: Rules): Verdict {
  const noted = tags[TAGS.orphanSince];
  if (inUse)
    return noted === undefined
      ? { action: "keep", reason: "in use" }
      : { action: "unmark", reason: "in use again" };
  const reason = protection(tags, planned.get(kind));
  if (reason !== undefined) return { action: "keep", reason };
  const note = noted === undefined ? undefined : parseNote(noted);
  // A note that is no note, or lies ahead, is worth nothing: it is written anew.
  const proof =
    note !== undefined && note.seen <= now && now - note.seen <= gapOf(olderThan) ? note : undefined;
  const age = proof === undefined ? 0 : now - proof.since;
  const isYoung = created !== undefined && now - created < olderThan;
  if (!isYoung && age >= olderThan) return { action: "delete", age };
  if (proof === undefined) {
    const late = note !== undefined && note.seen <= now;
    const again = late ? `, after nobody had looked for ${hours(now - note.seen)}` : "";
    return { action: "mark", note: { since: now, seen: now }, reason: `seen for the first time${again}` };
  }
  return {
    action: "wait",
    note: { since: proof.since, seen: now },
    reason: isYoung ? "too young" : `nobody's for ${hours(age)}, not yet ${hours(olderThan)}`,
  };
}

/** Two days let a nightly run fail once. */
const SHORTEST_GAP = 48 * 3_600_000;

/** The longest time between two looks at which the time before the first of them still counts, milliseconds. */
function gapOf(olderThan: number): number {
  return Math.max(2 * olderThan, SHORTEST_GAP);
}

/** Milliseconds since 1970. */
export interface Note {
  /** The first look at which it was nobody's. */
  readonly since: number;
  /** The last one. */
  readonly seen: number;
}

/** Both times in one tag, as an interval of ISO 8601: the cleanup role may lay on no second tag. */
export function renderNote({ since, seen }: Note): string {
  return `${new Date(since).toISOString()}/${new Date(seen).toISOString()}`;
}

/** Undefined for anything that {@link renderNote} would not write: `Date.parse` takes "1" for a day of 2001. */
function parseNote(text: string): Note | undefined {
  const [since = Number.NaN, seen = Number.NaN] = text.split("/").map((time) => Date.parse(time));
  if (!(since <= seen)) return undefined;
  const note = { since, seen };
  return renderNote(note) === text ? note : undefined;
}

function protection(
  tags: Readonly<Record<string, string>>,
  planned: ReadonlySet<string> = new Set(),
): string | undefined {
  if ([TAGS.keep, "keep"].some((tag) => tags[tag] !== undefined && tags[tag] !== "false"))
    return "tagged to be kept";
  // The orchestrator's disk outlives it where the stack protects it: the agents' work is on it.
  if (tags[TAGS.life] === "persistent") return "of a persistent host";
  if (planned.has(tags[TAGS.name] ?? "")) return "part of the stack";
  return undefined;
}

/** For example "26 h" or "20 min". */
export function hours(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h`;
}

/** Milliseconds of "90m", "24h" or "7d"; undefined for anything else. */
export function parseAge(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})([mhd])$/.exec(text.trim()) ?? [];
  const factor = { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ""];
  return factor === undefined ? undefined : Number(number) * factor;
}
