import { z } from "zod";
import { policySettingsSchema } from "../../model/policy-settings.ts";
import { DEFAULT_REGION, REGIONS, type Region, type ZoneId } from "../../model/regions.ts";
import { ROLE_SETTINGS_KEYS, type ClusterRoleKey } from "../../model/roles.ts";
import { SIZE_NAMES } from "../../model/sizes.ts";
import {
  cidr,
  email,
  image,
  instanceType,
  list,
  name,
  policy,
  retentionDays,
  secretName,
  tagValue,
  usd,
  vpcCidr,
  zoneId,
} from "./fields.ts";
import { governanceSchema, type GovernanceSettings } from "./governance.ts";
import { guardSchema } from "./guard.ts";
import { schedulesSchema } from "./schedules.ts";

export { overlap } from "./fields.ts";

/**
 * The whole configuration of a stack. `z.input` is what a stack file holds under `proving-ground:`,
 * `z.output` is what the program works with, defaults filled in. Every `describe` text ends up in
 * the JSON Schema that editors read. Rules of more than one field are in `rules.ts`.
 */

/** AWS Budgets takes 5 notifications a budget and 10 mail subscribers a notification. */
const alarms = list(
  z.number().min(1, "must be at least 1 per cent").max(200, "must be at most 200 per cent"),
  1,
  5,
  "alarms, the limit of AWS Budgets",
).default([80, 100]);

const networkSchema = z.strictObject({
  cidr: vpcCidr.default("10.20.0.0/16").describe("Address block of the VPC, /16 to /24."),
  otherCidrs: list(cidr, 0, 50, "address blocks")
    .default([])
    .describe("Blocks of other sites and environments that hosts must reach; none may overlap."),
  mode: z
    .enum(["public", "private"])
    .default("public")
    .describe("public: addresses without ingress. private: no addresses, VPC endpoints and a NAT gateway."),
  flowLogRetentionDays: retentionDays.default(30).describe("Days that VPC flow logs are kept."),
});

const orchestratorSchema = z.strictObject({
  instanceType: instanceType.default("c7a.2xlarge").describe("Instance type, on demand."),
  diskGib: z
    .int()
    .min(20, "must be at least 20 GiB")
    .max(16384, "must be at most 16384 GiB")
    .default(100)
    .describe("Encrypted gp3 root volume, GiB."),
  protect: z.boolean().default(false).describe("Refuse deletion, by Pulumi and by EC2."),
  image,
});

const roleOverride = z
  .strictObject({
    count: z
      .int()
      .min(0, "must be 0 or more")
      .max(500, "must be at most 500")
      .optional()
      .describe("Number of slots; default: the size's."),
    instanceTypes: list(instanceType, 1, 10, "instance types")
      .optional()
      .describe("Types that may be launched, best first, all of one CPU architecture; default: the size's."),
    zones: list(zoneId, 1, 3, "zones").optional().describe("Zone ids; default: all of the network's."),
  })
  .describe("What differs from the size for one role.");

const roleOverrides = z
  .strictObject(
    Object.fromEntries(
      Object.values(ROLE_SETTINGS_KEYS).map((key) => [key, roleOverride.optional()]),
    ) as Record<ClusterRoleKey, z.ZodOptional<typeof roleOverride>>,
  )
  .default({})
  .describe("Fields that override the size, by role.");

const clusterSchema = z.strictObject({
  size: z.enum(SIZE_NAMES).describe("small, medium, or large (the complete ClaudeFS cluster)."),
  roles: roleOverrides,
  hoursPerDay: z
    .number()
    .min(0, "must be 0 or more hours")
    .max(24, "must be at most 24 hours")
    .default(8)
    .describe("Hours a day the cluster is planned to run when no schedule starts it."),
  schedules: schedulesSchema,
  rootDiskGib: z
    .int()
    .min(8, "must be at least 8 GiB")
    .max(1024, "must be at most 1024 GiB")
    .default(20)
    .describe("Encrypted gp3 root volume of each slot, GiB."),
  image,
});

const days = z.int().min(1, "must be at least 1 day").max(3650, "must be at most 3650 days");

const artifactsSchema = z.strictObject({
  runLogsExpireDays: days.default(30).describe("Days after which objects under runs/ expire."),
  hostBundlesExpireDays: days.default(180).describe("Days after which replaced host bundles expire."),
  expectedGib: z
    .number()
    .min(0, "must be 0 or more GiB")
    .max(1_000_000, "must be at most 1000000 GiB")
    .default(50)
    .describe("Stored volume the estimate assumes, GiB."),
  destroyWhenNotEmpty: z
    .boolean()
    .default(false)
    .describe("Let `pulumi destroy` delete a bucket that still holds objects."),
});

