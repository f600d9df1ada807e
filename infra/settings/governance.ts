import { z } from "zod";
import { email, list } from "./fields.ts";
import {
  actors,
  checkName,
  codeOwnersPattern,
  environmentName,
  login,
  pattern,
  repositoryName,
  secrets,
  teamSlug,
  variables,
} from "./governance-fields.ts";

/**
 * The GitHub side of a stack: what its repositories are, who may change them, and what must be green first.
 * Rules of more than one field are in `governance-rules.ts`. What is not said stays as GitHub has it.
 *
 * Source of names and limits: GitHub's REST API description and the documentation of GitHub Actions.
 */

const detailsSchema = z.strictObject({
  visibility: z.enum(["public", "private", "internal"]).describe("Who can see the repository."),
  description: z
    .string()
    .max(350, "must be at most 350 characters")
    .optional()
    .describe("The sentence on the repository's page."),
  homepage: z
    .url("must be an address such as https://example.com")
    .optional()
    .describe("Address of the project's page."),
  topics: list(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/, "must be lower-case letters, digits and dashes"),
    0,
    20,
    "topics",
  )
    .optional()
    .describe("Topics, all of them: others are taken off."),
  defaultBranch: z
    .string()
    .min(1, "must not be empty")
    .default("main")
    .describe("Name of the default branch, which CODEOWNERS is written to; it is not changed."),
  issues: z.boolean().optional().describe("Issues."),
  wiki: z.boolean().optional().describe("Wiki."),
  projects: z.boolean().optional().describe("Projects."),
  discussions: z.boolean().optional().describe("Discussions."),
  allowMergeCommit: z.boolean().optional().describe("Pull requests may be merged by a merge commit."),
  allowSquashMerge: z.boolean().optional().describe("Pull requests may be squashed."),
  allowRebaseMerge: z.boolean().optional().describe("Pull requests may be rebased."),
  allowAutoMerge: z
    .boolean()
    .optional()
    .describe("A pull request may merge itself once everything is green."),
  allowUpdateBranch: z.boolean().optional().describe("Offer to bring a pull request up to date."),
  deleteBranchOnMerge: z.boolean().optional().describe("Delete a branch that was merged."),
});

const selectedSchema = z.strictObject({
  githubOwned: z.boolean().default(true).describe("Actions of the organizations actions and github."),
  verified: z.boolean().default(false).describe("Actions of verified Marketplace creators."),
  patterns: list(pattern, 0, 100, "patterns").default([]).describe("For example codecov/codecov-action@*."),
});

const actionsSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe("Whether workflows run at all."),
    allowed: z
      .enum(["all", "local_only", "selected"])
      .default("all")
      .describe("Which actions and reusable workflows may be used."),
    selected: selectedSchema
      .optional()
      .describe("With allowed: selected, what may be used; default: GitHub's own actions."),
    shaPinningRequired: z.boolean().optional().describe("Refuse actions that are not pinned to a commit."),
    workflowToken: z.enum(["read", "write"]).default("read").describe("Default permissions of GITHUB_TOKEN."),
    mayApprovePullRequests: z
      .boolean()
      .default(false)
      .describe("Whether workflows may create and approve pull requests."),
  })
  // Not a default: with any other value of allowed it would be there unwritten, and without effect.
  .overwrite((actions) =>
    actions.allowed === "selected" && actions.selected === undefined
      ? { ...actions, selected: selectedSchema.parse({}) }
      : actions,
  );

