import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { TABLE_KEYS } from "../../model/guard.ts";
import { TAGS } from "../../model/tags.ts";
import { GUARD_DEFAULTS, type GuardConfig } from "../../runtime/guard/config.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { MOTO_ACCOUNT } from "../support/moto.ts";

export const REGION = "us-west-2";
/** Noon, so that nothing turns on the end of a day unless a test wants it. */
export const NOON = Date.parse("2026-11-21T12:00:00Z");

/** One of moto's own images. */
export const IMAGE = "ami-12c6146b";
export const TYPE = "i4i.2xlarge";
export const SLOTS = ["storage-1", "storage-2", "storage-3"] as const;
export type Slot = (typeof SLOTS)[number];
export const AGENTS_ROLE = "proving-ground-dev-orchestrator";
export const TABLE = "proving-ground-dev-guard";

export function groupOf(slot: string): string {
  return `proving-ground-dev-${slot}`;
}

export const CONFIG: GuardConfig = {
  ...GUARD_DEFAULTS,
  environment: "dev",
  account: MOTO_ACCOUNT,
  homeRegion: REGION,
  regions: [REGION],
  linePerDay: nanoUsd("100"),
  slots: SLOTS.map((name) => ({
    name,
    role: "storage",
    group: groupOf(name),
    profile: `${groupOf(name)}-profile`,
    ceilingPerHour: nanoUsd("0.75"),
  })),
  persistent: [
    {
      name: "orchestrator",
      role: "orchestrator",
      profile: AGENTS_ROLE,
      instanceIds: [],
      perHour: nanoUsd("0.42"),
    },
  ],
  fixedPerDay: nanoUsd("0.50"),
  extrasPerHour: nanoUsd("0.01"),
  vpcIds: [],
  modelPrices: [
    {
      model: "*",
      perInputToken: 3_000,
      perOutputToken: 15_000,
      perCacheReadToken: 300,
      perCacheWriteToken: 3_750,
    },
  ],
  agentsRole: AGENTS_ROLE,
  budgetTopicArn: `arn:aws:sns:${REGION}:${MOTO_ACCOUNT}:proving-ground-dev-budget`,
  budgetNames: ["proving-ground-dev"],
};

/** At noon the orchestrator's rest of the day fits under this line, and a slot beside it does not. */
export const TIGHT = nanoUsd("5.60");

/** The guard's table as the stack makes it. */
export function tableOf(TableName: string): CreateTableCommandInput {
  const { hash, range } = TABLE_KEYS;
  return {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: hash, KeyType: "HASH" },
      { AttributeName: range, KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: hash, AttributeType: "S" },
      { AttributeName: range, AttributeType: "S" },
    ],
  };
}

/** Tags of a host of the stack. */
export function tagsOf(life: "persistent" | "on-demand"): Readonly<Record<string, string>> {
  return {
    [TAGS.project]: "proving-ground",
    [TAGS.environment]: "dev",
    [TAGS.role]: life === "persistent" ? "orchestrator" : "storage",
    [TAGS.owner]: "claudefs",
    [TAGS.life]: life,
  };
}
