import { comingDays, type DayMoney } from "./coming-days.ts";
import { allLeases, committed, leaseCost, leaseOf, startsToday, type Promises } from "./commitments.ts";
import { betweenRuns, slotsByGroup, type GuardConfig } from "./config.ts";
import { spentOf, type Ledger } from "./ledger.ts";
import type { Running } from "./meter.ts";
import { charge, dollars, type NanoUsd } from "./money.ts";
import type { Lease } from "./observations.ts";
import { narrowed, scheduledLeases, windowsAt } from "./schedules.ts";
import { reservedUntilMidnight } from "./sums.ts";
import { clockTime, dayOf, MINUTE } from "./time.ts";

/** A launch that somebody asks for. */
export interface LaunchRequest {
  /** Slots by name. */
  readonly slots: readonly string[];
  readonly until: number;
}

export interface AdmissionState extends Promises {
  readonly config: GuardConfig;
  readonly ledger: Ledger | undefined;
  readonly now: number;
}

export interface Admission {
  readonly admitted: boolean;
  /** What the launch adds today to what is promised, until its end or 24:00 UTC, at the dearest its slots may cost. */
  readonly cost: NanoUsd;
  /** Today's money that is neither spent nor reserved nor promised. */
  readonly left: NanoUsd;
  /** Every UTC day on which the launch costs, today first; none where the guard cannot know. */
  readonly days: readonly DayMoney[];
  /** The first day whose money does not suffice. */
  readonly short?: DayMoney;
  /** Milliseconds, whole minutes, that all its slots could run; 0 where they cannot start at all. */
  readonly fitsMs: number;
  /** How many of its slots, the cheapest, could run until its end. */
  readonly fitsSlots: number;
  readonly reason: string;
}

/**
 * May these slots start? Only where the whole launch fits, on every UTC day on which it costs, into what is left of
 * that day's line with everything that was promised before: leases, hours of schedules, what runs. The guard then
 * never has to stop early what came this way. Refused while latched, without a meter, or where the meter is old.
 */
export function admit(request: LaunchRequest, state: AdmissionState): Admission {
  const { config, ledger, now } = state;
  const { slots, until } = request;
  const unknowing = (reason: string): Admission => ({
    admitted: false,
    cost: 0,
    left: 0,
    days: [],
    fitsMs: 0,
    fitsSlots: 0,
    reason,
  });
  const unknown = slots.filter((name) => !config.slots.some((slot) => slot.name === name));
  if (unknown.length > 0) return unknowing(`no such slot: ${unknown.join(", ")}`);
  if (ledger === undefined) return unknowing("the guard has not metered yet");
  if (ledger.latch !== null)
    return unknowing(`latched since ${clockTime(ledger.latch.since)}: ${ledger.latch.reason}`);
  const age = now - ledger.meteredUntil;
  if (age > meterAgeAllowed(config))
    return unknowing(`the guard has not metered since ${clockTime(ledger.meteredUntil)}`);

  const coming = comingDays(state, until, marginOf(ledger, config));
  const daysOf = (names: readonly string[], end: number): readonly DayMoney[] => [
    moneyToday({ slots: names, until: end }, state, ledger),
    ...coming(names, end),
  ];
  const days = daysOf(slots, until);
  const [{ cost, left } = { cost: 0, left: 0 }] = days;
  const short = days.find(isShort);
  if (short === undefined) {
    const reason = `fits into ${days.length === 1 ? "today's line" : "the line of each of its days"}`;
    return { admitted: true, cost, left, days, fitsMs: until - now, fitsSlots: slots.length, reason };
  }
  const fits = (names: readonly string[], end: number): boolean => !daysOf(names, end).some(isShort);
  const cheapest = slots.toSorted((a, b) => hourly(config, new Set([a])) - hourly(config, new Set([b])));
  const when = short === days[0] ? "today" : `on ${short.day}`;
  return {
    admitted: false,
    cost,
    left,
    days,
    short,
    fitsMs: most(Math.floor((until - now) / MINUTE), (count) => fits(slots, now + count * MINUTE)) * MINUTE,
    fitsSlots: most(slots.length, (count) => fits(cheapest.slice(0, count), until)),
    reason: `the launch may cost ${dollars(short.cost)} ${when}, and ${dollars(Math.max(short.left, 0))} is left`,
  };
}

/** How old the guard's account may be for a launch to be judged by it. */
export function meterAgeAllowed(
  config: Pick<GuardConfig, "intervalMs" | "missedTicks" | "timeToActMs">,
): number {
  return betweenRuns(config) + config.timeToActMs;
}

function isShort({ cost, left }: DayMoney): boolean {
  return cost > left;
}

/** The greatest count up to a limit for which it holds, where it holds for each one below; 0 where for none. */
function most(limit: number, holds: (count: number) => boolean): number {
  let [least, above] = [0, limit + 1];
  while (above - least > 1) {
    const middle = Math.floor((least + above) / 2);
    if (holds(middle)) least = middle;
    else above = middle;
  }
  return least;
}

/** Each charge is rounded up by less than a nano-dollar: more than a day's of a large stack come to. */
export const ROUNDING: NanoUsd = 1_000_000;