const branchSchema = z
  .strictObject({
    kind: z
      .enum(["protection", "ruleset"])
      .default("protection")
      .describe("Classic branch protection, or a repository ruleset."),
    existing: z
      .union(
        [z.boolean(), z.int().positive("must be a ruleset's id")],
        "must be true, false or a ruleset's id",
      )
      .default(false)
      .describe(
        "Where GitHub already protects exactly this pattern: true, or with kind: ruleset its id. It is adopted, not made again.",
      ),
    approvals: z
      .int()
      .min(0, "must be 0 or more")
      .max(6, "must be at most 6, GitHub's limit")
      .default(1)
      .describe("Approvals required."),
    dismissStaleApprovals: z.boolean().default(true).describe("A new commit takes back earlier approvals."),
    codeOwnerReview: z.boolean().default(false).describe("A code owner of each changed file must approve."),
    lastPushApproval: z
      .boolean()
      .default(false)
      .describe("Somebody other than the last pusher must approve."),
    checks: list(checkName, 0, 100, "checks")
      .default([])
      .describe("Checks that must be green, by the name GitHub shows."),
    upToDate: z
      .boolean()
      .optional()
      .describe(
        "The branch must contain the newest base before it is merged; default: true where checks are required.",
      ),
    conversationsResolved: z.boolean().default(true).describe("Every conversation must be resolved."),
    linearHistory: z.boolean().default(false).describe("No merge commits."),
    signedCommits: z.boolean().default(false).describe("Commits must carry a verified signature."),
    administratorsIncluded: z.boolean().default(false).describe("Administrators cannot go round the rules."),
    forcePushes: z.boolean().default(false).describe("Allow force pushes."),
    deletion: z.boolean().default(false).describe("Allow deletion of the branch."),
    mergeQueue: z
      .boolean()
      .default(false)
      .describe("With kind: ruleset: merge through a queue; checks must run on merge_group."),
    pushers: actors
      .optional()
      .describe("Only these may push, as /LOGIN, ORGANIZATION/TEAM or an app's node id."),
    bypass: actors.optional().describe("May merge without a review, named likewise."),
  })
  // Not a default: where it is written without checks it says something that has no effect, and is refused.
  .overwrite((branch) => ({ ...branch, upToDate: branch.upToDate ?? branch.checks.length > 0 }))
  .describe("Rules of the branches that match the pattern.");

const environmentSchema = z
  .strictObject({
    reviewers: z
      .strictObject({
        users: list(login, 0, 6, "users").default([]).describe("Logins."),
        teams: list(teamSlug, 0, 6, "teams").default([]).describe("Slugs of the owner's teams."),
      })
      .optional()
      .describe("Who approves a deployment: 6 users and teams at most, one of whom suffices."),
    preventSelfReview: z
      .boolean()
      .default(false)
      .describe("Whoever started a deployment may not approve it."),
    waitMinutes: z
      .int()
      .min(0, "must be 0 or more")
      .max(43_200, "must be at most 43200 minutes (30 days)")
      .default(0)
      .describe("Minutes that a deployment waits."),
    administratorsBypass: z
      .boolean()
      .default(false)
      .describe("Administrators may deploy without review and wait."),
    branches: z
      .union(
        [z.literal("any"), z.literal("protected"), list(pattern, 1, 100, "patterns")],
        "must be any, protected, or a list of patterns",
      )
      .default("protected")
      .describe("Branches that may deploy: any, the protected ones, or patterns such as main and release/*."),
    tags: list(pattern, 1, 100, "patterns")
      .optional()
      .describe("Tags that may deploy, as patterns; with branches as a list of patterns."),
    secrets: secrets.describe("Secrets of this environment alone, by name."),
    variables: variables.describe("Variables of this environment alone, by name."),
  })
  .describe("A deployment environment.");

const labelSchema = z
  .strictObject({
    color: z
      .string()
      .regex(/^[0-9a-f]{6}$/i, "must be six hexadecimal digits without #")
      .describe("Six hexadecimal digits."),
    description: z.string().max(100, "must be at most 100 characters").optional().describe("What it means."),
    existing: z
      .boolean()
      .default(false)
      .describe("True where the repository has the label already, as it has bug and enhancement."),
  })
  .describe("An issue label.");

const owners = list(
  z.union([email, z.string().regex(/^@[\w./-]+$/)], "must be @login, @org/team or a mail address"),
  0,
  100,
  "owners",
).describe("Owners of the files that match.");

