import { billedPeriod } from "./bill.ts";
import type { Run } from "./run.ts";
import type { SimInstance } from "./world.ts";

/** What ran on after a latch for longer than it takes to see and stop it. */
export interface RanOn {
  /** Instances that the guard may stop. */
  readonly stoppable: number;
  /** Those that it leaves to a person: strays, what nothing ties to the stack, tagged ones beyond its slots (FM-09). */
  readonly left: readonly SimInstance[];
}

/** @param msOf the longest that an instance can burn unseen, stop included, from the latch or its own start on. */
export function ranOn(run: Run, msOf: (one: SimInstance) => number, from: number, to: number): RanOn {
  const { world, backend } = run;
  const crowded = isCrowded(run, from, to);
  const today = world.log.filter(
    (one) => (isStoppable(one) || isForeverLeft(one)) && overlaps(one, from, to, world.now),
  );
  const left = new Set<SimInstance>();
  let stoppable = 0;
  for (const latch of backend.latches) {
    if (latch.from >= to || latch.to <= from) continue;
    const until = Math.min(latch.to, world.now);
    for (const one of today) {
      const began = Math.max(latch.from, one.launchedAt);
      const grace = one.group === undefined ? 0 : stubbornMs(run, began, until);
      if (Math.min(one.endedAt ?? until, until) - began <= msOf(one) + grace) continue;
      if (isLeft(one, crowded)) left.add(one);
      else stoppable += 1;
    }
  }
  return { stoppable, left: [...left] };
}

export function isStoppable({ origin }: SimInstance): boolean {
  return origin === "admitted" || origin === "scheduled" || origin === "group" || origin === "tagged";
}

/** Whether the guard leaves it to a person, on a day that was or was not crowded. */
export function isLeft(one: SimInstance, crowded: boolean): boolean {
  return isForeverLeft(one) || (crowded && one.origin === "tagged");
}

function isForeverLeft({ origin }: SimInstance): boolean {
  return origin === "stray" || origin === "unknown";
}

export function overlaps(one: SimInstance, from: number, to: number, now: number): boolean {
  const period = billedPeriod(one, now);
  return period.from < to && period.to > from;
}

/** True where at some time of the day more were up than the stack has slots: the guard leaves the tagged ones alone (FM-09). */
export function isCrowded({ world }: Run, from: number, to: number): boolean {
  const ours = world.log.filter((one) => isStoppable(one) && overlaps(one, from, to, world.now));
  if (!ours.some(({ origin }) => origin === "tagged")) return false;
  // As descriptions show them: they go on saying that one runs for a while after its end.
  const marks = ours.flatMap(({ launchedAt, endedAt = Infinity, staleMs }) => [
    { at: launchedAt, step: 1 },
    { at: endedAt + staleMs, step: -1 },
  ]);
  let up = 0;
  return marks
    .toSorted((a, b) => a.at - b.at || b.step - a.step)
    .some(({ step }) => (up += step) > world.config.slots.length);
}

export function within(at: number, forMs: number, from: number, to: number): boolean {
  return at < to && at + forMs > from;
}

/** How long AWS refused to end hosts of groups. */
function stubbornMs({ world }: Run, from: number, to: number): number {
  return world.scenario.happenings.reduce(
    (sum, happening) =>
      happening.does === "stubborn" && within(world.start + happening.at, happening.forMs, from, to)
        ? sum + happening.forMs
        : sum,
    0,
  );
}
