import { z } from "zod";
import { email, list, secretName } from "./fields.ts";

/**
 * The GitHub side of a stack: what its repositories are, who may change them, and what must be green first.
 * Rules of more than one field are in `governance-rules.ts`. What is not said stays as GitHub has it.
 *
 * Source of names and limits: GitHub's REST API description and the documentation of GitHub Actions.
 */

/** Source: GitHub's rules for repository names. */
const repositoryName = z
  .string()
  .regex(/^[\w.-]{1,100}$/, "must be a repository's name without its owner: letters, digits, . _ and -");

/** Source: "Creating secrets for a repository", naming; GitHub keeps names in capitals. */
const actionsName = z
  .string()
  .regex(
    /^(?!GITHUB_)[A-Z_][A-Z0-9_]{0,254}$/,
    "must be capitals, digits and _, not start with a digit or GITHUB_",
  );

/** A check as GitHub shows it on a pull request: the job's `name:`, not its id. */
const checkName = z.string().min(1, "must not be empty").max(255, "must be at most 255 characters");

const login = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, "must be a GitHub login: letters, digits and dashes");

const secretSource = z
  .union(
    [
      z.strictObject({
        config: z
          .string()
          .regex(/^[a-z][\w-]*:[\w.-]+$/i, "must be a configuration key such as github-secrets:codecov")
          .describe("Pulumi configuration key, set with `pulumi config set --secret`."),
      }),
      z.strictObject({
        secretsManager: secretName.describe(
          "Name in AWS Secrets Manager; its current value is read at `up`.",
        ),
      }),
    ],
    "must be {config: KEY} or {secretsManager: NAME}: a value never stands here",
  )
  .describe("Where the value comes from; the value itself never stands in a stack file.");

const secrets = z.record(actionsName, secretSource).default({});
const variables = z
  .record(actionsName, z.string().max(48_000, "must be at most 48000 characters"))
  .default({});

const detailsSchema = z.strictObject({
  visibility: z.enum(["public", "private", "internal"]).describe("Who can see the repository."),
  description: z.string().max(350, "must be at most 350 characters").optional(),
  homepage: z.url("must be an address such as https://example.com").optional(),
  topics: list(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, "must be lower-case letters, digits and dashes"),
    0,
    20,
    "topics",
  ).optional(),
  defaultBranch: z.string().min(1).default("main"),
  issues: z.boolean().optional(),
  wiki: z.boolean().optional(),
  projects: z.boolean().optional(),
  discussions: z.boolean().optional(),
  allowMergeCommit: z.boolean().optional(),
  allowSquashMerge: z.boolean().optional(),
  allowRebaseMerge: z.boolean().optional(),
  allowAutoMerge: z.boolean().optional(),
  allowUpdateBranch: z.boolean().optional(),
  deleteBranchOnMerge: z.boolean().optional(),
});

const actionsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether workflows run at all."),
  allowed: z
    .enum(["all", "local_only", "selected"])
    .default("all")
    .describe("Which actions and reusable workflows may be used."),
  selected: z
    .strictObject({
      githubOwned: z.boolean().default(true).describe("Actions of the organizations actions and github."),
      verified: z.boolean().default(false).describe("Actions of verified Marketplace creators."),
      patterns: list(z.string().min(1), 0, 100, "patterns")
        .default([])
        .describe("For example codecov/codecov-action@*."),
    })
    .optional()
    .describe("With allowed: selected."),
  shaPinningRequired: z.boolean().optional().describe("Refuse actions that are not pinned to a commit."),
  workflowToken: z.enum(["read", "write"]).default("read").describe("Default permissions of GITHUB_TOKEN."),
  mayApprovePullRequests: z
    .boolean()
    .default(false)
    .describe("Whether workflows may create and approve pull requests."),
});

const branchSchema = z.strictObject({
  kind: z
    .enum(["protection", "ruleset"])
    .default("protection")
    .describe("Classic branch protection, or a repository ruleset."),
  existing: z
    .boolean()
    .default(false)
    .describe(
      "True where GitHub already has protection of exactly this pattern: it is adopted, not made again.",
    ),
  approvals: z
    .int()
    .min(0)
    .max(6, "must be at most 6, GitHub's limit")
    .default(1)
    .describe("Approvals required."),
  dismissStaleApprovals: z.boolean().default(true),
  codeOwnerReview: z.boolean().default(false),
  lastPushApproval: z.boolean().default(false).describe("Somebody other than the last pusher must approve."),
  checks: list(checkName, 0, 100, "checks")
    .default([])
    .describe("Checks that must be green, by the name GitHub shows."),
  upToDate: z
    .boolean()
    .default(true)
    .describe("The branch must contain the newest base before it is merged."),
  conversationsResolved: z.boolean().default(true),
  linearHistory: z.boolean().default(false),
  signedCommits: z.boolean().default(false),
  administratorsIncluded: z.boolean().default(false).describe("Administrators cannot go round the rules."),
  forcePushes: z.boolean().default(false).describe("Allow force pushes."),
  deletion: z.boolean().default(false).describe("Allow deletion of the branch."),
  mergeQueue: z
    .boolean()
    .default(false)
    .describe("With kind: ruleset: merge through a queue; checks must run on merge_group."),
  pushers: list(z.string().min(1), 0, 100, "actors")
    .optional()
    .describe("Only these may push, as /LOGIN, ORGANIZATION/TEAM or an app's node id."),
  bypass: list(z.string().min(1), 0, 100, "actors")
    .optional()
    .describe("May merge without a review, named likewise."),
});

