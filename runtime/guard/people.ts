import type { UntoldMessage } from "./ledger.ts";
import type { LedgerWriter } from "./ledger-writer.ts";
import { messageOf } from "./observe.ts";
import type { GuardPorts } from "./ports.ts";
import type { Message } from "./report.ts";
import { clockTime } from "./time.ts";

type PeoplePorts = Pick<GuardPorts, "notifier" | "clock">;

/** Messages that wait for the topic at most; the oldest go first, and all are in the log. */
const MOST_UNTOLD = 20;

/** Characters that are kept of each: the ledger is one item of DynamoDB, of 400 KB. */
const MOST_KEPT = 4_000;

/** Characters that are said at once: SNS takes 256 KB, and one of UTF-16 is three bytes of UTF-8 at most. */
const MOST_SAID = 80_000;

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
    if ((await say({ notifier }, { subject, text })) !== "said")
      untold.push({ subject, text: cut(text, MOST_KEPT), at: clock.now() });
  if (untold.length === 0) return true;
  return writer.amend({ untold: [...writer.untold, ...untold].slice(-MOST_UNTOLD) });
}

/**
 * Says what earlier runs could not, up to the first that cannot be said now either: a topic that hangs costs time. One
 * that the topic refuses as invalid keeps none behind it, and is forgotten where the topic took another: it is not the
 * topic's fault then, and it is in the log.
 */
export async function retell(
  { notifier }: Pick<PeoplePorts, "notifier">,
  writer: LedgerWriter,
  earlier: readonly UntoldMessage[],
): Promise<void> {
  const done = new Set<UntoldMessage>();
  const invalid: UntoldMessage[] = [];
  for (const message of earlier) {
    const { subject, text, at } = message;
    const late = `${cut(text, MOST_KEPT)}\nWritten at ${clockTime(at)}; it could not be sent before.`;
    const answer = await say({ notifier }, { subject, text: late });
    if (answer === "failed") break;
    if (answer === "said") done.add(message);
    else invalid.push(message);
  }
  if (done.size > 0) for (const message of invalid) done.add(message);
  if (done.size > 0) await writer.amend({ untold: writer.untold.filter((message) => !done.has(message)) });
}

async function say(
  { notifier }: Pick<PeoplePorts, "notifier">,
  { subject, text }: Message,
): Promise<"said" | "invalid" | "failed"> {
  if (text.length > MOST_SAID) notifier.log({ cut: subject, text });
  try {
    await notifier.notify(subject, cut(text, MOST_SAID));
    return "said";
  } catch (error) {
    notifier.log({ untold: subject, text, failures: [messageOf(error)] });
    return error instanceof Error && error.name === INVALID ? "invalid" : "failed";
  }
}

/** SNS's own name of a message that it will never take. */
const INVALID = "InvalidParameterException";

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half a surrogate pair would be no text any more.
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")} … (the rest is in the guard's log)`;
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
