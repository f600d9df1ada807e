/** What the guard's infrastructure, its adapters, the hosts' dead man's switch and the commands agree on. */

/** Namespace of the guard's metric; its role may write no other. */
export const METRIC_NAMESPACE = "proving-ground/guard";

/**
 * The guard's sign of life for people's alarm: the value 1 for each tick that metered, decided and stopped what had
 * to be stopped. Its one dimension is the environment.
 */
export const HEARTBEAT_METRIC = "Heartbeat";
export const HEARTBEAT_DIMENSION = "Environment";

/**
 * The same sign for hosts: the partition of the guard's table that they may read, and nothing else of it. Not the
 * metric: reading it would need an interface endpoint in private networks, and CloudWatch is a minute late.
 */
export const HEARTBEAT_PARTITION = "heartbeat";

/** Inline policy that takes the agents' right to call models away; there only while the guard is latched. */
export const MODELS_DENIED_POLICY = "models-denied";

/** Attributes of the guard's table: hash key, range key, and the time after which DynamoDB drops an item. */
export const TABLE_KEYS = { hash: "pk", range: "sk", expires: "ttl" } as const;

/** Environment variables of the function: what its archive cannot know. */
export const GUARD_VARIABLES = {
  table: "GUARD_TABLE",
  queueUrl: "GUARD_QUEUE_URL",
  topicArn: "GUARD_TOPIC_ARN",
} as const;

/** Files of the function's archive. */
export const GUARD_ARCHIVE = { program: "guard.mjs", config: "config.json" } as const;

/** Milliseconds from the start of a tick until what it stops costs nothing any more. */
export const TIME_TO_ACT_MS = 120_000;

/** Milliseconds between a host's looks at the heartbeat, with what its group needs to let it go. */
export const DEAD_MAN_CHECK_MS = 120_000;

/** How long something may burn unseen while the guard is healthy: it starts right after a look, and the next one stops it. */
export function exposureWhenHealthy({
  intervalMs,
  timeToActMs,
}: {
  readonly intervalMs: number;
  readonly timeToActMs: number;
}): number {
  return intervalMs + timeToActMs;
}

/** How long everything may burn when the guard is gone, until the hosts stop themselves. */
export function exposureWithoutGuard({ deadManMs }: { readonly deadManMs: number }): number {
  return deadManMs + DEAD_MAN_CHECK_MS;
}

/** What alarms of the guard watch; the ends of their names. */
export const GUARD_ALARMS = ["silent", "errors", "throttles", "failures"] as const;
export type GuardAlarm = (typeof GUARD_ALARMS)[number];

/** Memory of the function, MB. With it comes processor time: half a core reads a thousand instances in seconds. */
export const GUARD_MEMORY_MB = 512;
