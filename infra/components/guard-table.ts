import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { TABLE_KEYS } from "../../model/guard.ts";
import { physicalName, type Scope } from "../lib/names.ts";
import { tagsFor } from "../lib/tags.ts";

interface TableArgs {
  readonly scope: Scope;
  readonly protect: boolean;
}

/**
 * Ledger, leases, lock and heartbeat. Encrypted with the key that DynamoDB owns, not with the environment's: it
 * holds sums and names of owners, and a guard whose ledger cannot be read once somebody disables a key is none.
 */
export function createTable(
  owner: pulumi.ComponentResource,
  name: string,
  { scope, protect }: TableArgs,
): aws.dynamodb.Table {
  return new aws.dynamodb.Table(
    `${name}-table`,
    {
      name: physicalName(scope, "guard"),
      billingMode: "PAY_PER_REQUEST",
      hashKey: TABLE_KEYS.hash,
      rangeKey: TABLE_KEYS.range,
      attributes: [
        { name: TABLE_KEYS.hash, type: "S" },
        { name: TABLE_KEYS.range, type: "S" },
      ],
      ttl: { attributeName: TABLE_KEYS.expires, enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: protect,
      tags: tagsFor(scope, name),
    },
    { parent: owner, protect },
  );
}
