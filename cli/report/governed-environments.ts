import type { GovernedRow } from "./governed.ts";
import { actorName, firstOf, itemsOf, named, objectOf, on, text, type Inputs } from "./governed-inputs.ts";

/** The rules of one deployment environment. */
export interface EnvironmentRules {
  readonly name: string;
  /** Users and teams, one of whom suffices. */
  readonly reviewers: readonly string[];
  readonly preventSelfReview: boolean;
  readonly waitMinutes: number;
  readonly administratorsBypass: boolean;
  /** Patterns of branches and tags, `protected branches`, or none: any branch. */
  readonly from: readonly string[];
}

/** Resources of one kind that belong to a repository, by their inputs. */
export type PartsOf = (kind: string) => readonly Inputs[];

export function environmentRules(environment: Inputs, of: PartsOf): EnvironmentRules {
  const name = text(environment, "environment");
  const wait = environment["waitTimer"];
  const { users, teams } = firstOf(environment["reviewers"]);
  const isProtected = on(objectOf(environment["deploymentBranchPolicy"]), "protectedBranches");
  const policies = ownedBy(name, of("RepositoryEnvironmentDeploymentPolicy"));
  return {
    name,
    reviewers: [users, teams].flatMap((list) => (Array.isArray(list) ? list.map(actorName) : [])),
    preventSelfReview: on(environment, "preventSelfReview"),
    waitMinutes: typeof wait === "number" ? wait : 0,
    administratorsBypass: on(environment, "canAdminsBypass"),
    from: [
      ...(isProtected ? ["protected branches"] : []),
      ...policies.flatMap((policy) => [
        ...(policy["branchPattern"] === undefined ? [] : [text(policy, "branchPattern")]),
        ...(policy["tagPattern"] === undefined ? [] : [`tag ${text(policy, "tagPattern")}`]),
      ]),
    ],
  };
}

export function environmentRow(environment: Inputs, of: PartsOf): GovernedRow {
  const rules = environmentRules(environment, of);
  const own = (kind: string): readonly Inputs[] => ownedBy(rules.name, of(kind));
  const items = [
    rules.reviewers.length === 0 ? "no review" : `approved by ${rules.reviewers.join(" or ")}`,
    ...(rules.preventSelfReview ? ["not by whoever started it"] : []),
    ...(rules.waitMinutes > 0 ? [`waits ${String(rules.waitMinutes)} min`] : []),
    ...itemsOf("from", rules.from),
    ...(rules.administratorsBypass ? ["administrators may skip the rules"] : []),
    ...itemsOf(
      "secrets",
      own("ActionsEnvironmentSecret").map((inputs) => text(inputs, "secretName")),
    ),
    ...itemsOf(
      "variables",
      own("ActionsEnvironmentVariable").map((inputs) => named(inputs, "variableName")),
    ),
  ];
  return { topic: `environment ${rules.name}`, items };
}

function ownedBy(name: string, parts: readonly Inputs[]): readonly Inputs[] {
  return parts.filter((inputs) => text(inputs, "environment") === name);
}
