/** Days of one random run: long enough for latches, leases and gaps to cross midnights. */
export const DAYS_PER_RUN = 5;

/** A run of a campaign: its seed and its days. */
export interface Task {
  readonly seed: number;
  readonly days: number;
}

/** Consecutive seeds that make up the days asked for; the last run may be shorter. */
export function tasksOf(seed: number, days: number): readonly Task[] {
  return Array.from({ length: Math.ceil(days / DAYS_PER_RUN) }, (_, index) => ({
    seed: seed + index,
    days: Math.min(DAYS_PER_RUN, days - index * DAYS_PER_RUN),
  }));
}
