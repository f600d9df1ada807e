import { Decimal } from "decimal.js";
import type { CostSummary } from "../../model/cost.ts";
import type { Plan, PlannedResource, PolicyViolation } from "../../model/plan.ts";
import { governedChanges, type GovernedChange } from "./governed-changes.ts";
import { sum } from "./money.ts";
import { changedPaths, type PathChange } from "./paths.ts";
import { isStack } from "./tree.ts";

export interface ChangedResource {
  readonly before: PlannedResource;
  readonly after: PlannedResource;
  /** Never empty; in the order of the paths. */
  readonly changes: readonly PathChange[];
}

/** A figure that differs. USD; null stands for "none", such as no budget. */
export interface FigureChange {
  readonly name: (typeof FIGURES)[number][0];
  readonly before: number | null;
  readonly after: number | null;
}

/** An item of one resource whose price differs, dearest difference first. USD a day at the schedule. */
export interface ItemChange {
  readonly resource: string;
  readonly item: string;
  readonly before: Decimal;
  readonly after: Decimal;
}

export interface PlanDiff {
  readonly before: Plan;
  readonly after: Plan;
  /** False where two stacks are compared. */
  readonly sameStack: boolean;
  readonly created: readonly PlannedResource[];
  /** With those that are only forgotten, by their `retainOnDelete`. */
  readonly deleted: readonly PlannedResource[];
  readonly changed: readonly ChangedResource[];
  /** Stack outputs whose planned value differs. */
  readonly outputs: readonly PathChange[];
  readonly figures: readonly FigureChange[];
  readonly items: readonly ItemChange[];
  /** What is different on GitHub, what guards less first. */
  readonly governed: readonly GovernedChange[];
  readonly policies: {
    readonly added: readonly PolicyViolation[];
    readonly resolved: readonly PolicyViolation[];
  };
}

/** Figures compared, in the order shown. */
export const FIGURES = [
  ["at the schedule, a day", ({ usdPerDay }: CostSummary) => usdPerDay],
  ["all day, a day", ({ allDayUsdPerDay }: CostSummary) => allDayUsdPerDay],
  ["worst case, a day", ({ worstCaseUsdPerDay }: CostSummary) => worstCaseUsdPerDay],
  ["average month", ({ usdPerMonth }: CostSummary) => usdPerMonth],
  ["while everything runs, an hour", ({ usdPerHour }: CostSummary) => usdPerHour],
  ["budget, a day", ({ budgetUsdPerDay }: CostSummary) => budgetUsdPerDay],
  ["worst-case ceiling, a day", ({ worstCaseCeilingUsdPerDay }: CostSummary) => worstCaseCeilingUsdPerDay],
] as const satisfies readonly (readonly [string, (cost: CostSummary) => number | null])[];

/**
 * What differs between two plans, resource by resource: by the part of the URN behind stack and
 * project, so that staging can be compared with prod. Secrets are shown as one marker in both, so a changed
 * secret is no difference; a plan cannot tell an update from a replacement, `pulumi preview` can.
 */
export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const earlier = new Map(before.resources.map((resource) => [identityOf(resource.urn), resource]));
  const later = new Set(after.resources.map(({ urn }) => identityOf(urn)));
  return {
    before,
    after,
    sameStack: before.project === after.project && before.stack === after.stack,
    created: after.resources.filter(
      (resource) => !isStack(resource) && !earlier.has(identityOf(resource.urn)),
    ),
    deleted: before.resources.filter(
      (resource) => !isStack(resource) && !later.has(identityOf(resource.urn)),
    ),
    changed: after.resources.flatMap((resource) => changeOf(earlier.get(identityOf(resource.urn)), resource)),
    outputs: changedPaths(before.outputs, after.outputs),
    figures: FIGURES.map(([name, of]) => ({ name, before: of(before.cost), after: of(after.cost) })).filter(
      (figure) => figure.before !== figure.after,
    ),
    items: itemChanges(before, after),
    governed: governedChanges(before, after),
    policies: {
      added: without(after.policies, before.policies),
      resolved: without(before.policies, after.policies),
    },
  };
}

/** `urn:pulumi:STACK::PROJECT::` and then what a resource is: its types from the top and its name. */
function identityOf(urn: string): string {
  return urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, "");
}

function changeOf(before: PlannedResource | undefined, after: PlannedResource): ChangedResource[] {
  if (before === undefined) return [];
  const changes = [
    ...changedPaths(before.inputs, after.inputs),
    ...changedPaths({ "(protect)": before.protect }, { "(protect)": after.protect }),
    ...changedPaths(
      { "(kept)": before.retainOnDelete === true },
      { "(kept)": after.retainOnDelete === true },
    ),
  ];
  // What it waits for changes nothing by itself: one more part of a component is a dependency of all its users.
  if (changes.length === 0) return [];
  const order = changedPaths({ "(depends on)": namesOf(before) }, { "(depends on)": namesOf(after) });
  return [{ before, after, changes: [...changes, ...order] }];
}

/** Names instead of URNs, sorted: order says nothing, and one text is read more easily than a list of paths. */
function namesOf({ dependencies }: PlannedResource): string {
  return [...dependencies]
    .map((urn) => urn.slice(urn.lastIndexOf("::") + 2))
    .sort()
    .join(", ");
}

function itemChanges(before: Plan, after: Plan): ItemChange[] {
  const names = new Map(
    [...before.resources, ...after.resources].map(({ urn, name }) => [identityOf(urn), name]),
  );
  const amounts = (plan: Plan): Map<string, Decimal> => {
    const found = new Map<string, Decimal>();
    for (const { urn, item, usdPerDay } of plan.cost.lines) {
      const key = JSON.stringify([identityOf(urn), item]);
      found.set(key, sum([found.get(key) ?? 0, usdPerDay]));
    }
    return found;
  };
  const [earlier, later] = [amounts(before), amounts(after)];
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .flatMap((key): ItemChange[] => {
      const [identity, item] = JSON.parse(key) as [string, string];
      const change = {
        resource: names.get(identity) ?? identity,
        item,
        before: earlier.get(key) ?? new Decimal(0),
        after: later.get(key) ?? new Decimal(0),
      };
      return change.before.eq(change.after) ? [] : [change];
    })
    .sort((a, b) => b.after.minus(b.before).abs().cmp(a.after.minus(a.before).abs()));
}

function without(all: readonly PolicyViolation[], known: readonly PolicyViolation[]): PolicyViolation[] {
  const keyOf = ({ name, level, urn, message }: PolicyViolation): string =>
    JSON.stringify([name, level, identityOf(urn), message]);
  const keys = new Set(known.map(keyOf));
  return all.filter((violation) => !keys.has(keyOf(violation)));
}
