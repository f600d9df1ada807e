import { leaseOf, type Promises } from "./commitments.ts";
import { windDownOf, type GuardConfig } from "./config.ts";
import { charge, type NanoUsd } from "./money.ts";
import { narrowed, scheduledLeases, windowsAt, windowsBetween } from "./schedules.ts";
import { reservedUntilMidnight } from "./sums.ts";
import { DAY, dayOf, endOfDay, type Interval } from "./time.ts";

/** One UTC day's money, and what a launch asks of it. */
export interface DayMoney {
  readonly day: string;
  /** Spent already; nothing of a day to come. */
  readonly spent: NanoUsd;
  /** Line less what is spent, reserved for what is never stopped, and promised to others. */
  readonly left: NanoUsd;
  /** What the launch adds at the dearest its slots may cost, the time to stop them included. */
  readonly cost: NanoUsd;
}

/** Money of each day after today on which the launch still costs, in order. */
export type ComingDays = (slots: readonly string[], until: number) => readonly DayMoney[];

/** When a slot may be up, and what it then costs. */
interface Booked {
  readonly name: string;
  readonly perHour: NanoUsd;
  /** By leases, and by schedules from now on. */
  readonly promised: readonly Interval[];
  /** Up without anybody's word: it goes on for others, but is the launch's own once that takes it. */
  readonly unclaimed: readonly Interval[];
  /** Hours of a schedule that go on with a launch made in them. */
  readonly takenOver: readonly Interval[];
}

/** The longest that hours of a schedule without a stop are followed. */
const LONGEST_MS = 8 * DAY;

/**
 * The days after today, as they are promised now: leases, all hours of schedules, and what runs and nobody ends. Of
 * each slot the hours of all of them count once. Later launches are asked to leave what these were promised, so that
 * a day begins with its money.
 *
 * @param longest the latest end that will be asked for
 * @param margin what is left unspent of each day beside this
 */
export function comingDays(
  state: Promises & { readonly config: GuardConfig; readonly now: number },
  longest: number,
  margin: NanoUsd,
): ComingDays {
  const { config, now, running } = state;
  const midnight = endOfDay(now);
  const windDown = windDownOf(config);
  const free = narrowed(windowsAt(config, now), config, (group) => !state.heldGroups.includes(group));
  const latest = Math.max(longest, ...free.map(({ expiresAt }) => Math.min(expiresAt, now + LONGEST_MS)));
  const booked = latest + windDown <= midnight ? [] : bookings(state, free, endOfDay(latest + windDown));
  const tagged = running
    .filter(({ claim }) => claim.kind === "tagged")
    .reduce((sum, { ceilingPerHour }) => sum + ceilingPerHour, 0);
  const left = config.linePerDay - margin - charge(tagged, DAY);

  return (slots, until) => {
    const asked = booked.filter(({ name }) => slots.includes(name));
    const launch = { from: now, to: until + windDown };
    const end = Math.max(
      launch.to,
      ...asked.flatMap(({ takenOver }) => takenOver.map(({ to }) => Math.min(to, now + LONGEST_MS))),
    );
    const days: DayMoney[] = [];
    for (let from = midnight; from < end; from += DAY) {
      const day = { from, to: from + DAY };
      const costOf = (perHour: NanoUsd, intervals: readonly Interval[]): NanoUsd =>
        charge(perHour, covered(intervals, day));
      let promised = 0;
      let cost = 0;
      for (const slot of booked) {
        const isAsked = asked.includes(slot);
        const before = costOf(slot.perHour, isAsked ? slot.promised : [...slot.promised, ...slot.unclaimed]);
        promised += before;
        if (isAsked) cost += costOf(slot.perHour, [...slot.promised, ...slot.takenOver, launch]) - before;
      }
      // What is promised for longer already was admitted: whatever is left, nothing is added to it.
      if (cost === 0) continue;
      const reserved = reservedUntilMidnight(running, config, from);
      days.push({ day: dayOf(from), spent: 0, left: left - reserved - promised, cost });
    }
    return days;
  };
}

function bookings(
  state: Promises & { readonly config: GuardConfig; readonly now: number },
  free: ReturnType<typeof windowsAt>,
  before: number,
): readonly Booked[] {
  const { config, now, groups, leases, running, scheduled } = state;
  const windDown = windDownOf(config);
  const wanted = new Set(groups.filter(({ desired }) => desired > 0).map(({ name }) => name));
  const kept = scheduledLeases(state, config, now);
  const starts = windowsBetween(config, now, before);
  return config.slots.map(({ name, group, ceilingPerHour }) => {
    const own = running.filter(({ claim }) => claim.slot === name);
    const holders = [...leases, ...kept].filter(({ slots }) => slots.includes(name));
    const stops = scheduled.filter((run) => run.group === group && run.desired === 0 && run.at >= now);
    const isUp = own.length > 0 || wanted.has(group);
    const to = Math.min(...stops.map(({ at }) => at)) + windDown;
    const taken = leaseOf(free, name);
    return {
      name,
      perHour: Math.max(
        ceilingPerHour,
        own.reduce((sum, host) => sum + host.ceilingPerHour, 0),
      ),
      promised: [
        // One that is over, or being ended, has its hosts for as long as that takes.
        ...holders.map(({ expiresAt }) => ({ from: now, to: Math.max(expiresAt, now) + windDown })),
        ...starts
          .filter(({ slots }) => slots.includes(name))
          .map(({ since, expiresAt }) => ({ from: since, to: expiresAt + windDown })),
      ],
      unclaimed: isUp && holders.length === 0 ? [{ from: now, to }] : [],
      takenOver: taken === undefined ? [] : [{ from: now, to: taken.expiresAt + windDown }],
    };
  });
}

/** Milliseconds of a day that lie in any of the intervals. */
function covered(intervals: readonly Interval[], { from, to }: Interval): number {
  let sum = 0;
  let until = from;
  for (const one of intervals.toSorted((a, b) => a.from - b.from)) {
    const end = Math.min(one.to, to);
    sum += Math.max(0, end - Math.max(one.from, until));
    until = Math.max(until, end);
  }
  return sum;
}
