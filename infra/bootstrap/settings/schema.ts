import { z } from "zod";
import { DEFAULT_REGION, REGIONS } from "../../../model/regions.ts";

/** What a stack file holds under `proving-ground-bootstrap:`. Rules of more than one field are in `rules.ts`. */

const environmentName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,20}$/,
    "must be 2 to 21 lower-case letters, digits or dashes, starting with a letter",
  );

const secretName = z
  .string()
  .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, "must be a Secrets Manager name such as cfs/codecov-token");

const environmentSchema = z.strictObject({
  name: environmentName.describe("Name of the stack and of the GitHub environment."),
  readsSecrets: z
    .array(secretName)
    .default([])
    .describe("Secrets whose values the deployment itself reads, for GitHub; default: none."),
  hostSecrets: z
    .array(secretName)
    .default([])
    .describe("Secrets that hosts may read and the deployment may make, by name; default: none."),
});

const DEFAULT_ENVIRONMENTS = ["dev", "staging", "prod"].map((name) => ({
  name,
  readsSecrets: [],
  hostSecrets: [],
}));

/** Numbers above 2^53 are no GitHub ids, and JavaScript would round them. */
const githubId = z.int("must be a whole number, GitHub's own id").positive("must be more than 0");

/** Source: GitHub's rules for logins and repository names. Neither holds `*`, `?`, `@` or `:`. */
const repository = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[\w.-]{1,100}$/,
    "must be OWNER/NAME as GitHub spells it, for example octo-org/proving-ground",
  );

const githubSchema = z.strictObject({
  repository: repository.describe("The one repository; capitals count."),
  ids: z
    .strictObject({ owner: githubId, repository: githubId })
    .optional()
    .describe("GitHub's ids of both, which the subjects of newer repositories carry."),
  trustNames: z
    .boolean()
    .default(true)
    .describe("Whether the subject of names alone is trusted; false once tokens carry ids."),
});

const hostsSchema = z.strictObject({
  callModels: z.boolean().default(true).describe("Hosts may be given models of Amazon Bedrock."),
  imageOwners: z
    .array(z.string().regex(/^(?:amazon|\d{12})$/, "must be amazon or 12 digits, in quotes"))
    .min(1, "must name at least 1 owner")
    .default(["amazon"])
    .describe("Whose machine images hosts may be started from: amazon, or accounts."),
});

const administrator = z.string().superRefine((arn, context) => {
  if (/^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/.test(arn)) return;
  const message = arn.startsWith("arn:aws:sts:")
    ? "must be the role itself, not a session of it: arn:aws:iam::ACCOUNT:role/NAME"
    : "must be the whole ARN of a role or user, such as arn:aws:iam::123456789012:role/Administrator";
  context.addIssue({ code: "custom", message });
});

/** Source: "General purpose bucket naming rules" of Amazon S3, without dots, which break TLS by host name. */
const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "must be 3 to 63 lower-case letters, digits and dashes");

export const settingsSchema = z.strictObject({
  owner: z
    .string()
    .regex(
      /^[\p{L}\p{N}_.:/=+@-][\p{L}\p{Z}\p{N}_.:/=+@-]{0,255}$/u,
      "must hold letters, digits, spaces and _ . : / = + - @ only, since it becomes a tag",
    ),
  awsAccount: z.string().regex(/^\d{12}$/, "must be 12 digits, in quotes"),
  region: z.enum(REGIONS).default(DEFAULT_REGION),
  stateBucket: bucketName.optional(),
  stateVersionsKeptDays: z
    .int("must be a whole number of days")
    .min(90, "must be at least 90 days: a broken state may be noticed late")
    .max(3650, "must be at most 3650 days")
    .default(365),
  environments: z
    .array(environmentSchema)
    .min(1, "must name at least 1 environment")
    .max(10, "must name at most 10 environments")
    .default(DEFAULT_ENVIRONMENTS),
  pullRequests: environmentName.default("dev"),
  github: githubSchema,
  oidcProvider: z
    .strictObject({
      existing: z
        .boolean()
        .default(false)
        .describe(
          "True where the account already trusts GitHub: the provider is adopted, and never deleted.",
        ),
    })
    .prefault({}),
  hosts: hostsSchema.prefault({}),
  administrators: z.array(administrator).min(1, "must name at least 1 role or user"),
});

export type Settings = z.output<typeof settingsSchema>;
export type SettingsInput = z.input<typeof settingsSchema>;
export type EnvironmentSettings = Settings["environments"][number];
export type GithubSettings = Settings["github"];
export type HostLimits = Settings["hosts"];
