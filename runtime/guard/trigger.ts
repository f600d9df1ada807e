import type { GuardConfig } from "./config.ts";
import { recordOf, totalOf, type Billed, type Ledger } from "./ledger.ts";
import { dollars, nanoUsd, type NanoUsd } from "./money.ts";
import { DAY, dayOf, HOUR } from "./time.ts";

/** Why the guard runs: its own schedule, or a notice of AWS Budgets about money spent. */
export type Trigger =
  | { readonly kind: "schedule" }
  | {
      readonly kind: "budget";
      readonly budget: string;
      readonly billed: NanoUsd;
      /** When it was sent. */
      readonly at: number;
      /** The day that the amount is of; absent where the notice does not say. */
      readonly day?: string;
    };

export interface Refusal {
  readonly kind: "refused";
  readonly why: string;
}

type Table = Readonly<Record<string, unknown>>;

/**
 * Reads what invoked the function. A notice of AWS Budgets counts only where it came over the configured topic,
 * names the configured account and budget, states an actual amount and was sent within the last hour; everything
 * else is refused (FM-02).
 * The notice is plain text; its wording is AWS's and may change, its `Name: value` lines have not since 2019.
 */
export function readTrigger(
  event: unknown,
  { account, budgetTopicArn, budgetNames }: Pick<GuardConfig, "account" | "budgetTopicArn" | "budgetNames">,
  now: number,
): Trigger | Refusal {
  const records = tableOf(event)["Records"];
  if (records === undefined) return { kind: "schedule" };
  if (!Array.isArray(records) || records.length !== 1) return refused("not exactly one record");
  const record = tableOf(records[0]);
  if (record["EventSource"] !== "aws:sns") return refused("not from Amazon SNS");
  const notice = tableOf(record["Sns"]);
  if (notice["TopicArn"] !== budgetTopicArn) return refused(`topic ${String(notice["TopicArn"])}`);
  const sent = notice["Timestamp"];
  const at = typeof sent === "string" ? Date.parse(sent) : Number.NaN;
  if (!(Math.abs(now - at) <= OLDEST_NOTICE_MS)) return refused(`sent at ${String(sent)}`);
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
  const day = dayTold(text, at);
  return { kind: "budget", budget, billed: nanoUsd(amount), at, ...(day === undefined ? {} : { day }) };
}

/**
 * Notices of a daily budget say "Yesterday, the ACTUAL Cost associated with this budget is", under a heading with the
 * UTC date on which they were written: so do all that were found in public code, of 2021 and 2023. No documentation of
 * AWS was found to tell; one without the word is read as before.
 */
function dayTold(text: string, sent: number): string | undefined {
  if (!/\bYesterday, the ACTUAL\b/.test(text)) return undefined;
  const heading = /^AWS Budget Notification (\w+ \d{1,2}, \d{4})\s*$/m.exec(text)?.[1];
  const written = heading === undefined ? Number.NaN : Date.parse(`${heading} UTC`);
  return dayOf((Number.isNaN(written) ? sent : written) - DAY);
}

/** SNS tries again for days; what AWS Budgets said by then may well be of another day. */
const OLDEST_NOTICE_MS = HOUR;

function refused(why: string): Refusal {
  return { kind: "refused", why };
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** Before this hour of the day AWS Budgets, 8 to 12 hours late, may well speak of yesterday without saying so. */
const LATE_NOTICE_MS = 12 * HOUR;

/** How far yesterday's bill may be above its meter, per cent, and still be yesterday's. */
const BILL_ABOVE_METER_PERCENT = 10;

/**
 * The most that AWS Budgets has said of today, the notice at hand included. A notice that names another day says
 * nothing of this one. Where it names none, an amount that yesterday's ledger explains, early in the day, is
 * yesterday's; so is one that was sent before midnight.
 */
export function billedToday(trigger: Trigger, ledger: Ledger, now: number): Billed | undefined {
  const today = dayOf(now);
  const known = ledger.billed?.day === today ? ledger.billed : undefined;
  if (trigger.kind === "schedule" || dayOf(trigger.at) !== today) return known;
  const { billed: amount, at, day } = trigger;
  if (day !== undefined && day !== today) return known;
  const isLate = day === undefined && now % DAY < LATE_NOTICE_MS;
  if (isLate && isExplained(amount, ledger, dayOf(now - DAY))) return known;
  return known !== undefined && known.amount >= amount ? known : { day: today, amount, at };
}

/** A bill above what the guard saw of its day is no reason to stop another day, but people must know what it misses. */
export function billQuestion(trigger: Trigger, ledger: Ledger): readonly string[] {
  if (trigger.kind === "schedule" || trigger.day === undefined) return [];
  const { billed, day } = trigger;
  const record = ledger.days.find((one) => one.day === day);
  if (record === undefined || isExplained(billed, ledger, day)) return [];
  return [
    `AWS Budgets says that ${day} cost ${dollars(billed)}, and the guard saw ${dollars(totalOf(record))}: something costs that it does not meter, today perhaps too. Look at Cost Explorer by service, or at ground cost.`,
  ];
}

function isExplained(amount: NanoUsd, ledger: Ledger, day: string): boolean {
  return amount * 100 <= totalOf(recordOf(ledger, day)) * (100 + BILL_ABOVE_METER_PERCENT);
}