const environmentSchema = z.strictObject({
  reviewers: z
    .strictObject({
      users: list(login, 0, 6, "users").default([]),
      teams: list(z.string().regex(/^[\w-]+$/, "must be a team's slug"), 0, 6, "teams").default([]),
    })
    .optional()
    .describe("Who approves a deployment: 6 users and teams at most, one of whom suffices."),
  preventSelfReview: z.boolean().default(false).describe("Whoever started a deployment may not approve it."),
  waitMinutes: z.int().min(0).max(43_200, "must be at most 43200 minutes (30 days)").default(0),
  administratorsBypass: z.boolean().default(false),
  branches: z
    .union([z.literal("any"), z.literal("protected"), list(z.string().min(1), 1, 100, "patterns")])
    .default("protected")
    .describe("Branches that may deploy: any, the protected ones, or patterns such as main and release/*."),
  tags: list(z.string().min(1), 1, 100, "patterns").optional().describe("Tags that may deploy, as patterns."),
  secrets,
  variables,
});

const repositorySchema = z.strictObject({
  create: z
    .boolean()
    .default(false)
    .describe(
      "Make the repository. Without it the repository exists and is adopted; it is never deleted either way.",
    ),
  workflows: z
    .string()
    .min(1)
    .optional()
    .describe("Folder of a checkout in which `ground checks` reads the workflows; default: GitHub's API."),
  details: detailsSchema,
  actions: actionsSchema.optional(),
  branches: z.record(z.string().min(1), branchSchema).default({}).describe("Protected branches, by pattern."),
  checks: z
    .strictObject({
      fromApps: z
        .record(checkName, z.string().min(1))
        .default({})
        .describe(
          "Checks that an App reports rather than a workflow, with the App's name, for example codecov/patch: Codecov.",
        ),
      reported: list(checkName, 0, 1000, "checks")
        .optional()
        .describe("Checks that workflows report on every pull request; written by `ground checks --write`."),
    })
    .prefault({}),
  secrets: secrets.describe("Actions secrets, by name."),
  dependabotSecrets: secrets.describe("Dependabot secrets, by name."),
  variables: variables.describe("Actions variables, by name."),
  environments: z
    .record(
      z.string().regex(/^[^/\\'"`,;%]{1,255}$/, "must be an environment's name without / \\ ' \" ` , ; %"),
      environmentSchema,
    )
    .default({}),
  vulnerabilityAlerts: z.boolean().optional(),
  dependabotSecurityUpdates: z.boolean().optional(),
  secretScanning: z.boolean().optional(),
  pushProtection: z.boolean().optional().describe("Secret scanning refuses a push that holds a secret."),
  codeOwners: z
    .record(
      z.string().min(1),
      list(
        z.union([email, z.string().regex(/^@[\w./-]+$/, "must be @login, @org/team or a mail address")]),
        0,
        100,
        "owners",
      ),
    )
    .optional()
    .describe("Contents of .github/CODEOWNERS: owners by pattern, the last match counts."),
  labels: z
    .record(
      z.string().min(1).max(50),
      z.strictObject({
        color: z.string().regex(/^[0-9a-f]{6}$/i, "must be six hexadecimal digits without #"),
        description: z.string().max(100).optional(),
      }),
    )
    .optional()
    .describe("Issue labels; others that the repository has stay."),
});

export const governanceSchema = z.strictObject({
  owner: login.describe("Organization or user that the repositories belong to."),
  ownerKind: z.enum(["user", "organization"]),
  plan: z
    .enum(["free", "pro", "team", "enterprise"])
    .default("free")
    .describe("The owner's GitHub plan: some rules need a paid one on private repositories."),
  minutesPerMonth: z
    .int()
    .min(0)
    .optional()
    .describe("Actions minutes included in a month; default: those of the plan."),
  repositories: z.record(repositoryName, repositorySchema).describe("Repositories, by name."),
});

export type GovernanceSettings = z.output<typeof governanceSchema>;
export type RepositorySettings = z.output<typeof repositorySchema>;
export type BranchSettings = z.output<typeof branchSchema>;
export type EnvironmentSettings = z.output<typeof environmentSchema>;
export type SecretSource = z.output<typeof secretSource>;
