import type { HostNeed } from "../doctor/needs.ts";
import type { CheckLine } from "../checklist.ts";
import type { LockedLeases } from "../../runtime/guard/aws/leases.ts";
import type { GuardTable } from "../../runtime/guard/aws/store.ts";
import type { Clock, Cloud, Lock } from "../../runtime/guard/ports.ts";
import type { SlotStatus } from "../../runtime/host/report.ts";
import type { Activity } from "./activity.ts";

/** What is written under the lock of admission. */
export type Locked = Pick<LockedLeases, "add" | "extend" | "end" | "requireLock">;

/** The guard's table as people use it. */
export interface LeaseTable extends Pick<GuardTable, "read" | "requests" | "removeLease"> {
  lockedBy(holder: string): Locked;
}

/** The seams of the cluster commands: AWS, the guard's table and time. */
export interface ClusterPorts {
  readonly cloud: Pick<Cloud, "instances" | "groups" | "scheduledRuns" | "spotPrices" | "setDesired">;
  readonly table: LeaseTable;
  /** Held from the look at what is left to the lease written. */
  readonly admissionLock: Lock;
  readonly clock: Clock;
  /** What hosts last said of themselves, by slot; none for those that never did. */
  statuses(slots: readonly string[]): Promise<ReadonlyMap<string, SlotStatus>>;
  /** What a group tried since then. */
  activities(group: string, since: number): Promise<readonly Activity[]>;
  /**
   * Per cent of a group's hosts that are launched on demand. Only to be called while it has no host: Auto Scaling
   * replaces those of the other market, launching before it terminates, and two hosts would share one slot.
   */
  setOnDemandShare(group: string, percent: 0 | 100): Promise<void>;
  /** One line for each vCPU quota these hosts count against, as `ground doctor` has them. */
  quotas(hosts: readonly HostNeed[]): Promise<readonly CheckLine[]>;
}
