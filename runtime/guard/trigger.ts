import type { GuardConfig } from "./config.ts";
import { recordOf, totalOf, type Ledger } from "./ledger.ts";
import { nanoUsd, type NanoUsd } from "./money.ts";
import { DAY, dayOf, HOUR } from "./time.ts";

/** Why the guard runs: its own schedule, or a notice of AWS Budgets about money spent. */
export type Trigger =
  | { readonly kind: "schedule" }
  | { readonly kind: "budget"; readonly budget: string; readonly billed: NanoUsd };

export interface Refusal {
  readonly kind: "refused";
  readonly why: string;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * Reads what invoked the function. A notice of AWS Budgets counts only where it came over the configured topic,
 * names the configured account and budget, and states an actual amount; everything else is refused (FM-02).
 * The notice is plain text; its wording is AWS's and may change, its `Name: value` lines have not since 2019.
 */
export function readTrigger(
  event: unknown,
  { account, budgetTopicArn, budgetNames }: Pick<GuardConfig, "account" | "budgetTopicArn" | "budgetNames">,
): Trigger | Refusal {
  const records = tableOf(event)["Records"];
  if (records === undefined) return { kind: "schedule" };
  if (!Array.isArray(records) || records.length !== 1) return refused("not exactly one record");
  const record = tableOf(records[0]);
  if (record["EventSource"] !== "aws:sns") return refused("not from Amazon SNS");
  const notice = tableOf(record["Sns"]);
  if (notice["TopicArn"] !== budgetTopicArn) return refused(`topic ${String(notice["TopicArn"])}`);
  const text = notice["Message"];
  if (typeof text !== "string") return refused("no message");

  const from = /^AWS Account (\d{12})\s*$/m.exec(text)?.[1];
  if (from !== account) return refused(`account ${from ?? "not named"}`);
  const budget = /^Budget Name: (.+?)\s*$/m.exec(text)?.[1];
  if (budget === undefined || !budgetNames.includes(budget))
    return refused(`budget ${budget ?? "not named"}`);
  const type = /^Alert Type: (\w+)\s*$/m.exec(text)?.[1];
  if (type !== "ACTUAL") return refused(`alert type ${type ?? "not named"}`);
  const amount = /^ACTUAL Amount: \$([\d,]+(?:\.\d+)?)\s*$/m.exec(text)?.[1]?.replaceAll(",", "");
  if (amount === undefined) return refused("no amount in US dollars");
  return { kind: "budget", budget, billed: nanoUsd(amount) };
}

function refused(why: string): Refusal {
  return { kind: "refused", why };
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** Before this hour of the day AWS Budgets, 8 to 12 hours late, may well speak of yesterday. */
const LATE_NOTICE_MS = 12 * HOUR;

/** What AWS Budgets' notice says of today. An amount that yesterday's ledger explains, early in the day, is yesterday's. */
export function billedToday(trigger: Trigger, ledger: Ledger, now: number): NanoUsd | undefined {
  if (trigger.kind === "schedule") return undefined;
  const yesterday = totalOf(recordOf(ledger, dayOf(now - DAY)));
  return now % DAY < LATE_NOTICE_MS && trigger.billed <= yesterday ? undefined : trigger.billed;
}
