import type { PolicyLevel } from "../../../../model/plan.ts";

/** Rule, level, and the resource it speaks of; undefined for the stack. */
export type Expected = readonly [rule: string, level: PolicyLevel, resource?: string];

export interface Expectation {
  /** `proving-ground:policies` of the stack file; default: none. */
  readonly policies?: Readonly<Record<string, unknown>>;
  /** Every verdict of the cost rules on this case, and no other. */
  readonly verdicts: readonly Expected[];
}

/** A waiver holds to its last day, and none may run for longer than waivers-sound allows. */
export const NEXT_MONTH = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

const waiver = { reason: "Accepted for the length of a test.", owner: "claudefs" };

/** What the cost rules say of each case of `cases.ts`, at a preview of the engine and offline alike. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  "resource-rules": {
    verdicts: [
      ["allowed-instance-types", "mandatory", "allowed-instance-types-bad"],
      ["cluster-on-spot", "mandatory", "cluster-on-spot-bad"],
      ["nat-gateway-asked", "mandatory", "nat-gateway-asked-bad"],
      ["volumes-gp3", "mandatory", "volumes-gp3-bad"],
      ["volumes-gp3", "mandatory", "volumes-gp3-large"],
      ["volumes-gp3", "mandatory", "volumes-gp3-unset"],
      ["volume-size", "mandatory", "volume-size-bad"],
      ["log-retention", "mandatory", "log-retention-bad"],
    ],
  },
  "daily-cost": { verdicts: [["daily-cost", "mandatory"]] },
  "worst-case-cost": {
    verdicts: [
      ["worst-case-cost", "mandatory"],
      ["greatest-loss", "mandatory"],
    ],
  },
  "greatest-loss": { verdicts: [["greatest-loss", "mandatory"]] },
  "budget-with-alarms": { verdicts: [["budget-with-alarms", "mandatory"]] },
  "unbudgeted-hosts": { verdicts: [["unbudgeted-hosts", "advisory"]] },
  "instance-types-priced": { verdicts: [["instance-types-priced", "mandatory", "mirror"]] },
  "dearest-node": { verdicts: [["dearest-node", "mandatory", "storage-1"]] },
  "role-count": { verdicts: [["role-count", "mandatory"]] },
  "schedule-or-lease": { verdicts: [["schedule-or-lease", "mandatory", "storage-1"]] },
  "unattached-address": { verdicts: [["unattached-address", "mandatory", "unattached-address-bad"]] },
  "bucket-lifecycle": {
    verdicts: [
      ["bucket-lifecycle", "mandatory", "bucket-lifecycle-bad"],
      ["bucket-lifecycle", "mandatory", "bucket-lifecycle-uploads"],
    ],
  },
  "unknown-type": {
    verdicts: [
      ["daily-cost", "mandatory"],
      ["worst-case-cost", "mandatory"],
      ["greatest-loss", "mandatory"],
      ["dearest-node", "mandatory", "storage-1"],
      ["allowed-instance-types", "mandatory", "storage-1"],
    ],
  },
  waivers: {
    policies: {
      levels: { "greatest-loss": "advisory", "worst-case-cost": "disabled" },
      parameters: { "greatest-loss": { usd: 1 } },
      waivers: [
        { ...waiver, rule: "daily-cost", resource: "*", expires: NEXT_MONTH },
        { ...waiver, rule: "log-retention", resource: "kept", expires: "2020-01-31" },
        { ...waiver, rule: "volume-size", resource: "*", expires: NEXT_MONTH },
      ],
    },
    verdicts: [
      ["greatest-loss", "advisory"],
      ["log-retention", "mandatory", "kept"],
      ["waivers-sound", "mandatory"],
      ["waivers-needed", "advisory"],
    ],
  },
};
