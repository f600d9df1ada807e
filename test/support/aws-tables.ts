import pLimit from "p-limit";
import type { Imitation } from "./aws-proxy.ts";
import { serviceOf } from "./aws-query.ts";

/** What DynamoDB does and moto does not. */
export function tables(): readonly Imitation[] {
  const oneByOne = pLimit(1);
  return [
    {
      what: "DynamoDB decides conditional writes of an item one after the other; moto, whose threads look and write in two steps, may let two through.",
      source:
        "DynamoDB Developer Guide, Condition expressions, and DynamoDB transactions: serializable isolation of single-item writes",
      answer: (request, ask) =>
        serviceOf(request) === "dynamodb" && request.body.includes("ConditionExpression")
          ? oneByOne(ask, request)
          : undefined,
    },
  ];
}
