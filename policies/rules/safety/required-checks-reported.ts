import { listOf, tableOf, textOf, valueAt } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { ofType } from "../../companions.ts";
import { didYouMean } from "../../nearest.ts";
import { stackRule, type Finding } from "../../rule.ts";

/** Says what its branches require, and what `ground checks` found its workflows to report. */
const GOVERNED = "proving-ground:infra:GovernedRepository";

const PROTECTIONS = [
  "github:index/branchProtection:BranchProtection",
  "github:index/branchProtectionV3:BranchProtectionV3",
  "github:index/repositoryRuleset:RepositoryRuleset",
];

export const requiredChecksReported = stackRule({
  name: "required-checks-reported",
  level: "mandatory",
  why: "A required check that no workflow reports, or only on some paths, keeps every pull request waiting for ever.",
  fix: "run `ground checks --write` and require the names it gives; declare a check that an App reports under checks.fromApps",
  outside: ["GitHub Docs: Troubleshooting required status checks"],
  *checkStack(resources) {
    for (const repository of ofType(resources, GOVERNED)) {
      const facts = factsOf(repository);
      for (const [branch, required] of facts.required) yield* judge(branch, required, facts);
      const stated = new Set(facts.required.flatMap(([, names]) => names));
      for (const protection of protectionsOf(repository, facts, resources)) {
        // What the settings require is judged already; this finds names that a program adds beside them.
        const others = contextsOf(protection).filter((name) => !stated.has(name));
        yield* judge(protection.name, others, { ...facts, urn: protection.urn });
      }
    }
  },
});

interface Facts {
  readonly urn: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  /** Names by branch. */
  readonly required: readonly (readonly [branch: string, names: readonly string[]])[];
  /** Undefined where nobody has looked. */
  readonly reported: readonly string[] | undefined;
  readonly fromApps: readonly string[];
}

function factsOf({ urn, name, inputs }: ResourceRecord): Facts {
  const reported = inputs["reportedChecks"];
  return {
    urn,
    repository: textOf(inputs["repository"]) ?? name,
    required: Object.entries(tableOf(inputs["requiredChecks"])).map(([branch, names]) => [
      branch,
      textsOf(names),
    ]),
    reported: Array.isArray(reported) ? textsOf(reported) : undefined,
    fromApps: Object.keys(tableOf(inputs["checksFromApps"])),
  };
}

function* judge(
  branch: string,
  required: readonly string[],
  { urn, repository, reported, fromApps }: Facts,
): Generator<Finding> {
  const ofWorkflows = required.filter((name) => !fromApps.includes(name));
  if (ofWorkflows.length === 0) return;
  if (reported === undefined) {
    yield {
      urn,
      message: `${repository}: whether its workflows report what ${branch} requires was never verified (${ofWorkflows.join(", ")})`,
    };
    return;
  }
  const names = [...reported, ...fromApps];
  for (const name of ofWorkflows)
    if (!reported.includes(name))
      yield {
        urn,
        message: `${repository}: ${branch} requires ${JSON.stringify(name)}, which no workflow reports on every pull request${didYouMean(name, names)}`,
      };
}

/** Protections and rulesets of the repository: inside its component, or by its name. */
function protectionsOf(
  { urn }: ResourceRecord,
  { repository }: Facts,
  resources: readonly ResourceRecord[],
): ResourceRecord[] {
  const bare = repository.slice(repository.indexOf("/") + 1);
  return PROTECTIONS.flatMap((type) => ofType(resources, type)).filter(
    ({ parent, inputs }) =>
      parent === urn || inputs["repository"] === bare || inputs["repositoryId"] === bare,
  );
}

/** One provider resource takes a list of one where the other takes the entry; one writes `NAME:APP`. */
function contextsOf({ inputs }: ResourceRecord): string[] {
  const status = inputs["requiredStatusChecks"];
  const entry = Array.isArray(status) ? listOf(status)[0] : status;
  const contexts = [...textsOf(valueAt(entry, "contexts")), ...textsOf(valueAt(entry, "checks"))];
  const ofRuleset = listOf(valueAt(inputs["rules"], "requiredStatusChecks", "requiredChecks"));
  return [
    ...contexts.map((name) => name.replace(/:-?\d+$/, "")),
    ...ofRuleset.flatMap((check) => textOf(valueAt(check, "context")) ?? []),
  ];
}

function textsOf(value: unknown): string[] {
  return listOf(value).flatMap((item) => (typeof item === "string" ? [item] : []));
}
