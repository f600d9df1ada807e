import { AutoScalingClient, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { marshal } from "../guard/aws/attributes.ts";
import { HEARTBEAT_KEY } from "../guard/aws/items.ts";
import type { HostConfig } from "./config.ts";
import type { DeadManCalls } from "./dead-man-look.ts";

/** Milliseconds for one try. */
const CONNECT_LIMIT_MS = 2_000;
const ANSWER_LIMIT_MS = 4_000;

/**
 * Heartbeat and end of the slot by the instance's own role. The read is strongly consistent: an old copy after a
 * new one would look like a change. A wall clock that is hours off spoils the signature of the first try only:
 * the SDK learns the difference from AWS's answer.
 */
export function deadManCalls({
  region,
  deadMan,
}: {
  readonly region: string;
  readonly deadMan: NonNullable<HostConfig["deadMan"]>;
}): DeadManCalls {
  const options = {
    region,
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: CONNECT_LIMIT_MS,
      requestTimeout: ANSWER_LIMIT_MS,
      throwOnRequestTimeout: true,
    },
  };
  const dynamodb = new DynamoDBClient(options);
  const autoScaling = new AutoScalingClient(options);
  return {
    async heartbeat(abortSignal) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({
          TableName: deadMan.table,
          Key: marshal({ ...HEARTBEAT_KEY }),
          ConsistentRead: true,
        }),
        { abortSignal },
      );
      const at = Item?.["at"]?.N;
      if (Item !== undefined && at === undefined)
        throw new Error("its item in the guard's table has no time");
      return at;
    },
    async endSlot(abortSignal) {
      await autoScaling.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: deadMan.group,
          DesiredCapacity: 0,
          HonorCooldown: false,
        }),
        { abortSignal },
      );
    },
  };
}
