import { knownRunning } from "../../runtime/guard/admission.ts";
import { isCounted } from "../../runtime/guard/classify.ts";
import type { GuardConfig } from "../../runtime/guard/config.ts";
import { newDay, recordOf, totalOf, type DayRecord, type Ledger } from "../../runtime/guard/ledger.ts";
import { usdOf, type NanoUsd } from "../../runtime/guard/money.ts";
import type { ObservedGroup } from "../../runtime/guard/observations.ts";
import { DAY, dayOf } from "../../runtime/guard/time.ts";
import { moneyJson, moneyOf, type Money } from "../guard/money.ts";
import type { Bill } from "./bill.ts";

/** One role's or owner's part of today's compute, and what it burns now. */
export interface Share {
  readonly name: string;
  readonly spent: NanoUsd;
  readonly perHour: NanoUsd;
}

/** A finished day by the meter, beside what AWS bills for it. */
export interface MeteredDay {
  readonly day: string;
  /** Undefined where the guard has no record of it. */
  readonly meter: DayRecord | undefined;
  readonly bill: Bill | { readonly unreadable: string } | null;
}

export interface Cost {
  readonly environment: string;
  readonly now: number;
  readonly today: DayRecord;
  readonly money: Money;
  readonly byRole: readonly Share[];
  readonly byOwner: readonly Share[];
  readonly modelPerHour: NanoUsd;
  readonly yesterday: MeteredDay;
}

export interface CostFacts {
  readonly config: GuardConfig;
  readonly ledger: Ledger;
  readonly groups: readonly ObservedGroup[];
  /** Yesterday in the archive; the ledger's own record is newer where it has one. */
  readonly archived: DayRecord | undefined;
  readonly bill: MeteredDay["bill"];
  readonly now: number;
}

export function costOf({ config, ledger, groups, archived, bill, now }: CostFacts): Cost {
  const today = recordOf(ledger, dayOf(now));
  const yesterday = dayOf(now - DAY);
  const running = knownRunning(ledger).filter(({ claim }) => isCounted(claim, config));
  const sharesBy = (spent: Readonly<Record<string, NanoUsd>>, of: "role" | "owner"): readonly Share[] => {
    const rates = new Map<string, NanoUsd>();
    for (const { claim, perHour } of running) rates.set(claim[of], (rates.get(claim[of]) ?? 0) + perHour);
    return [...new Set([...Object.keys(spent), ...rates.keys()])]
      .map((name) => ({ name, spent: spent[name] ?? 0, perHour: rates.get(name) ?? 0 }))
      .toSorted((a, b) => b.spent - a.spent || b.perHour - a.perHour || (a.name < b.name ? -1 : 1));
  };
  return {
    environment: config.environment,
    now,
    today,
    money: moneyOf(ledger, groups, config, now),
    byRole: sharesBy(today.byRole, "role"),
    byOwner: sharesBy(today.byOwner, "owner"),
    modelPerHour: ledger.modelPerHour,
    yesterday: {
      day: yesterday,
      meter: ledger.days.find(({ day }) => day === yesterday) ?? archived,
      bill,
    },
  };
}

/** What a day with nothing known of it looks like, for scripts that want every key. */
function dayJson(record: DayRecord | undefined) {
  if (record === undefined) return null;
  const { day, compute, fixed, model, byRole, byOwner } = { ...newDay(record.day), ...record };
  const usd = (amount: NanoUsd): number => usdOf(amount).toNumber();
  const each = (amounts: Readonly<Record<string, NanoUsd>>) =>
    Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, usd(amount)]));
  return {
    day,
    totalUsd: usd(totalOf(record)),
    computeUsd: usd(compute),
    fixedUsd: usd(fixed),
    modelUsd: usd(model),
    byRoleUsd: each(byRole),
    byOwnerUsd: each(byOwner),
  };
}

/** Money in US dollars, times as ISO 8601. */
export function costJson({ environment, now, today, money, byRole, byOwner, yesterday }: Cost): unknown {
  const rates = (shares: readonly Share[]) =>
    Object.fromEntries(shares.map(({ name, perHour }) => [name, usdOf(perHour).toNumber()]));
  const { bill } = yesterday;
  return {
    environment,
    at: new Date(now).toISOString(),
    today: dayJson(today),
    money: moneyJson(money),
    usdPerHourByRole: rates(byRole),
    usdPerHourByOwner: rates(byOwner),
    yesterday: {
      day: yesterday.day,
      meter: dayJson(yesterday.meter),
      bill:
        bill === null
          ? null
          : "unreadable" in bill
            ? bill
            : {
                environmentUsd: usdOf(bill.environment).toNumber(),
                untaggedUsd: usdOf(bill.untagged).toNumber(),
                accountUsd: usdOf(bill.account).toNumber(),
                isEstimated: bill.isEstimated,
              },
    },
  };
}
