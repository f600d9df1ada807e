import { coversDefaultBranch } from "../../../model/branch-pattern.ts";
import { isTrue, listOf, numberOf, tableOf, textOf, valueAt } from "../../../model/inputs.ts";
import { isUnknown, type ResourceRecord } from "../../../model/resource.ts";
import { shown } from "../../companions.ts";
import { resourceRule } from "../../rule.ts";

const PROTECTION = "github:index/branchProtection:BranchProtection";
const PROTECTION_REST = "github:index/branchProtectionV3:BranchProtectionV3";
/** Says which branches its settings protect, by pattern. */
const GOVERNED = "proving-ground:infra:GovernedRepository";
const RULESET = "github:index/repositoryRuleset:RepositoryRuleset";

export const repositoryProtected = resourceRule({
  name: "repository-protected",
  level: "mandatory",
  why: "What lands on the protected branch is deployed: one unreviewed, untested or rewritten commit reaches production.",
  fix: "protect the default branch, require at least one approval and one status check, and allow neither force pushes nor deletion",
  outside: ["CKV_GIT_5", "CKV_GIT_6", "OpenSSF Scorecard Branch-Protection"],
  *checkResource({ type, inputs }) {
    if (type === GOVERNED) yield* defaultBranchFault(inputs);
    const protection = protectionOf(type, inputs);
    if (protection === undefined) return;
    const { approvals, checks, forcePushes, deletion, enforcement } = protection;
    if (enforcement !== "active") yield `enforcement is ${shown(enforcement, isUnknown(enforcement))}`;
    if ((numberOf(approvals) ?? 0) < 1) yield `approvals required: ${shown(approvals, isUnknown(approvals))}`;
    if (listOf(checks).length === 0)
      yield isUnknown(checks) ? "status checks are unknown before deployment" : "no status check is required";
    if (forcePushes) yield "force pushes are allowed";
    if (deletion) yield "the branch may be deleted";
  },
});

/** Rules of other branches do not hold for the one that is deployed from. */
function* defaultBranchFault(inputs: ResourceRecord["inputs"]): Generator<string> {
  const branch = textOf(inputs["defaultBranch"]);
  if (branch === undefined) return;
  const patterns = Object.keys(tableOf(inputs["requiredChecks"]));
  if (patterns.some((pattern) => coversDefaultBranch(pattern, branch))) return;
  const others = patterns.length === 0 ? "" : `; the rules are of ${patterns.join(", ")}`;
  yield `nothing protects the default branch ${branch}${others}`;
}

interface Protection {
  readonly approvals: unknown;
  readonly checks: unknown;
  readonly forcePushes: boolean;
  readonly deletion: boolean;
  readonly enforcement: unknown;
}

function protectionOf(type: string, inputs: ResourceRecord["inputs"]): Protection | undefined {
  if (type === PROTECTION || type === PROTECTION_REST) {
    const checks = first(inputs["requiredStatusChecks"]);
    return {
      approvals: valueAt(first(inputs["requiredPullRequestReviews"]), "requiredApprovingReviewCount"),
      checks: valueAt(checks, "contexts") ?? valueAt(checks, "checks"),
      // Both are off unless asked for; an unknown may turn out to be true.
      forcePushes: isAllowed(inputs["allowsForcePushes"]),
      deletion: isAllowed(inputs["allowsDeletions"]),
      enforcement: "active",
    };
  }
  // Rulesets of tags and pushes protect something else.
  if (type !== RULESET || inputs["target"] === "tag" || inputs["target"] === "push") return undefined;
  const { rules } = inputs;
  return {
    approvals: valueAt(rules, "pullRequest", "requiredApprovingReviewCount"),
    checks: valueAt(rules, "requiredStatusChecks", "requiredChecks"),
    // A ruleset forbids by naming a rule.
    forcePushes: !isTrue(valueAt(rules, "nonFastForward")),
    deletion: !isTrue(valueAt(rules, "deletion")),
    enforcement: inputs["enforcement"],
  };
}

/** One provider resource takes a list of one where the other takes the entry. */
function first(value: unknown): unknown {
  return Array.isArray(value) ? listOf(value)[0] : value;
}

function isAllowed(value: unknown): boolean {
  return isTrue(value) || isUnknown(value);
}
