/** What the guard saw in one tick. Plain data: the meter works on it without asking anybody. */

export const INSTANCE_STATES = [
  "pending",
  "running",
  "shutting-down",
  "stopping",
  "stopped",
  "terminated",
] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

export type Market = "spot" | "on-demand";

/** An instance as EC2 describes it, whoever owns it. */
export interface ObservedInstance {
  readonly id: string;
  readonly region: string;
  /** Zone id such as `usw2-az1`. */
  readonly zone: string;
  readonly type: string;
  readonly market: Market;
  readonly state: InstanceState;
  /** The last start: EC2 sets it anew when a stopped instance is started. */
  readonly launchedAt: number;
  /** When it left `running`, as its transition reason says; absent where EC2 does not say. */
  readonly endedAt?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Auto Scaling group that holds it, by EC2's own tag `aws:autoscaling:groupName`. */
  readonly group?: string;
  /** Name of its instance profile. */
  readonly profile?: string;
  readonly vpc?: string;
}

/** One region's instances, or why they could not be read; half a reading is none. */
export type RegionReading =
  | { readonly region: string; readonly instances: readonly ObservedInstance[] }
  | { readonly region: string; readonly unreadable: string };

/** EC2's "Instance State-change Notification", kept in a queue: it may come late, twice and out of order. */
export interface StateChange {
  readonly instanceId: string;
  readonly region: string;
  readonly state: InstanceState;
  readonly at: number;
}

/** A launch or termination by a group: tells the group of an instance that nobody described. */
export interface ScalingActivity {
  readonly group: string;
  readonly instanceId: string;
  readonly does: "launch" | "terminate";
  readonly at: number;
}

/** A spot price as the feed states it: text, since feeds state anything. */
export interface SpotQuote {
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly usdPerHour: string;
  /** Until when the feed vouches for the price: the time of the answer that held it. */
  readonly asOf: number;
}

/** Tokens of one model on one UTC day so far, as CloudWatch sums them. */
export interface ModelUsage {
  readonly day: string;
  readonly model: string;
  /** Without those of prompt caches, which CloudWatch counts apart. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

/** One region's tokens on the days asked for, or why they could not be read. */
export type UsageReading =
  | { readonly region: string; readonly usage: readonly ModelUsage[] }
  | { readonly region: string; readonly unreadable: string };

/** A group of the stack as Auto Scaling describes it. */
export interface ObservedGroup {
  readonly name: string;
  readonly desired: number;
  readonly suspended: readonly string[];
}

/** The next run of a scheduled action. Auto Scaling works it out, time zones and all. */
export interface ScheduledRun {
  readonly group: string;
  readonly at: number;
  /** Absent where the action leaves it alone. */
  readonly desired?: number;
}

/** A promise of `ground cluster start`: these slots may run until then. */
export interface Lease {
  readonly id: string;
  readonly owner: string;
  /** Slots by name. */
  readonly slots: readonly string[];
  readonly expiresAt: number;
  /** `ending`: it ran out and its slots are being stopped. Only the guard sets it, on condition that `expiresAt` is what it read. */
  readonly state: "active" | "ending";
}

/** What people asked of the guard since its last tick. */
export interface Requests {
  readonly leases: readonly Lease[];
  readonly rearm?: { readonly by: string; readonly at: number };
  /** Range keys of requests that cannot be read; absent where there are none. */
  readonly unreadable?: readonly string[];
}

export interface Observations {
  /** The guard's clock after the last reading. */
  readonly now: number;
  readonly regions: readonly RegionReading[];
  readonly events: readonly StateChange[];
  readonly activities: readonly ScalingActivity[];
  /** Quotes in effect since the last tick; none where the feed failed. */
  readonly quotes: readonly SpotQuote[];
  /** Today's and yesterday's totals of every watched region; none where no model has a price. */
  readonly usage: readonly UsageReading[];
}
