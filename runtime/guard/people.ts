import { messageOf } from "./observe.ts";
import type { GuardPorts } from "./ports.ts";
import type { Message } from "./report.ts";

/**
 * Messages to people, one after another. A topic that is broken keeps nothing from being stopped or given back: what
 * could not be said is in the log, whole.
 *
 * @returns true where all were said
 */
export async function notifyAll(
  { notifier }: Pick<GuardPorts, "notifier">,
  messages: readonly Message[],
): Promise<boolean> {
  let told = true;
  for (const { subject, text } of messages) {
    try {
      await notifier.notify(subject, text);
    } catch (error) {
      notifier.log({ untold: subject, text, failures: [messageOf(error)] });
      told = false;
    }
  }
  return told;
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
