import type { Plan, PlannedResource } from "../../model/plan.ts";
import { branchRows } from "./governed-branches.ts";
import { environmentRow, type PartsOf } from "./governed-environments.ts";
import { className, isComponent, isRepository } from "./tree.ts";
import { itemsOf, named, objectOf, on, says, text, texts, type Inputs } from "./governed-inputs.ts";

/** What a plan makes of one repository, in words. */
export interface GovernedRepository {
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly rows: readonly GovernedRow[];
  /** What the component says of itself. */
  readonly facts: Inputs;
  /** What it is made of. */
  readonly own: readonly PlannedResource[];
}

export interface GovernedRow {
  /** For example `branch main`. */
  readonly topic: string;
  readonly items: readonly string[];
}

/** The repositories that a plan governs, with what it sets; secrets by name alone. */
export function governedRepositories({ resources }: Plan): GovernedRepository[] {
  return resources
    .filter((resource) => isComponent(resource) && isRepository(resource))
    .map(({ urn, inputs }) => {
      const own = resources.filter(({ parent }) => parent === urn);
      return { repository: text(inputs, "repository"), facts: inputs, own, rows: rowsOf(own) };
    });
}

/** The inputs of the resources of one kind, such as `BranchProtection`. */
export function partsOf(resources: readonly PlannedResource[]): PartsOf {
  return (kind) =>
    resources
      .filter(({ type }) => type.startsWith("github:") && className(type) === kind)
      .map(({ inputs }) => inputs);
}

function rowsOf(resources: readonly PlannedResource[]): GovernedRow[] {
  const of = partsOf(resources);
  const names = (kind: string, input: string): string[] => of(kind).map((inputs) => text(inputs, input));
  return [
    row("repository", of("Repository").flatMap(repositoryItems)),
    row("Actions", [
      ...of("ActionsRepositoryPermissions").flatMap(actionsItems),
      ...of("WorkflowRepositoryPermissions").flatMap(tokenItems),
    ]),
    ...[...of("BranchProtection"), ...of("RepositoryRuleset")].flatMap(branchRows),
    row("secrets", names("ActionsSecret", "secretName")),
    row("Dependabot secrets", names("DependabotSecret", "secretName")),
    row(
      "variables",
      of("ActionsVariable").map((inputs) => named(inputs, "variableName")),
    ),
    ...of("RepositoryEnvironment").map((environment) => environmentRow(environment, of)),
    row("security", [
      ...of("RepositoryVulnerabilityAlerts").map((inputs) => says(inputs, "enabled", "Dependabot alerts")),
      ...of("RepositoryDependabotSecurityUpdates").map((inputs) =>
        says(inputs, "enabled", "Dependabot updates"),
      ),
      ...of("Repository").flatMap(scanningItems),
    ]),
    row("files", names("RepositoryFile", "file")),
    row("labels", names("IssueLabel", "name")),
  ].filter(({ items }) => items.length > 0);
}

function row(topic: string, items: readonly string[]): GovernedRow {
  return { topic, items };
}

/** Words for the provider's switches. */
const SWITCHES = {
  hasIssues: "issues",
  hasWiki: "wiki",
  hasProjects: "projects",
  hasDiscussions: "discussions",
  allowMergeCommit: "merge commits",
  allowSquashMerge: "squash merges",
  allowRebaseMerge: "rebase merges",
  allowAutoMerge: "auto-merge",
  allowUpdateBranch: "offer to update branches",
  deleteBranchOnMerge: "merged branches deleted",
} as const;

function repositoryItems(inputs: Inputs): string[] {
  return [
    text(inputs, "visibility"),
    ...Object.entries(SWITCHES).flatMap(([input, words]) =>
      inputs[input] === undefined ? [] : [says(inputs, input, words)],
    ),
    ...itemsOf("topics", texts(inputs["topics"])),
  ].filter((item) => item !== "");
}

function actionsItems(inputs: Inputs): string[] {
  if (!on(inputs, "enabled")) return ["off"];
  const allowed = text(inputs, "allowedActions");
  const selected = objectOf(inputs["allowedActionsConfig"]);
  const kinds = [
    ...(on(selected, "githubOwnedAllowed") ? ["GitHub's own"] : []),
    ...(on(selected, "verifiedAllowed") ? ["verified creators'"] : []),
    ...texts(selected["patternsAlloweds"]),
  ];
  return [
    allowed === "selected" ? `only ${kinds.join(", ")}` : `${allowed.replaceAll("_", " ")} actions allowed`,
    ...(on(inputs, "shaPinningRequired") ? ["pinned to commits"] : []),
  ];
}

function tokenItems(inputs: Inputs): string[] {
  const writes = text(inputs, "defaultWorkflowPermissions") === "write";
  return [
    writes ? "token may write" : "token may only read",
    ...(on(inputs, "canApprovePullRequestReviews") ? ["may create and approve pull requests"] : []),
  ];
}

function scanningItems({ securityAndAnalysis }: Inputs): string[] {
  const status = (feature: string, words: string): string[] => {
    const found = objectOf(objectOf(securityAndAnalysis)[feature])["status"];
    return found === undefined ? [] : [found === "enabled" ? words : `no ${words}`];
  };
  return [
    ...status("secretScanning", "secret scanning"),
    ...status("secretScanningPushProtection", "push protection"),
  ];
}
