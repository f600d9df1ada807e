/**
 * What may have one owner only among the stacks of a project. Two stacks that govern one repository
 * undo each other's work at every `up`; of two that make one secret or environment, the second fails
 * half-way.
 */

/** Actions variable in a governed repository that names the stack it belongs to. */
export const CLAIM_VARIABLE = "PROVING_GROUND_STACK";

/** The settings of a stack that ownership follows from, and where they stand. */
export interface StackClaims {
  /** File of the stack, for messages. */
  readonly file: string;
  /** False for a stack that makes nothing on AWS. */
  readonly hosts: boolean;
  readonly environment: string;
  readonly region: string;
  /** Undefined where the file leaves the account to the credentials: taken to be the same for all such files. */
  readonly awsAccount?: string | undefined;
  /** `OWNER/REPOSITORY`. */
  readonly repositories: readonly string[];
  /** Names of the secrets in Secrets Manager that the stack makes. */
  readonly secrets: readonly string[];
}

/** One thing with two owners. */
export interface Conflict {
  /** For example `the repository example/app`. */
  readonly singleton: string;
  /** File of the other stack. */
  readonly file: string;
  /** What to do. */
  readonly fix: string;
}

interface Singleton {
  /** Equal for the same thing, whichever stack names it. */
  readonly key: string;
  readonly title: string;
  readonly fix: string;
}

/** What a stack alone may own. GitHub does not tell capitals in names of owners and repositories apart. */
export function singletonsOf(stack: StackClaims): Singleton[] {
  const account =
    stack.awsAccount === undefined ? "the account of the credentials" : `account ${stack.awsAccount}`;
  const repositories = stack.repositories.map((repository) => ({
    key: `github ${repository.toLowerCase()}`,
    title: `the repository ${repository}`,
    fix: "leave it in the governance of one of the two",
  }));
  if (!stack.hosts) return repositories;
  return [
    ...repositories,
    ...stack.secrets.map((secret) => ({
      key: `secret ${account} ${stack.region} ${secret}`,
      title: `the secret ${secret} of ${account} in ${stack.region}`,
      fix: "set secrets.create: true in one of the two; the other finds it by name",
    })),
    {
      key: `environment ${account} ${stack.environment}`,
      title: `the environment ${stack.environment} of ${account}`,
      fix: "give one of the two another environment, or state the awsAccount of each",
    },
  ];
}

/** What a stack would own that another owns already, in the order of its own settings. */
export function conflictsOf(stack: StackClaims, others: readonly StackClaims[]): Conflict[] {
  return singletonsOf(stack).flatMap(({ key, title, fix }) =>
    others
      .filter((other) => singletonsOf(other).some((singleton) => singleton.key === key))
      .map(({ file }) => ({ singleton: title, file, fix })),
  );
}
