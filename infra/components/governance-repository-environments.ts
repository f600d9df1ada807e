import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { keyWith, sealedInputs } from "../lib/github-secret.ts";
import type { EnvironmentSettings } from "../settings/governance.ts";
import type { RepositoryScope } from "./governance-repository.ts";

export function makeEnvironments(scope: RepositoryScope): void {
  for (const [environment, settings] of Object.entries(scope.settings.environments)) {
    const made = makeEnvironment(scope, environment, settings);
    allowBranches(scope, environment, settings, made);
    fill(scope, environment, settings, made);
  }
}

function makeEnvironment(
  { name, made, held, numberOf }: RepositoryScope,
  environment: string,
  settings: EnvironmentSettings,
): github.RepositoryEnvironment {
  const { reviewers, branches } = settings;
  return new github.RepositoryEnvironment(
    `${name}-environment-${environment}`,
    {
      repository: made.name,
      environment,
      canAdminsBypass: settings.administratorsBypass,
      preventSelfReview: settings.preventSelfReview,
      waitTimer: settings.waitMinutes,
      ...(reviewers === undefined ? {} : { reviewers: [reviewersOf(reviewers, numberOf)] }),
      // GitHub knows three states: protected branches, own patterns, or no policy at all.
      ...(branches === "any"
        ? {}
        : {
            deploymentBranchPolicy: {
              protectedBranches: branches === "protected",
              customBranchPolicies: branches !== "protected",
            },
          }),
    },
    held,
  );
}

/** GitHub takes reviewers by number. */
function reviewersOf(
  { users, teams }: NonNullable<EnvironmentSettings["reviewers"]>,
  numberOf: RepositoryScope["numberOf"],
): { users: pulumi.Output<number>[]; teams: pulumi.Output<number>[] } {
  return {
    users: users.map((login) => numberOf("user", login)),
    teams: teams.map((slug) => numberOf("team", slug)),
  };
}

function allowBranches(
  { name, made, held }: RepositoryScope,
  environment: string,
  { branches, tags = [] }: EnvironmentSettings,
  madeEnvironment: github.RepositoryEnvironment,
): void {
  if (typeof branches === "string") return;
  const policies = [
    ...branches.map((branchPattern) => [`branch-${branchPattern}`, { branchPattern }] as const),
    ...tags.map((tagPattern) => [`tag-${tagPattern}`, { tagPattern }] as const),
  ];
  for (const [suffix, policy] of policies)
    new github.RepositoryEnvironmentDeploymentPolicy(
      `${name}-environment-${environment}-${suffix}`,
      { repository: made.name, environment: madeEnvironment.environment, ...policy },
      held,
    );
}

function fill(
  { name, repository, made, salt, valueOf, held }: RepositoryScope,
  environment: string,
  { secrets, variables }: EnvironmentSettings,
  madeEnvironment: github.RepositoryEnvironment,
): void {
  const place = { repository: made.name, environment: madeEnvironment.environment };
  for (const [variableName, value] of Object.entries(variables))
    new github.ActionsEnvironmentVariable(
      `${name}-environment-${environment}-variable-${variableName}`,
      { ...place, variableName, value },
      held,
    );
  const entries = Object.entries(secrets);
  if (entries.length === 0) return;
  // Unknown until the environment exists: before, GitHub has no public key of it.
  const known = pulumi.all([madeEnvironment.environment, madeEnvironment.id]).apply(([existing]) => existing);
  const question = { repository: made.name, environment: known };
  const publicKey = keyWith(github.getActionsEnvironmentPublicKeyOutput(question, { parent: made }), [
    made.name,
    known,
  ]);
  for (const [secretName, source] of entries) {
    const unique = `${repository} environment ${environment} ${secretName}`;
    new github.ActionsEnvironmentSecret(
      `${name}-environment-${environment}-secret-${secretName}`,
      { ...place, secretName, ...sealedInputs(unique, valueOf(source), publicKey, salt) },
      held,
    );
  }
}
