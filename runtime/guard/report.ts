import { createHash } from "node:crypto";
import { leaseOf } from "./commitments.ts";
import type { Decision } from "./decide.ts";
import type { GuardConfig } from "./config.ts";
import type { Latch, Ledger } from "./ledger.ts";
import { dollars } from "./money.ts";
import type { Lease, ObservedInstance } from "./observations.ts";
import { narrowed, windowsAt } from "./schedules.ts";
import { stoppedInFull } from "./stopped.ts";
import { clockTime } from "./time.ts";

/** Messages to people: what happened, the sums, and what to do. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}

export function stoppedMessage(
  latch: Latch,
  decision: Decision,
  failures: readonly string[],
  config: GuardConfig,
): Message {
  const { environment, rearm } = config;
  const whole = failures.length === 0;
  return {
    subject: `${environment}: ${whole ? "stopped" : "stopping, not finished"} at the line`,
    text: [
      `${clockTime(latch.since)}: ${latch.reason}.`,
      `Stopped: ${latch.stopped.length === 0 ? (whole ? "nothing was running" : "nothing yet") : stoppedInFull(latch)}.`,
      ...(whole ? [] : [`Not done, and tried again at every tick: ${failures.join("; ")}.`]),
      ...decision.ask,
      rearm === "next-day"
        ? "Nothing starts before the next UTC day, or `ground guard rearm`."
        : "Nothing starts before `ground guard rearm`.",
    ].join("\n"),
  };
}

/** Tags of EC2 itself: they name what launches an instance again. */
const LAUNCHER_TAGS = ["aws:autoscaling:groupName", "aws:ec2:fleet-id", "aws:ec2spot:fleet-request-id"];

/** Something launches again what the latch stopped: only people can end it at its source. */
export function relaunchedMessage(
  instances: readonly ObservedInstance[],
  { environment }: GuardConfig,
): Message {
  const lines = instances.map(({ id, type, region, tags }) => {
    const launchers = LAUNCHER_TAGS.flatMap((tag) =>
      tags[tag] === undefined ? [] : [`${tag} = ${tags[tag]}`],
    );
    return `${id} (${type}, ${region}): ${launchers.length === 0 ? "no tag tells what launched it" : launchers.join(", ")}`;
  });
  return {
    subject: `${environment}: launched again after the stop`,
    text: [
      "These came back while the latch is closed, and are stopped again at every tick; what they run in between is paid:",
      ...lines,
      "Set the group or fleet that launches them to 0, or delete it. If it goes on, the guard gives no heartbeat any more.",
    ].join("\n"),
  };
}

export function warningMessage({ sums }: Decision, { environment, warnPercent }: GuardConfig): Message {
  return {
    subject: `${environment}: ${String(warnPercent)} % of today's line`,
    text: `${dollars(sums.spent)} of ${dollars(sums.line)} spent, ${dollars(sums.reserved)} more cannot be stopped before 24:00 UTC; everything burns ${dollars(sums.burnPerHour)} an hour at most.`,
  };
}

export function rearmedMessage({ reason }: Decision, { environment }: GuardConfig): Message {
  return {
    subject: `${environment}: re-armed`,
    text: `${reason}. Groups stay at 0 until somebody, or a schedule, starts them.`,
  };
}

/** @param heldGroups those whose schedule will not take a slot over */
export function leaseMessage(lease: Lease, heldGroups: readonly string[], config: GuardConfig): Message {
  const windows = windowsAt(config, lease.expiresAt);
  const scheduled = narrowed(windows, config, (group) => !heldGroups.includes(group));
  const kept = lease.slots.flatMap((slot) => {
    const by = leaseOf(scheduled, slot);
    return by === undefined ? [] : [`${slot} goes on by ${by.id} until ${clockTime(by.expiresAt)}.`];
  });
  const stop = lease.slots.filter((slot) => leaseOf(scheduled, slot) === undefined);
  return {
    subject: `${config.environment}: lease of ${lease.owner} ends at ${clockTime(lease.expiresAt)}`,
    text: [
      ...(stop.length === 0 ? [] : [`${stop.join(", ")} stop then. To keep them: ground cluster extend.`]),
      ...kept,
    ].join("\n"),
  };
}

/** What the guard will not do by itself, or cannot. */
export interface Question {
  /** What it is about: the text of the same question may be another one at every tick. */
  readonly key: string;
  readonly text: string;
}

/** Amounts change at every tick; a question is the same all the same. */
export function question(text: string): Question {
  return { key: text.replaceAll(/\$?\d+(\.\d+)?/g, "#"), text };
}

export function questionMessage(questions: readonly Question[], { environment }: GuardConfig): Message {
  return {
    subject: `${environment}: the guard needs a person`,
    text: questions.map(({ text }) => text).join("\n"),
  };
}

/** Questions that were not asked today. */
export function newQuestions(
  questions: readonly Question[],
  { asked }: Pick<Ledger, "asked">,
  day: string,
): readonly Question[] {
  return questions.filter((one) => !asked.includes(askedKey(one, day)));
}

/** How the ledger keeps that a question was asked: of one length, whatever AWS or a stack file has in its names. */
export function askedKey({ key }: Question, day: string): string {
  return `${day} ${createHash("sha256").update(key).digest("base64url").slice(0, 16)}`;
}
