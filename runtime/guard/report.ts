import type { Decision } from "./decide.ts";
import type { GuardConfig } from "./config.ts";
import type { Latch, Ledger } from "./ledger.ts";
import { dollars } from "./money.ts";
import type { Lease } from "./observations.ts";
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
      `Stopped: ${latch.stopped.length === 0 ? "nothing was running" : latch.stopped.join(", ")}.`,
      ...(whole ? [] : [`Not done, and tried again at every tick: ${failures.join("; ")}.`]),
      ...decision.ask,
      rearm === "next-day"
        ? "Nothing starts before the next UTC day, or `ground guard rearm`."
        : "Nothing starts before `ground guard rearm`.",
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

export function leaseMessage(lease: Lease, { environment }: GuardConfig): Message {
  return {
    subject: `${environment}: lease of ${lease.owner} ends at ${clockTime(lease.expiresAt)}`,
    text: `${lease.slots.join(", ")} stop then. To keep them: ground cluster extend.`,
  };
}

export function questionMessage(questions: readonly string[], { environment }: GuardConfig): Message {
  return { subject: `${environment}: the guard needs a person`, text: questions.join("\n") };
}

/** Questions that were not asked today. */
export function newQuestions(decision: Decision, { asked }: Ledger, day: string): readonly string[] {
  return decision.ask.filter((question) => !asked.includes(questionKey(question, day)));
}

/** Amounts change at every tick; a question is the same all the same. */
export function questionKey(question: string, day: string): string {
  return `${day} ${question.replaceAll(/\$?\d+(\.\d+)?/g, "#")}`;
}