/** What is left unspent of each day beside what is promised: model tokens of one interval, and rounding. */
function marginOf(ledger: Pick<Ledger, "modelPerHour">, config: GuardConfig): NanoUsd {
  return charge(ledger.modelPerHour, config.intervalMs) + ROUNDING;
}

function moneyToday({ slots, until }: LaunchRequest, state: AdmissionState, ledger: Ledger): DayMoney {
  const { config, now } = state;
  // What a lease holds up for longer already is promised, and stays so: it costs nothing more.
  const leases = allLeases(state, config, now);
  const wanted = new Set(slots.filter((slot) => (leaseOf(leases, slot)?.expiresAt ?? 0) < until));
  return {
    day: dayOf(now),
    spent: spentOf(ledger, dayOf(now)),
    left: leftToday(state, ledger, wanted, until),
    cost: costToTheEnd(wanted, until, state),
  };
}

/**
 * Slots in the hours of a schedule are the schedule's once the lease is over, so that they count until its stop. Of
 * the others each costs the same time: one sum for all.
 */
function costToTheEnd(
  wanted: ReadonlySet<string>,
  until: number,
  { config, now, heldGroups }: AdmissionState,
): NanoUsd {
  const windows = narrowed(windowsAt(config, now), config, (group) => !heldGroups.includes(group));
  const byEnd = new Map<number, Set<string>>();
  for (const slot of wanted) {
    const end = Math.max(until, leaseOf(windows, slot)?.expiresAt ?? until);
    byEnd.set(end, (byEnd.get(end) ?? new Set()).add(slot));
  }
  return [...byEnd].reduce(
    (sum, [end, slots]) => sum + leaseCost(hourly(config, slots), now, end, config),
    0,
  );
}

function hourly({ slots }: Pick<GuardConfig, "slots">, names: ReadonlySet<string>): NanoUsd {
  return slots
    .filter(({ name }) => names.has(name))
    .reduce((sum, { ceilingPerHour }) => sum + ceilingPerHour, 0);
}

/** What runs by the last tick's account: whoever asks for a launch need not look at EC2 again. */
export function knownRunning(ledger: Ledger | undefined): readonly Running[] {
  return [...(ledger?.meters.values() ?? [])].filter((meter) => meter.open);
}

/** Today's money that nobody was promised; slots asked for now do not count against themselves. */
function leftToday(
  state: AdmissionState,
  ledger: Ledger,
  wanted: ReadonlySet<string>,
  until: number,
): NanoUsd {
  const { config, now } = state;
  const others: Promises = {
    ...state,
    running: state.running.filter(({ claim }) => claim.slot === undefined || !wanted.has(claim.slot)),
    leases: state.leases.map((lease) => ({
      ...lease,
      slots: lease.slots.filter((slot) => !wanted.has(slot)),
    })),
    groups: state.groups.filter(({ name }) =>
      config.slots.some((slot) => slot.group === name && !wanted.has(slot.name)),
    ),
  };
  const spent = spentOf(ledger, dayOf(now));
  const unmetered = charge(
    state.running.reduce((sum, { ceilingPerHour }) => sum + ceilingPerHour, ledger.modelPerHour),
    now - ledger.meteredUntil,
  );
  const reserved = reservedUntilMidnight(state.running, config, now);
  // A schedule that takes the slots over goes on beyond their lease.
  const asked: Lease = { id: "", owner: "", slots: [...wanted], expiresAt: until, state: "active" };
  const starts = startsToday({ ...others, leases: [...others.leases, asked] }, config, now)
    .filter(({ group }) => !state.heldGroups.includes(group))
    .reduce((sum, { cost }) => sum + cost, 0);
  const promised = committed(others, config, now) + starts;
  return config.linePerDay - spent - unmetered - reserved - promised - marginOf(ledger, config);
}

/**
 * Which scheduled starts of today to hold back: those that no longer fit, in the order in which they come; and those
 * held back before, until their stop: till then their hours are not the schedule's. The hours of the next start are,
 * however close they follow.
 *
 * @returns their groups, and when the hours end that each is held for
 */
export function startsToHold(
  state: Omit<AdmissionState, "ledger"> & { readonly ledger: Ledger },
): ReadonlyMap<string, number> {
  const { config, now, ledger } = state;
  const spent = spentOf(ledger, dayOf(now));
  let left =
    config.linePerDay -
    spent -
    reservedUntilMidnight(state.running, config, now) -
    committed(state, config, now) -
    marginOf(ledger, config);
  const held = new Map<string, number>();
  // What a schedule keeps up now must have its stop: the next start is held once that has come.
  const running = new Set(scheduledLeases(state, config, now).flatMap(({ slots }) => slots));
  const slots = slotsByGroup(config);
  const hold = (group: string, until: number): void => {
    held.set(group, Math.max(until, held.get(group) ?? until));
  };
  const endAt = (group: string, at: number) =>
    leaseOf(windowsAt(config, at), slots.get(group)?.name ?? "")?.expiresAt;
  for (const { group, at, cost } of startsToday(state, config, now)) {
    if (cost <= left) left -= cost;
    else if (!running.has(slots.get(group)?.name ?? "")) hold(group, endAt(group, at) ?? at);
  }
  for (const group of state.heldGroups) {
    const end = endAt(group, now);
    if (end !== undefined && end <= (ledger.heldUntil?.[group] ?? end)) hold(group, end);
  }
  return held;
}
