import { DeleteItemCommand, PutItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Clock, Lock } from "../ports.ts";
import { MINUTE } from "../time.ts";
import { marshal } from "./attributes.ts";
import { GUARD_LOCK_KEY, type Key } from "./items.ts";
import { conditional } from "./store.ts";

/** How far clocks that are set may be apart; as far as AWS takes a signature's time for now. */
const MOST_SKEW_MS = 5 * MINUTE;

/**
 * Mutual exclusion by a conditional write. A holder that died loses the lock when it expires by the next one's
 * clock, and at once where its own clock was so far ahead that nobody would get it for as long; where clocks are so
 * far apart that two hold it, the ledger's version lets only one run of the guard have an effect, and a lease is
 * written only by whom the lock names (`LockedLeases`).
 */
export class TableLock implements Lock {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #key: Key;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">, key: Key = GUARD_LOCK_KEY) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
    this.#key = key;
  }

  /** The holder itself gets it again: the SDK repeats a write whose answer was lost. */
  acquire(holder: string, ttlMs: number): Promise<boolean> {
    const now = this.#clock.now();
    return conditional(() =>
      this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: marshal({ ...this.#key, holder, expiresAt: now + ttlMs }),
          ConditionExpression:
            "attribute_not_exists(pk) OR expiresAt <= :now OR expiresAt > :latest OR holder = :holder",
          ExpressionAttributeValues: marshal({
            ":now": now,
            ":latest": now + ttlMs + MOST_SKEW_MS,
            ":holder": holder,
          }),
        }),
      ),
    );
  }

  /** Leaves alone a lock that somebody else has taken over meanwhile. */
  async release(holder: string): Promise<void> {
    await conditional(() =>
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#table,
          Key: marshal({ ...this.#key }),
          ConditionExpression: "holder = :holder",
          ExpressionAttributeValues: marshal({ ":holder": holder }),
        }),
      ),
    );
  }
}
