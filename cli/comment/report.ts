import type { CostSummary } from "../../model/cost.ts";
import type { Plan, PolicyViolation } from "../../model/plan.ts";
import { RULES } from "../../policies/rules/index.ts";
import { CHANGE_KINDS, verdictOf, type Change, type Run } from "../delivery/run.ts";
import { EXIT } from "../exit-codes.ts";
import type { ExitCode } from "../errors.ts";
import { diffPlans, type PlanDiff } from "../report/diff.ts";
import { governedChanges, saysOfSecrets, type GovernedChange } from "../report/governed-changes.ts";
import { costsNothing, isCreated } from "../report/tree.ts";
import { gravestFirst } from "../report/verdicts.ts";

/** What is known of a pull request, by stack. */
export interface Evidence {
  /** Plans of the pull request's own files. */
  readonly heads: ReadonlyMap<string, Plan>;
  /** Plans of what it is to be merged into. */
  readonly bases: ReadonlyMap<string, Plan>;
  /** Real previews, or deployments. */
  readonly runs: ReadonlyMap<string, Run>;
  /** What `ground plan` said where it made no plan. */
  readonly problems: ReadonlyMap<string, string>;
}

export interface StackReport {
  readonly stack: string;
  /** `engine`: compared with what is deployed. `offline`: with the base; which updates replace is not known then. */
  readonly source: "engine" | "offline" | "none";
  readonly operation: Run["operation"];
  /** The gravest first. */
  readonly changes: readonly Change[];
  /** What is different on GitHub, what guards less first. */
  readonly governed: readonly GovernedChange[];
  /** True where nothing of it costs money, before or after: of a stack on GitHub alone every amount would be $0.00. */
  readonly free: boolean;
  readonly cost: CostSummary | undefined;
  readonly costBefore: CostSummary | undefined;
  /** Mandatory ones first. */
  readonly verdicts: readonly PolicyViolation[];
  /** How many rules of the pack judged it; 0 where none did. */
  readonly rulesAsked: number;
  readonly errors: readonly string[];
  readonly exitCode: ExitCode;
  /** True where there is nothing in the base to compare with. */
  readonly isNew: boolean;
}

/** One report a stack: those with a real preview first, then by name. */
export function reportsOf(evidence: Evidence): StackReport[] {
  const { heads, runs, problems } = evidence;
  const stacks = new Set([...runs.keys(), ...heads.keys(), ...problems.keys()]);
  return [...stacks]
    .map((stack) => reportOf(stack, evidence))
    .sort((a, b) => order(a) - order(b) || (a.stack < b.stack ? -1 : 1));
}

function order({ source }: StackReport): number {
  return source === "engine" ? 0 : 1;
}

function reportOf(stack: string, { heads, bases, runs, problems }: Evidence): StackReport {
  const [head, base, run, problem] = [
    heads.get(stack),
    bases.get(stack),
    runs.get(stack),
    problems.get(stack),
  ];
  const verdicts = verdictsOf(head, run);
  return {
    stack,
    source: run !== undefined ? "engine" : head !== undefined ? "offline" : "none",
    operation: run?.operation ?? "preview",
    changes: run?.changes ?? (head === undefined ? [] : offlineChanges(base, head)),
    governed: head === undefined ? [] : governedChanges(base, head),
    free: head !== undefined && costsNothing(head) && (base === undefined || costsNothing(base)),
    cost: head?.cost,
    costBefore: base?.cost,
    verdicts,
    rulesAsked: rulesAsked(head, run),
    errors: [...(problem === undefined ? [] : linesOf(problem)), ...(run === undefined ? [] : errorsOf(run))],
    exitCode: exitCodeOf(verdicts, run, problem),
    isNew: base === undefined,
  };
}

/** The engine's verdicts, with what it does not report: what the stack file waives or switches off. */
function verdictsOf(head: Plan | undefined, run: Run | undefined): PolicyViolation[] {
  const planned = head?.policies ?? [];
  const asked = run !== undefined && (run.policiesAsked > 0 || run.verdicts.length > 0);
  const all = asked
    ? [...run.verdicts, ...planned.filter(({ level }) => level !== "mandatory" && level !== "advisory")]
    : planned;
  return gravestFirst(all);
}

/** An offline plan is judged by every rule; the engine says whom it asked. */
function rulesAsked(head: Plan | undefined, run: Run | undefined): number {
  if (run !== undefined && run.policiesAsked > 0) return run.policiesAsked;
  return head === undefined ? 0 : RULES.length;
}

function exitCodeOf(
  verdicts: readonly PolicyViolation[],
  run: Run | undefined,
  problem: string | undefined,
): ExitCode {
  if (problem !== undefined) return EXIT.badConfiguration;
  const judged = run === undefined ? EXIT.ok : verdictOf(run).exitCode;
  const refused = verdicts.some(({ level }) => level === "mandatory");
  return judged === EXIT.ok && refused ? EXIT.policyViolation : judged;
}

function errorsOf(run: Run): string[] {
  if (run.errors.length > 0) return run.errors.flatMap(linesOf);
  const { exitCode, words } = verdictOf(run);
  return exitCode === EXIT.ok || exitCode === EXIT.policyViolation ? [] : [words];
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function offlineChanges(base: Plan | undefined, head: Plan): Change[] {
  const changes =
    base === undefined
      ? head.resources.filter(isCreated).map((resource) => change("create", resource))
      : changesBetween(diffPlans(base, head));
  return changes.sort((a, b) => CHANGE_KINDS.indexOf(a.kind) - CHANGE_KINDS.indexOf(b.kind));
}

function changesBetween({ created, deleted, changed }: PlanDiff): Change[] {
  return [
    ...deleted.filter(isCreated).map((resource) => change("delete", resource)),
    ...changed.flatMap(({ after, changes }) => {
      const said = changes.filter(({ path }) => isCreated(after) || saysOfSecrets(after, path));
      const names = said.map(({ path }) => firstName(path)).filter((name) => !name.startsWith("(depends"));
      return said.length === 0 ? [] : [change("update", after, names)];
    }),
    ...created.filter(isCreated).map((resource) => change("create", resource)),
  ];
}

function change(
  kind: Change["kind"],
  { urn, type, name, protect, retainOnDelete }: Plan["resources"][number],
  properties: readonly string[] = [],
): Change {
  return {
    kind,
    urn,
    type,
    name,
    properties: [...new Set(properties)],
    retained: kind === "delete" && retainOnDelete === true,
    isProtected: protect,
  };
}

/** `tags` of `tags.Name`: deeper names may come from a document's contents. */
function firstName(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}
