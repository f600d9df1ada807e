import { CostExplorerClient, GetCostAndUsageCommand } from "@aws-sdk/client-cost-explorer";
import { TAGS } from "../../model/tags.ts";
import { nanoUsd, type NanoUsd } from "../../runtime/guard/money.ts";
import { DAY, dayOf } from "../../runtime/guard/time.ts";
import { clientOptions } from "../../runtime/guard/aws/clients.ts";

/** What AWS bills for one UTC day, before tax, without credits and refunds. */
export interface Bill {
  /** Carrying the environment's tag. */
  readonly environment: NanoUsd;
  /** Without the tag: what AWS does not tag, and everything before cost-allocation tags were activated. */
  readonly untagged: NanoUsd;
  readonly account: NanoUsd;
  /** True while AWS may still change it, for a day or more after. */
  readonly isEstimated: boolean;
}

/** Cost Explorer has one address, in us-east-1 (AWS General Reference, "AWS Cost Management endpoints"). */
const REGION = "us-east-1";

/**
 * Credits and refunds would hide what was spent (FM-17), and tax is not in the meter.
 * Source: Cost Explorer API Reference, `RECORD_TYPE`.
 */
const NOT_SPENDING = ["Credit", "Refund", "Tax"];

/** AWS charges USD 0.01 for each question. */
export async function billOf(environment: string, at: number): Promise<Bill> {
  const client = new CostExplorerClient(clientOptions(REGION));
  const amounts = new Map<string, NanoUsd>();
  let isEstimated = false;
  let next: string | undefined;
  do {
    const { ResultsByTime = [], NextPageToken } = await client.send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: dayOf(at), End: dayOf(at + DAY) },
        Granularity: "DAILY",
        Metrics: ["UnblendedCost"],
        GroupBy: [{ Type: "TAG", Key: TAGS.environment }],
        Filter: { Not: { Dimensions: { Key: "RECORD_TYPE", Values: NOT_SPENDING } } },
        ...(next === undefined ? {} : { NextPageToken: next }),
      }),
    );
    for (const { Groups = [], Estimated } of ResultsByTime) {
      isEstimated ||= Estimated === true;
      for (const { Keys: [key = ""] = [], Metrics } of Groups) {
        const value = tagValueOf(key);
        amounts.set(value, (amounts.get(value) ?? 0) + nanoUsd(Metrics?.["UnblendedCost"]?.Amount ?? "0"));
      }
    }
    next = NextPageToken;
  } while (next !== undefined && next !== "");
  return {
    environment: amounts.get(environment) ?? 0,
    untagged: amounts.get("") ?? 0,
    account: [...amounts.values()].reduce((sum, amount) => sum + amount, 0),
    isEstimated,
  };
}

/** `proving-ground:environment$dev`: the tag's key, a dollar sign, its value, empty where there is no such tag. */
function tagValueOf(key: string): string {
  return key.slice(key.indexOf("$") + 1);
}
