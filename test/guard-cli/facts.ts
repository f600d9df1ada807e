import type { GuardFacts } from "../../cli/guard/status.ts";
import { meter } from "../../runtime/guard/meter.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import { MINUTE } from "../../runtime/guard/time.ts";
import { CONFIG, host, ledgerAt, NOON, openGroups, orchestrator, prices, seeing } from "../guard/support.ts";

const OK_ALARMS: GuardFacts["alarms"] = [{ alarm: "silent", state: "OK" }];

/** A guard three minutes after a look at noon that went well. */
export function facts(change: Partial<GuardFacts> = {}): GuardFacts {
  const now = NOON + 3 * MINUTE;
  return {
    config: CONFIG,
    ledger: ledgerAt(NOON, nanoUsd(5)),
    requests: { leases: [] },
    heartbeat: NOON,
    groups: openGroups(),
    alarms: OK_ALARMS,
    now,
    ...change,
  };
}

/** The ledger after a look at noon that saw these hosts. */
export function metered(...ids: readonly string[]) {
  const before = ledgerAt(NOON - 5 * MINUTE, nanoUsd(5));
  const hosts = [...ids.map((id, index) => host(id, `storage-${String(index + 1)}`)), orchestrator()];
  return meter(before, seeing(NOON, hosts), CONFIG, prices()).ledger;
}
