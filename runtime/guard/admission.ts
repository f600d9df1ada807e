import { allLeases, committed, leaseCost, leaseOf, startsToday, type Promises } from "./commitments.ts";
import { slotsByGroup, type GuardConfig } from "./config.ts";
import { spentOf, type Ledger } from "./ledger.ts";
import type { Running } from "./meter.ts";
import { charge, dollars, type NanoUsd } from "./money.ts";
import type { Lease } from "./observations.ts";
import { narrowed, scheduledLeases, windowsAt } from "./schedules.ts";
import { reservedUntilMidnight } from "./sums.ts";
import { clockTime, dayOf, HOUR } from "./time.ts";

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
  /** What the launch adds to what is promised, until its end or 24:00 UTC, at the dearest its slots may cost. */
  readonly cost: NanoUsd;
  /** Today's money that is neither spent nor reserved nor promised. */
  readonly left: NanoUsd;
  /** Milliseconds the slots could run today within what is left; 0 where they cannot start at all. */
  readonly affordableMs: number;
  readonly reason: string;
}

/**
 * May these slots start? Only where the whole launch fits into what is left of today's line, with everything that
 * was promised before: leases, scheduled starts still to come, what runs. The guard then never has to stop early
 * what came this way. Refused while latched, without a meter, or where the meter is old.
 */
export function admit(request: LaunchRequest, state: AdmissionState): Admission {
  const { config, ledger, now } = state;
  // What a lease holds up for longer already is promised, and stays so: it costs nothing more.
  const leases = allLeases(state, config, now);
  const wanted = new Set(
    request.slots.filter((slot) => (leaseOf(leases, slot)?.expiresAt ?? 0) < request.until),
  );
  const perHour = hourly(config, wanted);
  const cost = costToTheEnd(wanted, request.until, state);
  const refused = (left: NanoUsd, reason: string): Admission => ({
    admitted: false,
    cost,
    left,
    affordableMs: perHour > 0 && left > 0 ? Math.floor((left / perHour) * HOUR) : 0,
    reason,
  });
  const unknown = request.slots.filter((name) => !config.slots.some((slot) => slot.name === name));
  if (unknown.length > 0) return refused(0, `no such slot: ${unknown.join(", ")}`);
  if (ledger === undefined) return refused(0, "the guard has not metered yet");
  if (ledger.latch !== null)
    return refused(0, `latched since ${clockTime(ledger.latch.since)}: ${ledger.latch.reason}`);
  const age = now - ledger.meteredUntil;
  if (age > config.intervalMs * (1 + config.missedTicks) + config.timeToActMs)
    return refused(0, `the guard has not metered since ${clockTime(ledger.meteredUntil)}`);

  const left = leftToday(state, ledger, wanted, request.until);
  if (cost > left)
    return refused(
      left,
      `the launch may cost ${dollars(cost)} today, and ${dollars(Math.max(left, 0))} is left`,
    );
  return { admitted: true, cost, left, affordableMs: request.until - now, reason: "fits into today's line" };
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
  const margin = charge(ledger.modelPerHour, config.intervalMs);
  return config.linePerDay - spent - unmetered - reserved - committed(others, config, now) - starts - margin;
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
    charge(ledger.modelPerHour, config.intervalMs);
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
