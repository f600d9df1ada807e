/** What the switch knows from one look to the next. */
export interface Watch {
  /** The kernel's id of the boot in which it was written: after a restart it says nothing any more. */
  readonly bootId: string;
  /** The heartbeat seen last; null until one could be read. */
  readonly value: string | null;
  /** Milliseconds since boot at which the heartbeat was last seen to change. */
  readonly changedAt: number;
}

/** The present, by a clock that nobody can set: suspended time counts, the wall clock does not. */
export interface Moment {
  readonly bootId: string;
  /** Milliseconds since boot. */
  readonly uptime: number;
}

export interface Judgement {
  readonly verdict: "alive" | "silent";
  /** Milliseconds since the guard last showed that it lives. */
  readonly age: number;
  /** To be kept for the next look. */
  readonly watch: Watch;
}

/**
 * Is the guard silent? Only a heartbeat that changes before the eyes of this host shows that it lives: one that
 * stands still, or cannot be read, is silence. What the heartbeat says of the time is not looked at, since the
 * host's wall clock may be hours off. Without a watch of this boot the time counts from the boot, and the first
 * heartbeat shows nothing, for it may be days old: whoever loses its memory errs towards stopping.
 */
export function judge(
  before: Watch | undefined,
  value: string | undefined,
  { bootId, uptime }: Moment,
  limit: number,
): Judgement {
  const known = before?.bootId === bootId && before.changedAt <= uptime ? before : undefined;
  const last = known?.value ?? null;
  const changed = value !== undefined && last !== null && value !== last;
  const changedAt = changed ? uptime : (known?.changedAt ?? 0);
  const age = uptime - changedAt;
  return {
    verdict: age >= limit ? "silent" : "alive",
    age,
    watch: { bootId, value: value ?? last, changedAt },
  };
}
