import { z } from "zod";

/** What a stack file may say about policies, under `policies`: levels, parameters and waivers. */

export const RULE_LEVELS = ["disabled", "advisory", "mandatory"] as const;
export type RuleLevel = (typeof RULE_LEVELS)[number];

/** A day without quotes is a date to the engine's YAML, which hands it over with a time of day. */
const MIDNIGHT = /[T ]00:00:00(Z| \+0000 UTC)$/;

const day = z
  .string("must be a day such as 2027-01-31")
  .refine(
    (text) => z.iso.date().safeParse(text.replace(MIDNIGHT, "")).success,
    "must be a day such as 2027-01-31",
  )
  .transform((text) => text.replace(MIDNIGHT, ""));

export const waiverSchema = z.strictObject({
  rule: z.string().min(1, "must name a rule").describe("Name of the rule that is waived."),
  resource: z
    .string()
    .min(1, "must name a resource")
    .describe("Name or URN of the resource; * stands for any text. For a rule on the whole stack: *."),
  reason: z.string().min(10, "must give the reason in at least 10 characters").describe("Why it may stay."),
  owner: z.string().min(1, "must name who answers for it").describe("Who answers for it."),
  expires: day.describe("Last day on which the waiver holds, UTC."),
});

export const policySettingsSchema = z.strictObject({
  levels: z
    .record(z.string(), z.enum(RULE_LEVELS))
    .default({})
    .describe("Level of a rule in this stack, by its name."),
  parameters: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({})
    .describe("Parameters of a rule, by its name."),
  waivers: z.array(waiverSchema).default([]).describe("Violations that are accepted for a time."),
});

export type Waiver = z.output<typeof waiverSchema>;
export type PolicySettings = z.output<typeof policySettingsSchema>;

/** No waivers, every rule at its own level with its own parameters. */
export const DEFAULT_POLICY_SETTINGS: PolicySettings = { levels: {}, parameters: {}, waivers: [] };
