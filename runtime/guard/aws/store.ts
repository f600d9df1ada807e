import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  TransactionConflictException,
  UpdateItemCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import type { DayRecord, Ledger } from "../ledger.ts";
import type { Requests } from "../observations.ts";
import type { LedgerStore } from "../ports.ts";
import { marshal, unmarshal, type Item } from "./attributes.ts";
import {
  dayItem,
  dayOfItem,
  heartbeatOf,
  HEARTBEAT_KEY,
  leaseKeyOf,
  ledgerItem,
  ledgerOf,
  LEDGER_KEY,
  PARTITIONS,
  REARM_KEY,
  requestsOf,
  type Key,
} from "./items.ts";
import { endingOf, LockedLeases } from "./leases.ts";

/** The guard's table of one environment, `items.ts`: for the guard itself and for the commands of people. */
export class GuardTable implements LedgerStore {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async read(): Promise<Ledger | undefined> {
    const item = await this.#get(LEDGER_KEY);
    return item === undefined ? undefined : ledgerOf(item);
  }

  async write(ledger: Ledger, expected: number | undefined): Promise<boolean> {
    const writer = randomUUID();
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: marshal(ledgerItem(ledger, writer)),
          ...(expected === undefined
            ? { ConditionExpression: "attribute_not_exists(pk)" }
            : {
                ConditionExpression: "#version = :expected",
                ExpressionAttributeNames: { "#version": "version" },
                ExpressionAttributeValues: marshal({ ":expected": expected }),
              }),
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The SDK tries again where an answer was lost: then the condition fails on our own write.
      return error.Item?.["writer"]?.S === writer;
    }
  }

  async archive(record: DayRecord): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#name, Item: marshal(dayItem(record)) }));
  }

  /** Finished days, oldest first. */
  async archived(from: string, to: string): Promise<readonly DayRecord[]> {
    const items = await this.#query(PARTITIONS.day, { from, to });
    return items.map(dayOfItem);
  }

  async requests(): Promise<Requests> {
    return requestsOf(await this.#query(PARTITIONS.request));
  }

  /** Leases as the holder of the admission lock writes them. */
  lockedBy(holder: string): LockedLeases {
    return new LockedLeases(this.#client, this.#name, holder);
  }

  endLease(id: string, expiresAt: number): Promise<boolean> {
    return conditional(() =>
      this.#client.send(new UpdateItemCommand({ TableName: this.#name, ...endingOf(id, expiresAt) })),
    );
  }

  /** One that somebody writes at this moment stays for now: its end goes on at the next run. */
  async removeLease(id: string): Promise<void> {
    await conditional(() => this.#delete(leaseKeyOf(id)));
  }

  /** A person's word to re-arm; the guard carries it out at its next tick. The last word counts. */
  async requestRearm(by: string, at: number): Promise<void> {
    await this.#client.send(
      new PutItemCommand({ TableName: this.#name, Item: marshal({ ...REARM_KEY, by, at }) }),
    );
  }

  /** Keeps the evidence of a drill until `expires`, seconds since 1970. */
  async keepDrill(startedAt: number, evidence: Item, expires: number): Promise<void> {
    const key = { pk: PARTITIONS.drill, sk: new Date(startedAt).toISOString() };
    await this.#client.send(
      new PutItemCommand({ TableName: this.#name, Item: marshal({ ...key, ...evidence, ttl: expires }) }),
    );
  }

  async clearRearm(): Promise<void> {
    await this.#delete(REARM_KEY);
  }

  /** When the guard last did its whole work; undefined where it never has. */
  async heartbeat(): Promise<number | undefined> {
    const item = await this.#get(HEARTBEAT_KEY);
    return item === undefined ? undefined : heartbeatOf(item);
  }

  /** Strongly consistent, as is every look of the guard: an old ledger would be metered over. */
  async #get(key: Key): Promise<Item | undefined> {
    const { Item: attributes } = await this.#client.send(
      new GetItemCommand({ TableName: this.#name, Key: marshal({ ...key }), ConsistentRead: true }),
    );
    return attributes === undefined ? undefined : unmarshal(attributes);
  }

  async #query(pk: string, range?: { readonly from: string; readonly to: string }): Promise<readonly Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#name,
        KeyConditionExpression: range === undefined ? "pk = :pk" : "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: marshal({
          ":pk": pk,
          ...(range && { ":from": range.from, ":to": range.to }),
        }),
        ConsistentRead: true,
      },
    );
    const items: Item[] = [];
    for await (const { Items = [] } of pages) items.push(...Items.map(unmarshal));
    return items;
  }

  async #delete(key: Key): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#name, Key: marshal({ ...key }) }));
  }
}

/** @returns false where the condition of a write does not hold, or another's transaction is writing the item. */
export async function conditional(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    if (error instanceof TransactionConflictException) return false;
    throw error;
  }
}