const budgetSchema = z.union(
  [
    z.strictObject({
      usdPerDay: usd.describe("Daily budget, US dollars. AWS Budgets watches it; no plan above it passes."),
      worstCaseUsdPerDay: usd.describe(
        "Ceiling for the day on which everything runs for 24 hours at on-demand prices, US dollars.",
      ),
      alarmsAtPercent: alarms.describe("Alarms, per cent of the budget actually spent."),
      emails: list(email, 1, 10, "mail addresses, the limit of AWS Budgets").describe(
        "Who is told, by topic and by AWS Budgets itself.",
      ),
    }),
    z.strictObject({
      unbudgeted: z.literal(true).describe("Do without a budget, visibly."),
      reason: z
        .string()
        .min(10, "must give the reason in at least 10 characters")
        .describe("Why nothing watches the spending; shown in every plan."),
    }),
  ],
  "must be an object with usdPerDay, worstCaseUsdPerDay and emails, or with unbudgeted: true and a reason",
);

const modelApiSchema = z.strictObject({
  usdPerDay: usd.describe("Allowance for the model API (Amazon Bedrock), US dollars a day."),
  alarmsAtPercent: alarms.describe("Alarms, per cent of the allowance actually spent."),
});

const secretsSchema = z.strictObject({
  names: list(secretName, 0, 50, "secrets").default([]).describe("Secrets that the orchestrator may read."),
  create: z
    .boolean()
    .default(false)
    .describe("Make the secrets (without a value) instead of finding them. One stack per account only."),
});

export const settingsSchema = z.strictObject({
  environment: name
    .optional()
    .describe("Name of the environment in host names and tags; default: the stack's name."),
  owner: tagValue
    .min(1, "must not be empty")
    .max(128, "must be at most 128 characters")
    .describe("Team or person who answers for the cost; a tag on everything."),
  hosts: z
    .boolean()
    .default(true)
    .describe("false: nothing is made on AWS; the stack only governs GitHub repositories."),
  awsAccount: z
    .string()
    .regex(/^\d{12}$/, "must be an account number of 12 digits, in quotes")
    .optional()
    .describe("The only AWS account that may be changed: 12 digits, in quotes."),
  permissionsBoundary: policy
    .optional()
    .describe(
      "IAM policy, by name or ARN, that every role gets as its permissions boundary; `infra/bootstrap` makes one for each environment.",
    ),
  region: z
    .enum(REGIONS as [Region, ...Region[]])
    .default(DEFAULT_REGION)
    .describe("AWS region."),
  zones: list(zoneId, 2, 3, "zones")
    .optional()
    .describe("Zone ids of the network, for example usw2-az2; required with hosts."),
  network: networkSchema.prefault({}).describe("The VPC."),
  orchestrator: orchestratorSchema.prefault({}).describe("The persistent host that runs agents and loops."),
  cluster: clusterSchema.optional().describe("The on-demand cluster; default: none."),
  artifacts: artifactsSchema
    .prefault({})
    .describe("The bucket of host bundles, run records and build artifacts."),
  budget: budgetSchema
    .optional()
    .describe("Daily budget, or a visible decision against one; required with hosts."),
  guard: guardSchema
    .prefault({})
    .describe("The function that meters spending and stops the cluster before the budget is crossed."),
  modelApi: modelApiSchema.optional().describe("Model API allowance, a part of the budget; default: none."),
  secrets: secretsSchema.prefault({}).describe("Secrets Manager entries, by name; never their values."),
  governance: governanceSchema
    .optional()
    .describe("GitHub repositories that this stack governs; default: none."),
  policies: policySettingsSchema
    .optional()
    .describe("Levels, parameters and waivers of policies; docs/policies.md lists the rules."),
});

export type SettingsInput = z.input<typeof settingsSchema>;
/** Sound field by field; what `rules.ts` then compares. */
export type ParsedSettings = z.output<typeof settingsSchema>;

/** What every stack has. */
type CommonSettings = Pick<ParsedSettings, "owner" | "region" | "awsAccount" | "policies"> & {
  readonly environment: string;
};

/** Settings of a stack with hosts: complete, checked, zone ids proven to be of the region. */
export type Settings = CommonSettings &
  Omit<ParsedSettings, keyof CommonSettings | "hosts" | "zones" | "budget"> & {
    readonly hosts: true;
    readonly zones: readonly ZoneId[];
    readonly budget: BudgetSettings;
  };

/** Settings of a stack that makes nothing on AWS. */
export type GovernanceOnlySettings = CommonSettings & {
  readonly hosts: false;
  readonly governance: GovernanceSettings;
};

/** Settings of any stack; `hosts` tells which. */
export type StackSettings = Settings | GovernanceOnlySettings;

export type NetworkSettings = ParsedSettings["network"];
export type OrchestratorSettings = ParsedSettings["orchestrator"];
export type ClusterSettings = NonNullable<ParsedSettings["cluster"]>;
export type ArtifactsSettings = ParsedSettings["artifacts"];
export type BudgetSettings = NonNullable<ParsedSettings["budget"]>;
export type GuardSettings = ParsedSettings["guard"];
export type ModelApiSettings = NonNullable<ParsedSettings["modelApi"]>;
export type SecretsSettings = ParsedSettings["secrets"];
