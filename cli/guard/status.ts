import type { GuardAlarm } from "../../model/guard.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import type { Latch, Ledger } from "../../runtime/guard/ledger.ts";
import type { Lease, ObservedGroup, Requests } from "../../runtime/guard/observations.ts";
import { all } from "../../runtime/guard/observe.ts";
import type { ExitCode } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { moneyJson, moneyOf, type Money } from "./money.ts";
import type { AlarmState, PeoplePorts } from "./ports.ts";
import type { GuardedStack } from "./stack.ts";

/** `silent`: no sign of life for longer than two ticks may take. */
export type GuardState = "watching" | "latched" | "silent" | "never ran";

export interface GuardStatus {
  readonly environment: string;
  readonly now: number;
  readonly state: GuardState;
  readonly latch: Latch | null;
  readonly rearm: GuardConfig["rearm"];
  /** A person's word to re-arm that the guard has not carried out yet. */
  readonly request?: NonNullable<Requests["rearm"]>;
  readonly heartbeat: number | null;
  readonly money: Money | null;
  readonly alarms: readonly (AlarmState & { readonly alarm: GuardAlarm })[];
  readonly leases: readonly Lease[];
  /** Groups whose scheduled start is held back for want of money. */
  readonly heldGroups: readonly string[];
  readonly deadManMs: number;
}

/** Everything that is known of the guard, from its table and CloudWatch. */
export async function guardStatus(ports: PeoplePorts, stack: GuardedStack): Promise<GuardStatus> {
  const { table, cloud, clock } = ports;
  const { config } = stack;
  const [ledger, requests, heartbeat, groups, alarms] = await Promise.all([
    table.read(),
    table.requests(),
    table.heartbeat(),
    groupsOf(cloud, config),
    ports.alarms([...stack.alarms.values()]),
  ]);
  const known = [...stack.alarms].map(([alarm, name]) => ({
    alarm,
    ...(alarms.get(name) ?? { state: "missing" as const }),
  }));
  return describeGuard({ config, ledger, requests, heartbeat, groups, alarms: known, now: clock.now() });
}

function groupsOf(cloud: PeoplePorts["cloud"], { slots }: GuardConfig): Promise<readonly ObservedGroup[]> {
  return all((next) =>
    cloud.groups(
      slots.map(({ group }) => group),
      next,
    ),
  );
}

export interface GuardFacts {
  readonly config: GuardConfig;
  readonly ledger: Ledger | undefined;
  readonly requests: Requests;
  readonly heartbeat: number | undefined;
  readonly groups: readonly ObservedGroup[];
  readonly alarms: GuardStatus["alarms"];
  readonly now: number;
}

export function describeGuard(facts: GuardFacts): GuardStatus {
  const { config, ledger, requests, heartbeat, groups, alarms, now } = facts;
  return {
    environment: config.environment,
    now,
    state: stateOf(facts),
    latch: ledger?.latch ?? null,
    rearm: config.rearm,
    ...(requests.rearm === undefined ? {} : { request: requests.rearm }),
    heartbeat: heartbeat ?? null,
    money: ledger === undefined ? null : moneyOf(ledger, groups, config, now),
    alarms,
    leases: requests.leases.toSorted((a, b) => a.expiresAt - b.expiresAt),
    heldGroups: ledger?.heldGroups ?? [],
    deadManMs: config.deadManMs,
  };
}

function stateOf({ config, ledger, heartbeat, now }: GuardFacts): GuardState {
  if (ledger === undefined && heartbeat === undefined) return "never ran";
  if (isSilent(heartbeat, config, now)) return "silent";
  return ledger?.latch === null || ledger === undefined ? "watching" : "latched";
}

/** The same patience as admission has: a tick may be lost, and the next one takes its time to act. */
function isSilent(heartbeat: number | undefined, config: GuardConfig, now: number): boolean {
  const patience = config.intervalMs * (1 + config.missedTicks) + config.timeToActMs;
  return heartbeat === undefined || now - heartbeat > patience;
}

/** 4 where the guard is silent or an alarm stands; 5 while nothing may start; else 0. */
export function guardExitCode({ state, alarms }: Pick<GuardStatus, "state" | "alarms">): ExitCode {
  const wrong = alarms.some((alarm) => alarm.state === "ALARM" || alarm.state === "missing");
  if (state === "silent" || state === "never ran" || wrong) return EXIT.resourceFailed;
  return state === "latched" ? EXIT.policyViolation : EXIT.ok;
}

const iso = (at: number): string => new Date(at).toISOString();

/** The same for scripts: money in US dollars, times as ISO 8601, lengths in seconds. */
export function guardStatusJson(status: GuardStatus): unknown {
  const { environment, now, state, latch, rearm, request, heartbeat, money, alarms, leases, heldGroups } =
    status;
  return {
    environment,
    at: iso(now),
    state,
    latch:
      latch === null
        ? null
        : {
            since: iso(latch.since),
            reason: latch.reason,
            phase: latch.phase,
            stopped: latch.stopped,
            stoppedBefore: latch.stoppedBefore ?? 0,
            slots: latch.slots ?? {},
          },
    rearm: { rule: rearm, requested: request === undefined ? null : { by: request.by, at: iso(request.at) } },
    heartbeat: heartbeat === null ? null : iso(heartbeat),
    money: money === null ? null : moneyJson(money),
    alarms: alarms.map(({ since, ...alarm }) => ({
      ...alarm,
      since: since === undefined ? null : iso(since),
    })),
    leases: leases.map(({ expiresAt, ...lease }) => ({ ...lease, expiresAt: iso(expiresAt) })),
    heldGroups,
  };
}
