import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { INSTANCE_STATES } from "../observations.ts";
import type { EventQueue, Notifier, QueuedChange } from "../ports.ts";

/** The most messages in one call. */
const BATCH = 10;

/** Calls in one tick: a flood of events must not eat the time that is there to stop it. The rest comes at the next tick. */
const MOST_CALLS = 100;

/** EventBridge's envelope around "EC2 Instance State-change Notification". */
const eventSchema = z.object({
  source: z.literal("aws.ec2"),
  "detail-type": z.literal("EC2 Instance State-change Notification"),
  region: z.string(),
  time: z.iso.datetime(),
  detail: z.object({ "instance-id": z.string(), state: z.enum(INSTANCE_STATES) }),
});

export interface QueueOptions {
  readonly url: string;
  /** Seconds that a call waits for a message: above 0 it asks all of SQS's servers, so that "none" means none. */
  readonly waitSeconds?: number;
}

/**
 * State changes from SQS, until it has none. What is no such event is logged and left there: the queue's redrive
 * policy takes it to the dead letters, where an alarm tells people of it.
 */
export function stateChanges(
  client: SQSClient,
  { url, waitSeconds = 1 }: QueueOptions,
  { log }: Pick<Notifier, "log">,
): EventQueue {
  return {
    async receive() {
      const changes: QueuedChange[] = [];
      for (let calls = 0; calls < MOST_CALLS; calls += 1) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: BATCH,
            WaitTimeSeconds: waitSeconds,
          }),
        );
        if (Messages.length === 0) break;
        for (const { Body = "", ReceiptHandle: receipt = "" } of Messages) {
          const { success, data } = eventSchema.safeParse(parsed(Body));
          if (success)
            changes.push({
              instanceId: data.detail["instance-id"],
              region: data.region,
              state: data.detail.state,
              at: Date.parse(data.time),
              receipt,
            });
          else log({ queue: "not an EC2 state change", message: Body.slice(0, 500) });
        }
      }
      return changes;
    },

    /** A message that SQS does not delete comes again, which the meter bears. */
    async settle(receipts) {
      for (let start = 0; start < receipts.length; start += BATCH)
        await client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: url,
            Entries: receipts
              .slice(start, start + BATCH)
              .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
          }),
        );
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
