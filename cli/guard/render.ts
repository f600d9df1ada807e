import { dollars, dollarsAtMost } from "../../runtime/guard/money.ts";
import { clockTime, endOfDay } from "../../runtime/guard/time.ts";
import { shownDuration } from "../cluster/duration.ts";
import { leaseLine } from "../cluster/leases.ts";
import { alarmLines } from "./alarms.ts";
import type { Money } from "./money.ts";
import type { GuardStatus } from "./status.ts";
import { stoppedNames } from "../../runtime/guard/stopped.ts";

/** Room of the words on the left. */
const LABEL = 12;

function row(label: string, ...lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? label : "").padEnd(LABEL)}${line}`);
}

export function renderGuardStatus(status: GuardStatus): string {
  const { environment, now, money, alarms, leases, heldGroups } = status;
  return [
    `proving-ground / ${environment}  ${clockTime(now)}`,
    "",
    ...headline(status),
    "",
    ...row("heartbeat", heartbeatLine(status)),
    ...(money === null ? [] : moneyLines(money, now)),
    ...row("alarms", ...alarmLines(alarms)),
    ...row("leases", ...(leases.length === 0 ? ["none"] : leases.map(leaseLine))),
    ...(heldGroups.length === 0 ? [] : row("held back", `scheduled starts of ${heldGroups.join(", ")}`)),
    "",
  ].join("\n");
}

function headline(status: GuardStatus): string[] {
  const { state, deadManMs } = status;
  const latch = latchLines(status);
  if (state === "never ran")
    return ["The guard has never run. It does so within minutes of pulumi up; if not, look at its log."];
  if (state === "silent")
    return [
      `SILENT: the guard shows no sign of life. Hosts stop themselves after ${shownDuration(deadManMs)}; until then nothing limits what they spend.`,
      "Look at its alarms, its log and the queue of failures; `ground guard drill` tries every step.",
      ...latch,
    ];
  return latch.length === 0 ? ["The guard watches. Nothing is latched."] : latch;
}

export function latchLines({
  latch,
  rearm,
  request,
}: Pick<GuardStatus, "latch" | "rearm" | "request">): string[] {
  if (latch === null) return [];
  const { since, reason, phase } = latch;
  const going =
    phase === "stopping"
      ? ", and the stop is not finished yet"
      : phase === "rearming"
        ? ", being re-armed"
        : "";
  const opens =
    rearm === "next-day"
      ? `Opens by itself at ${clockTime(endOfDay(since))}, or at once by \`ground guard rearm\`.`
      : "Opens only by `ground guard rearm`.";
  return [
    `LATCHED since ${clockTime(since)}${going}: ${reason}.`,
    `Stopped: ${stoppedNames(latch)}.`,
    request === undefined
      ? opens
      : `Re-arming was asked for by ${request.by} at ${clockTime(request.at)}; the guard's next look does it.`,
  ];
}

function heartbeatLine({ heartbeat, now }: GuardStatus): string {
  if (heartbeat === null) return "none yet";
  return `${clockTime(heartbeat)}, ${shownDuration(now - heartbeat)} ago`;
}

export function moneyLines(money: Money, now: number): string[] {
  const { line, spent, reserved, perHour, burnPerHour } = money;
  return [
    ...row(
      "today",
      `${dollars(spent)} of ${dollars(line)} spent, ${dollars(reserved)} more cannot be stopped before 24:00 UTC`,
      sourcesLine(money, now),
    ),
    ...row(
      "burn",
      `${dollars(perHour)} an hour now; what can be stopped may come to ${dollarsAtMost(burnPerHour)} an hour`,
      untilLine(money),
    ),
  ];
}

/** Where today's sum comes from; where AWS says another than the meter, both, and first the one that counts. */
function sourcesLine({ at, metered, billed }: Money, now: number): string {
  const look = `${clockTime(at)}, ${shownDuration(now - at)} ago`;
  if (billed === null || billed.amount === metered) return `as metered at ${look}`;
  const said = `AWS Budgets at ${clockTime(billed.at)}`;
  return billed.amount > metered
    ? `by ${said}; the meter, at ${look}, has ${dollars(metered)}, and the higher counts`
    : `as metered at ${look}; ${said} said ${dollars(billed.amount)}, and the higher counts`;
}

function untilLine({ untilStop, at, stoppablePerHour, spent, metered }: Money): string {
  if (stoppablePerHour <= 0) return "nothing runs that the guard would stop";
  if (untilStop === null) return "at this rate the line is not reached before 24:00 UTC";
  if (untilStop === 0) return "at this rate the guard stops everything at its next look";
  return `at this rate the guard stops everything in ${shownDuration(untilStop)}, at ${clockTime(at + untilStop)}${spent > metered ? " at the earliest" : ""}`;
}
