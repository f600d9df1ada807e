import * as z from "zod";
import type { GuardConfig } from "../config.ts";
import { SECOND } from "../time.ts";

/** Whole nano-dollars, exact as a double. */
const amount = z.int().nonnegative();
const milliseconds = z.int().nonnegative();
const name = z.string().min(1);

const slot = z.strictObject({ name, role: name, group: name, profile: name, ceilingPerHour: amount });

const schedule = z.strictObject({
  name,
  slots: z.array(name),
  start: name,
  stop: name,
  timeZone: name,
  exceptions: z.array(name),
});

const persistent = z.strictObject({
  name,
  role: name,
  profile: name,
  instanceIds: z.array(name),
  perHour: amount,
});

/** Tokens cost less than a nano-dollar's whole multiple, so their prices may be fractions. */
const modelPrice = z.strictObject({
  model: name,
  perInputToken: z.number().nonnegative(),
  perOutputToken: z.number().nonnegative(),
  perCacheReadToken: z.number().nonnegative().exactOptional(),
  perCacheWriteToken: z.number().nonnegative().exactOptional(),
});

const schema = z
  .strictObject({
    environment: name,
    account: z.string().regex(/^\d{12}$/, "an account has 12 digits"),
    homeRegion: name,
    regions: z.array(name).min(1),
    linePerDay: amount.positive(),
    warnPercent: z.number().min(1).max(100),
    intervalMs: milliseconds.min(60 * SECOND, "EventBridge Scheduler fires once a minute at most"),
    timeToActMs: milliseconds,
    missedTicks: z.int().nonnegative(),
    clockSkewMs: milliseconds,
    deadManMs: milliseconds.positive(),
    rearm: z.enum(["next-day", "manual"]),
    slots: z.array(slot),
    schedules: z.array(schedule).exactOptional(),
    persistent: z.array(persistent),
    fixedPerDay: amount,
    extrasPerHour: amount,
    vpcIds: z.array(name),
    unknownInstances: z.enum(["count", "report"]),
    modelPrices: z.array(modelPrice),
    agentsRole: name.exactOptional(),
    leaseWarningMs: milliseconds,
    budgetTopicArn: name,
    budgetNames: z.array(name),
  })
  .refine(({ homeRegion, regions }) => regions.includes(homeRegion), {
    path: ["regions"],
    error: "the home region is not among them",
  })
  .refine(({ slots }) => new Set(slots.map(({ group }) => group)).size === slots.length, {
    path: ["slots"],
    error: "two slots share a group",
  }) satisfies z.ZodType<GuardConfig>;

/**
 * The configuration that was deployed beside the program.
 *
 * @throws Error with all problems at once. A guard that guesses would stop too late, or the wrong thing.
 */
export function readGuardConfig(text: string): GuardConfig {
  const { success, data, error } = schema.safeParse(parsed(text));
  if (success) return data;
  throw new Error(
    `config.json of the guard is not valid; deploy the stack again.\n${z.prettifyError(error)}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error("config.json of the guard is no JSON; deploy the stack again.", { cause: error });
  }
}
