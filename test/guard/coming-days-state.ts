import type { AdmissionState } from "../../runtime/guard/admission.ts";
import { nanoUsd } from "../../runtime/guard/money.ts";
import type { Lease } from "../../runtime/guard/observations.ts";
import type { ScheduleConfig } from "../../runtime/guard/schedules.ts";
import { CONFIG, ledgerAt, openGroups } from "./support.ts";

/** The orchestrator of a day. */
export const WHOLE_DAY = 24 * nanoUsd("0.2");

/** Weekdays; 14 June 2027 is a Monday. */
export const OFFICE: ScheduleConfig = {
  name: "office",
  slots: ["jepsen-1"],
  start: "0 8 * * 1-5",
  stop: "0 18 * * *",
  timeZone: "UTC",
  exceptions: ["2027-06-16"],
};

/** Nothing spent, nothing up, nothing promised. */
export function stateAt(now: number, change: Partial<AdmissionState> = {}): AdmissionState {
  return {
    config: CONFIG,
    ledger: ledgerAt(now, 0),
    now,
    running: [],
    groups: openGroups(),
    leases: [],
    scheduled: [],
    heldGroups: [],
    ...change,
  };
}

export function leaseOn(id: string, slots: readonly string[], expiresAt: number): Lease {
  return { id, owner: "team", slots, expiresAt, state: "active" };
}
