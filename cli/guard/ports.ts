import type { GuardTable } from "../../runtime/guard/aws/store.ts";
import type { Clock, Cloud } from "../../runtime/guard/ports.ts";

/** How CloudWatch has an alarm; `missing`: there is none of that name. */
export interface AlarmState {
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA" | "missing";
  /** Since when, milliseconds. */
  readonly since?: number;
}

/** The guard's seams as people's commands use them. */
export interface PeoplePorts {
  readonly table: Pick<GuardTable, "read" | "requests" | "requestRearm" | "archived" | "heartbeat">;
  readonly cloud: Pick<Cloud, "groups">;
  readonly clock: Pick<Clock, "now">;
  alarms(names: readonly string[]): Promise<ReadonlyMap<string, AlarmState>>;
}
