import {
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type DynamoDBClient,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import type { Lease } from "../observations.ts";
import { marshal, unmarshal } from "./attributes.ts";
import { ADMISSION_LOCK_KEY, leaseItem, leaseKeyOf } from "./items.ts";

/** Somebody else has the lock of admission by now, and may have been promised what this one was going to ask for. */
export class LockLostError extends Error {
  override readonly name = "LockLostError";
}

/** Conflicts with another write of the same item, such as a try for the lock, last milliseconds. */
const MOST_CONFLICTS = 10;

/**
 * Leases as whoever holds the lock of admission writes them. The lock runs out by the clock of whoever asks for it
 * next, and two laptops' clocks may be a minute apart: so DynamoDB writes each lease in one transaction with a look
 * at the lock's holder. Of two who believe that they hold it one writes, whatever their clocks say.
 */
export class LockedLeases {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #holder: string;

  constructor(client: DynamoDBClient, table: string, holder: string) {
    this.#client = client;
    this.#table = table;
    this.#holder = holder;
  }

  /**
   * @returns false where another lease of that id is there already; a repeated write of the same is none.
   * @throws LockLostError, as every method here
   */
  add(lease: Lease): Promise<boolean> {
    return this.#write({
      Put: {
        TableName: this.#table,
        Item: marshal(leaseItem(lease)),
        ConditionExpression: "attribute_not_exists(pk) OR (#owner = :owner AND expiresAt = :expiresAt)",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: marshal({ ":owner": lease.owner, ":expiresAt": lease.expiresAt }),
      },
    });
  }

  /**
   * Moves the end of a lease that the guard has not begun to end (FM-34).
   *
   * @param expiresAt as it was read; two people at once cannot undo one another
   * @returns false where the lease is gone, ending, or was moved meanwhile
   */
  extend(id: string, expiresAt: number, until: number): Promise<boolean> {
    return this.#write({
      Update: {
        TableName: this.#table,
        Key: marshal({ ...leaseKeyOf(id) }),
        UpdateExpression: "SET expiresAt = :until",
        ConditionExpression: "#state = :active AND expiresAt IN (:read, :until)",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: marshal({ ":until": until, ":active": "active", ":read": expiresAt }),
      },
    });
  }

  /** Marks a lease as `ending` if it still expires at that time; false where it was extended meanwhile. */
  end(id: string, expiresAt: number): Promise<boolean> {
    return this.#write({ Update: { TableName: this.#table, ...endingOf(id, expiresAt) } });
  }

  /** For what DynamoDB does not do, right before it is done. */
  async requireLock(): Promise<void> {
    const { Item } = await this.#client.send(
      new GetItemCommand({
        TableName: this.#table,
        Key: marshal({ ...ADMISSION_LOCK_KEY }),
        ConsistentRead: true,
      }),
    );
    if (Item === undefined || unmarshal(Item)["holder"] !== this.#holder) throw new LockLostError();
  }

  async #write(lease: TransactWriteItem): Promise<boolean> {
    const lock: TransactWriteItem = {
      ConditionCheck: {
        TableName: this.#table,
        Key: marshal({ ...ADMISSION_LOCK_KEY }),
        ConditionExpression: "holder = :holder",
        ExpressionAttributeValues: marshal({ ":holder": this.#holder }),
      },
    };
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#client.send(new TransactWriteItemsCommand({ TransactItems: [lock, lease] }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [ofLock, ofLease] = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (ofLock === FAILED) throw new LockLostError();
        if (ofLease === FAILED) return false;
        if (tries >= MOST_CONFLICTS || (ofLock !== CONFLICT && ofLease !== CONFLICT)) throw error;
      }
    }
  }
}

/** Codes of TransactionCanceledException. Source: Amazon DynamoDB API Reference, TransactWriteItems. */
const FAILED = "ConditionalCheckFailed";
const CONFLICT = "TransactionConflict";

/** The update that marks a lease as ending. */
export function endingOf(id: string, expiresAt: number) {
  return {
    Key: marshal({ ...leaseKeyOf(id) }),
    UpdateExpression: "SET #state = :ending",
    ConditionExpression: "expiresAt = :read",
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: marshal({ ":ending": "ending", ":read": expiresAt }),
  };
}
