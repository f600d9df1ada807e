import { classifier } from "../../runtime/guard/classify.ts";
import type { DecideInput } from "../../runtime/guard/decide.ts";
import type { Running } from "../../runtime/guard/meter.ts";
import type { ObservedInstance } from "../../runtime/guard/observations.ts";
import { CONFIG, I4I_2XLARGE, ledgerAt, NOON, openGroups } from "./support.ts";

/** As the meter hands instances on, each at the price of a storage node. */
export function running(...instances: readonly ObservedInstance[]): readonly Running[] {
  const classify = classifier(CONFIG);
  return instances.map((instance) => ({
    id: instance.id,
    region: instance.region,
    type: instance.type,
    claim: classify(instance),
    perHour: I4I_2XLARGE,
    ceilingPerHour: I4I_2XLARGE,
  }));
}

/** Noon of a day without a cent spent, and nothing running. */
export function input(change: Partial<DecideInput> = {}): DecideInput {
  return {
    ledger: ledgerAt(NOON, 0),
    running: [],
    groups: openGroups(),
    scheduled: [],
    requests: { leases: [] },
    config: CONFIG,
    now: NOON,
    ...change,
  };
}
