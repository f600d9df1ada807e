import pLimit from "p-limit";
import type { Imitation } from "./aws-proxy.ts";
import { operationOf, serviceOf } from "./aws-query.ts";

const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"]);

/** What DynamoDB does and moto does not. */
export function tables(): readonly Imitation[] {
  const oneByOne = pLimit(1);
  return [
    {
      what: "DynamoDB decides conditional writes of an item one after the other, and transactions as a whole; moto, whose threads look and write in two steps, may let two through, and a transaction of it that fails puts back the whole table, with what others wrote meanwhile.",
      source:
        "DynamoDB Developer Guide, Condition expressions, and DynamoDB transactions: serializable isolation of writes",
      answer: (request, ask) =>
        serviceOf(request) === "dynamodb" && WRITES.has(operationOf(request))
          ? oneByOne(ask, request)
          : undefined,
    },
  ];
}
