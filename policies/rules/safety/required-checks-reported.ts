import { coversBranch, coversDefaultBranch } from "../../../model/branch-pattern.ts";
import { listOf, tableOf, textOf, valueAt } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { branchRules, verificationOf, type VerifiedBranch } from "../../../model/verified-checks.ts";
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
  fix: "run `ground checks --write`, and do what it says of the branch: require the names it gives, or change the workflow; declare a check that an App reports under checks.fromApps",
  outside: ["GitHub Docs: Troubleshooting required status checks"],
  *checkStack(resources) {
    for (const repository of ofType(resources, GOVERNED)) {
      const facts = factsOf(repository);
      for (const [branch, required] of facts.required) yield* judge(branch, branch, required, facts);
      for (const protection of protectionsOf(repository, facts, resources))
        for (const branch of branchesOf(protection)) {
          // What the settings require is judged already; this finds names that a program adds beside them.
          const stated = facts.required.get(branch) ?? [];
          const others = contextsOf(protection).filter((name) => !stated.includes(name));
          yield* judge(protection.name, branch, others, { ...facts, urn: protection.urn });
        }
    }
  },
});

interface Facts {
  readonly urn: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly defaultBranch: string | undefined;
  /** Names by branch, which may be a pattern. */
  readonly required: ReadonlyMap<string, readonly string[]>;
  /** Branches merged through a queue. */
  readonly mergeQueues: readonly string[];
  /** By branch; a branch at which nobody has looked is not in it. */
  readonly reported: ReadonlyMap<string, VerifiedBranch>;
  readonly fromApps: readonly string[];
}

function factsOf({ urn, name, inputs }: ResourceRecord): Facts {
  return {
    urn,
    repository: textOf(inputs["repository"]) ?? name,
    defaultBranch: textOf(inputs["defaultBranch"]),
    required: new Map(
      Object.entries(tableOf(inputs["requiredChecks"])).map(([branch, names]) => [branch, textsOf(names)]),
    ),
    mergeQueues: textsOf(inputs["mergeQueues"]),
    reported: new Map(
      Object.entries(tableOf(inputs["reportedChecks"])).map(([branch, entry]) => [branch, verifiedOf(entry)]),
    ),
    fromApps: Object.keys(tableOf(inputs["checksFromApps"])),
  };
}

function verifiedOf(entry: unknown): VerifiedBranch {
  const defaultBranch = textOf(valueAt(entry, "defaultBranch"));
  return {
    mergeQueue: valueAt(entry, "mergeQueue") === true,
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    checks: textsOf(valueAt(entry, "checks")),
  };
}

/** @param by what requires the names: the branch of the settings, or a protection beside them */
function* judge(by: string, branch: string, required: readonly string[], facts: Facts): Generator<Finding> {
  const { urn, repository, defaultBranch, mergeQueues, reported, fromApps } = facts;
  const ofWorkflows = required.filter((name) => !fromApps.includes(name));
  if (ofWorkflows.length === 0) return;
  const key = governing(branch, facts);
  const rules = branchRules(key, mergeQueues.includes(key), defaultBranch);
  const found = verificationOf(ofWorkflows, rules, reported.get(key));
  switch (found.state) {
    case "never":
      yield {
        urn,
        message: `${repository}: whether its workflows report what ${by} requires was never verified (${ofWorkflows.join(", ")})${facts.required.has(key) ? "" : `; the settings have no branch ${branch}, so that \`ground checks\` cannot`}`,
      };
      return;
    case "outdated":
      yield {
        urn,
        message: `${repository}: what ${by} requires was verified ${found.change} (${ofWorkflows.join(", ")})`,
      };
      return;
    case "verified":
      for (const name of found.missing)
        yield {
          urn,
          message: `${repository}: ${by} requires ${JSON.stringify(name)}, which no workflow reports on every pull request${elsewhere(name, facts) ?? didYouMean(name, [...(reported.get(key)?.checks ?? []), ...fromApps])}`,
        };
  }
}

/** The branch of the settings that a branch comes under: its own name, or a pattern that takes it in. */
function governing(branch: string, { required, defaultBranch }: Facts): string {
  if (required.has(branch)) return branch;
  const named = branch === "~DEFAULT_BRANCH" ? (defaultBranch ?? branch) : branch;
  const covers = (pattern: string): boolean =>
    named === defaultBranch ? coversDefaultBranch(pattern, named) : coversBranch(pattern, named);
  return [...required.keys()].find((pattern) => pattern === named || covers(pattern)) ?? branch;
}

/** The branches whose pull requests do get the check. */
function elsewhere(name: string, { reported }: Facts): string | undefined {
  const branches = [...reported].filter(([, { checks }]) => checks.includes(name)).map(([branch]) => branch);
  return branches.length === 0 ? undefined : `; those to ${branches.join(" and ")} get it`;
}

/** Branches or patterns that a protection is for; that of a program may be of any shape, and is one branch then. */
function branchesOf({ name, inputs }: ResourceRecord): readonly string[] {
  const own = textOf(inputs["pattern"]) ?? textOf(inputs["branch"]);
  if (own !== undefined) return [own];
  const included = textsOf(valueAt(inputs["conditions"], "refName", "includes"));
  return included.length === 0 ? [name] : included.map((ref) => ref.replace(/^refs\/heads\//, ""));
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
