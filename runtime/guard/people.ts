import type { UntoldMessage } from "./ledger.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import { messageOf } from "./observe.ts";
import type { GuardPorts } from "./ports.ts";
import type { Message } from "./report.ts";
import { clockTime } from "./time.ts";

type PeoplePorts = Pick<GuardPorts, "notifier" | "clock">;

/** Messages that wait for the topic at most; the oldest go first, and all are in the log. */
const MOST_UNTOLD = 20;

/**
 * Messages to people, one after another. A topic that is broken keeps nothing from being stopped or given back: what
 * could not be said is in the log, whole, and in the ledger, from which later runs say it again.
 *
 * @returns false where some were neither said nor kept, since another run wrote the ledger meanwhile
 */
export async function tell(
  { notifier, clock }: PeoplePorts,
  writer: LedgerWriter,
  messages: readonly Message[],
): Promise<boolean> {
  const untold: UntoldMessage[] = [];
  for (const { subject, text } of messages)
    if (!(await said({ notifier }, { subject, text }))) untold.push({ subject, text, at: clock.now() });
  if (untold.length === 0) return true;
  return writer.amend({ untold: [...writer.untold, ...untold].slice(-MOST_UNTOLD) });
}

/** Says what earlier runs could not, up to the first that cannot be said now either: a topic that hangs costs time. */
export async function retell(
  { notifier }: Pick<PeoplePorts, "notifier">,
  writer: LedgerWriter,
  earlier: readonly UntoldMessage[],
): Promise<void> {
  const done = new Set<UntoldMessage>();
  for (const message of earlier) {
    const { subject, text, at } = message;
    const late = `${text}\nWritten at ${clockTime(at)}; it could not be sent before.`;
    if (!(await said({ notifier }, { subject, text: late }))) break;
    done.add(message);
  }
  if (done.size > 0) await writer.amend({ untold: writer.untold.filter((message) => !done.has(message)) });
}

async function said(
  { notifier }: Pick<PeoplePorts, "notifier">,
  { subject, text }: Message,
): Promise<boolean> {
  try {
    await notifier.notify(subject, text);
    return true;
  } catch (error) {
    notifier.log({ untold: subject, text, failures: [messageOf(error)] });
    return false;
  }
}

/** The same ports, and the subjects of the messages that could not be sent through them. */
export function watched(ports: GuardPorts): {
  readonly ports: GuardPorts;
  readonly untold: readonly string[];
} {
  const untold: string[] = [];
  const { notifier } = ports;
  return {
    untold,
    ports: {
      ...ports,
      notifier: {
        heartbeat: (at) => notifier.heartbeat(at),
        log: (entry) => {
          notifier.log(entry);
        },
        notify: async (subject, text) => {
          try {
            await notifier.notify(subject, text);
          } catch (error) {
            untold.push(subject);
            throw error;
          }
        },
      },
    },
  };
}
