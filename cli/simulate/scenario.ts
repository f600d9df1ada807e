import { z } from "zod";
import { didYouMean } from "../../model/nearest.ts";
import { EXIT } from "../exit-codes.ts";
import { GroundError } from "../errors.ts";

/** A run as data: everything that happens in it, so that a file replays it. Times are milliseconds since its first midnight. */

const at = z.number().int().min(0);
const duration = z.number().int().positive();

/** Calls that may hang: those of EC2 in a region, Auto Scaling, the topic and the queue. */
export const HANGING_CALLS = [
  "instances",
  "spotRequests",
  "terminate",
  "groups",
  "suspend",
  "setDesired",
  "notify",
  "receive",
  "settle",
] as const;

const happening = z.discriminatedUnion("does", [
  /** Somebody starts slots through `ground`, which asks for admission. */
  z.strictObject({ does: z.literal("start"), at, slots: z.number().int().positive(), forMs: duration }),
  /** The owner of the youngest lease extends it at the last second. */
  z.strictObject({ does: z.literal("extend"), at, byMs: duration }),
  /**
   * A launch behind the guard's back: `group` raises a slot's group by hand (and resumes what was suspended),
   * `tagged` is launched from a slot's template, `stray` in the network without tags, `unknown` and `foreign` elsewhere.
   */
  z.strictObject({
    does: z.literal("launch"),
    at,
    how: z.enum(["group", "tagged", "stray", "unknown", "foreign"]),
    type: z.string(),
    market: z.enum(["spot", "on-demand"]),
    count: z.number().int().positive(),
    /** Ends by itself after this time; absent: not before somebody stops it. */
    forMs: duration.optional(),
  }),
  z.strictObject({ does: z.literal("interrupt"), at, slot: z.number().int().min(0) }),
  /** Spot prices of all pools rise to this share of on demand. */
  z.strictObject({ does: z.literal("spike"), at, share: z.number().positive().max(1), forMs: duration }),
  z.strictObject({
    does: z.literal("feed"),
    at,
    fault: z.enum(["missing", "zero", "nan", "negative", "old", "fails"]),
    forMs: duration,
  }),
  /** The next calls of one kind are refused. */
  z.strictObject({ does: z.literal("refuse"), at, call: z.string(), times: z.number().int().positive() }),
  /** Calls of one kind never answer, those to one region where it is named: each is given up when its time is over. */
  z.strictObject({
    does: z.literal("hang"),
    at,
    call: z.enum(HANGING_CALLS),
    region: z.string().optional(),
    forMs: duration,
  }),
  /** The next run dies at its n-th call, before or after that had its effect. */
  z.strictObject({ does: z.literal("die"), at, call: z.number().int().positive(), effect: z.boolean() }),
  z.strictObject({ does: z.literal("lose-ticks"), at, count: z.number().int().positive() }),
  /** A second run starts in the midst of the next one, at its n-th call; `unlocked`: the lock has run out by then. */
  z.strictObject({
    does: z.literal("double-tick"),
    at,
    call: z.number().int().positive(),
    unlocked: z.boolean(),
  }),
  z.strictObject({ does: z.literal("outage"), at, forMs: duration }),
  z.strictObject({ does: z.literal("skew"), at, ms: z.number().int(), forMs: duration }),
  /** A notice of AWS Budgets: about this day's bill, or forged with a great amount. */
  z.strictObject({ does: z.literal("notice"), at, forged: z.boolean() }),
  z.strictObject({ does: z.literal("rearm"), at }),
  z.strictObject({ does: z.literal("tokens"), at, usdPerHour: z.number().min(0), forMs: duration }),
  z.strictObject({ does: z.literal("blind"), at, region: z.string(), forMs: duration }),
  /** Terminations of slots' hosts are refused. */
  z.strictObject({ does: z.literal("stubborn"), at, forMs: duration }),
]);

export const scenarioSchema = z.strictObject({
  /** Seeds latencies, delays and choices within the run. */
  seed: z.number().int().min(0),
  firstDay: z.iso.date(),
  days: z.number().int().min(1).max(366),
  lineUsd: z.number().positive(),
  rearm: z.enum(["next-day", "manual"]),
  intervalMs: z.number().int().min(60_000).max(3_600_000),
  slots: z
    .array(z.strictObject({ role: z.string(), types: z.array(z.string()).min(1) }))
    .min(1)
    .max(500),
  orchestrator: z.string(),
  fixedUsdPerDay: z.number().min(0),
  /** Address and volumes of each host that is not persistent, US dollars an hour. */
  extrasUsdPerHour: z.number().min(0),
  /** Share of slots that a schedule starts and stops. */
  schedule: z
    .strictObject({
      start: z.string(),
      stop: z.string(),
      timeZone: z.string(),
      slots: z.number().int().min(0),
    })
    .optional(),
  /** Items of a page of every answer. */
  pageSize: z.number().int().positive(),
  happenings: z.array(happening),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type Happening = z.output<typeof happening>;

/**
 * Reads a scenario from the text of a file.
 *
 * @throws GroundError with exit code 2, all problems at once.
 */
export function parseScenario(path: string, text: string): Scenario {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GroundError(`${path} cannot be read as a scenario: ${why}`, EXIT.badConfiguration);
  }
  const parsed = scenarioSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => described(issue, data)).map((line) => `  ${line}`);
  throw new GroundError(
    [`${path} is not a scenario (docs/guard.md describes one):`, ...problems].join("\n"),
    EXIT.badConfiguration,
  );
}

function described(issue: z.core.$ZodIssue, data: unknown): readonly string[] {
  const here = issue.path.map(String);
  if (issue.code !== "unrecognized_keys")
    return [`${here.length === 0 ? "the document" : here.join(".")}: ${issue.message}`];
  const allowed = keysAt(issue.path, data);
  return issue.keys.map((key) => {
    const nearest = didYouMean(key, allowed);
    const path = [...here, key].join(".");
    return `${path}: no such key${nearest === "" ? ";" : nearest} allowed here: ${allowed.join(", ")}`;
  });
}

/** The keys that an object of the document may have; of a happening, those that go with what it does. */
function keysAt(path: readonly PropertyKey[], data: unknown): readonly string[] {
  let schema: unknown = scenarioSchema;
  let value = data;
  for (const part of path) {
    const whole = unwrapped(schema, value);
    if (whole instanceof z.ZodArray) schema = whole.element;
    else if (whole instanceof z.ZodObject) schema = (whole.shape as Record<PropertyKey, unknown>)[part];
    value = memberOf(value, part);
  }
  const found = unwrapped(schema, value);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrapped(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap(), value);
  if (schema !== happening) return schema;
  return happening.options.find(({ shape }) => shape.does.value === memberOf(value, "does"));
}

function memberOf(value: unknown, name: PropertyKey): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<PropertyKey, unknown>>)[name]
    : undefined;
}