const NOT_BY_BRANCH =
  "must be by branch, with the rules each was verified under: run `ground checks --write`, which writes it so";

const verifiedSchema = z
  .strictObject({
    mergeQueue: z.boolean().describe("Whether the branch had a merge queue when its checks were verified."),
    defaultBranch: z
      .string()
      .min(1, "must not be empty")
      .optional()
      .describe("Of ~DEFAULT_BRANCH: the default branch that was verified."),
    checks: list(checkName, 0, 1000, "checks").describe("Checks reported on every pull request to it."),
  })
  .describe("What was verified of a branch; not written by hand.");

const repositorySchema = z
  .strictObject({
    create: z
      .boolean()
      .default(false)
      .describe(
        "Make the repository. Without it the repository exists and is adopted; it is never deleted either way.",
      ),
    workflows: z
      .string()
      .min(1, "must not be empty")
      .optional()
      .describe("Folder of a checkout in which `ground checks` reads the workflows; default: GitHub's API."),
    details: detailsSchema.describe("The repository's own settings."),
    actions: actionsSchema.optional().describe("What workflows may do."),
    branches: z.record(pattern, branchSchema).default({}).describe("Protected branches, by pattern."),
    checks: z
      .strictObject({
        fromApps: z
          .record(checkName, z.string().min(1, "must name the App").describe("The App's name."))
          .default({})
          .describe(
            "Checks that an App reports rather than a workflow, with the App's name, for example codecov/patch: Codecov.",
          ),
        reported: z
          .record(pattern, verifiedSchema, {
            error: ({ code }) => (code === "invalid_type" ? NOT_BY_BRANCH : undefined),
          })
          .optional()
          .describe(
            "Checks that workflows report on every pull request, by branch; written by `ground checks --write`.",
          ),
      })
      .prefault({})
      .describe("What reports the required checks."),
    secrets: secrets.describe("Actions secrets, by name."),
    dependabotSecrets: secrets.describe("Dependabot secrets, by name."),
    variables: variables.describe("Actions variables, by name."),
    environments: z
      .record(environmentName, environmentSchema)
      .default({})
      .describe("Deployment environments, by name."),
    vulnerabilityAlerts: z.boolean().optional().describe("Dependabot alerts."),
    dependabotSecurityUpdates: z
      .boolean()
      .optional()
      .describe("Pull requests that mend what Dependabot alerts of."),
    secretScanning: z.boolean().optional().describe("Alerts for secrets found in the repository."),
    pushProtection: z.boolean().optional().describe("Secret scanning refuses a push that holds a secret."),
    codeOwners: z
      .record(codeOwnersPattern, owners)
      .optional()
      .describe("Contents of .github/CODEOWNERS: owners by pattern, the last match counts."),
    labels: z
      .record(pattern.max(50, "must be at most 50 characters"), labelSchema)
      .optional()
      .describe("Issue labels; others that the repository has stay."),
  })
  .describe("A repository.");

export const governanceSchema = z.strictObject({
  owner: login.describe("Organization or user that the repositories belong to."),
  ownerKind: z.enum(["user", "organization"]).describe("Which of the two the owner is."),
  plan: z
    .enum(["free", "pro", "team", "enterprise"])
    .default("free")
    .describe("The owner's GitHub plan: some rules need a paid one on private repositories."),
  minutesPerMonth: z
    .int()
    .min(0, "must be 0 or more")
    .optional()
    .describe("Actions minutes included in a month; default: those of the plan."),
  repositories: z.record(repositoryName, repositorySchema).describe("Repositories, by name."),
});

export type { SecretSource } from "./governance-fields.ts";
export type GovernanceSettings = z.output<typeof governanceSchema>;
export type RepositorySettings = z.output<typeof repositorySchema>;
export type BranchSettings = z.output<typeof branchSchema>;
export type EnvironmentSettings = z.output<typeof environmentSchema>;
