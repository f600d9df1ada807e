import { z } from "zod";
import { list, secretName } from "./fields.ts";

/** The single values that `governance` is made of; each says in its message what is allowed. */

/** Source: GitHub's rules for repository names. */
export const repositoryName = z
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
export const checkName = z.string().min(1, "must not be empty").max(255, "must be at most 255 characters");

export const login = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, "must be a GitHub login: letters, digits and dashes");

export const teamSlug = z.string().regex(/^[\w-]+$/, "must be a team's slug: letters, digits, - and _");

/** Line breaks, escape sequences and what turns the direction of text: they would make one line look like another. */
export const PRINTABLE = /^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]*$/u;
export const NOT_PRINTABLE = "must not hold line breaks or other control characters";

/** A name that GitHub matches as a pattern, or that must not be empty. */
export const pattern = z.string().min(1, "must not be empty").regex(PRINTABLE, NOT_PRINTABLE);

/**
 * A pattern of CODEOWNERS. Source: GitHub Docs, "About code owners", syntax: `#` begins a comment, which no backslash
 * prevents; `!` and `[` do not work.
 */
export const codeOwnersPattern = pattern
  .regex(/^(?!#)(?!.*\s#)/u, "must not begin a comment by #")
  .regex(
    /^[^![\]\\]*$/u,
    "must not hold ! [ ] or \\, which CODEOWNERS does not know; spaces stand as they are",
  );

/** Source: REST API, "Create or update an environment": the name is a part of addresses. */
export const environmentName = z
  .string()
  .regex(/^[^/\\'"`,;%]{1,255}$/, "must be an environment's name without / \\ ' \" ` , ; %")
  .regex(PRINTABLE, NOT_PRINTABLE)
  .regex(/^(?!\.{1,2}$)(?!\s)(?!.*\s$)/u, "must not be . or .. or begin or end with a space");

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

export const secrets = z.record(actionsName, secretSource).default({});

export const variables = z
  .record(actionsName, z.string().max(48_000, "must be at most 48000 characters").describe("The value."))
  .default({});

/** Who may push or bypass, as the GraphQL API names an actor. */
export const actors = list(
  z
    .string()
    .regex(
      /^(\/[A-Za-z0-9-]+|[A-Za-z0-9-]+\/[\w-]+|[\w=-]{8,})$/,
      "must be /LOGIN, ORGANIZATION/TEAM or an app's node id",
    ),
  0,
  100,
  "actors",
);

export type SecretSource = z.output<typeof secretSource>;
