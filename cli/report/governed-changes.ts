import type { Plan, PlannedResource } from "../../model/plan.ts";
import { branchRules, type BranchRules } from "./governed-branches.ts";
import { branchChanges } from "./governed-changes-branches.ts";
import { environmentChanges } from "./governed-changes-environments.ts";
import { environmentRules, type EnvironmentRules } from "./governed-environments.ts";
import { objectOf, text, type Inputs } from "./governed-inputs.ts";
import { governedRepositories, partsOf, type GovernedRepository } from "./governed.ts";
import { className, isRepository } from "./tree.ts";

/** One thing that would be different on GitHub, in words. */
export interface GovernedChange {
  /** `OWNER/NAME`. */
  readonly repository: string;
  /** What of it, for example `main` or `environment prod`. */
  readonly topic: string;
  readonly words: string;
  /** True where it guards less than before, or lets more people do more. */
  readonly weakens: boolean;
}

/** A change before its place is known. */
export type Difference = Pick<GovernedChange, "words" | "weakens">;

/**
 * What two plans make of the same repositories, in words: what guards less first, then in the order of the plan.
 *
 * @param before undefined where there is nothing to compare with
 */
export function governedChanges(before: Plan | undefined, after: Plan): GovernedChange[] {
  const [earlier, later] = [
    before === undefined ? [] : governedRepositories(before),
    governedRepositories(after),
  ];
  const names = new Set([...earlier, ...later].map(({ repository }) => repository));
  const changes = [...names].flatMap((repository): GovernedChange[] => {
    const [old, now] = [earlier, later].map((list) => list.find((one) => one.repository === repository));
    const whole = (words: string): GovernedChange[] => [
      { repository, topic: "repository", words, weakens: now === undefined },
    ];
    if (now === undefined)
      return whole("is no longer governed; it stays on GitHub, without what is deleted below");
    if (old === undefined) return whole("is governed from now on");
    return changesOf(old, now).map((change) => ({ repository, ...change }));
  });
  return [...changes.filter(({ weakens }) => weakens), ...changes.filter(({ weakens }) => !weakens)];
}

type Placed = Omit<GovernedChange, "repository">;

function changesOf(before: GovernedRepository, after: GovernedRepository): Placed[] {
  return [
    ...branches(before, after),
    ...environments(before, after),
    ...secrets(before.facts, after.facts),
    ...others(before, after),
  ];
}

function branches(before: GovernedRepository, after: GovernedRepository): Placed[] {
  const [earlier, later] = [before, after].map(rulesByPattern);
  return keysOf(earlier, later).flatMap((pattern) => {
    const [old, now] = [earlier?.get(pattern), later?.get(pattern)];
    if (now === undefined) {
      const words =
        old?.isKept === true ? "rules are forgotten; they stay on GitHub" : "is no longer protected";
      return [{ topic: pattern, words, weakens: old?.isKept !== true }];
    }
    // A new protection weakens nothing, whatever it leaves out.
    if (old === undefined) return [{ topic: pattern, words: "is protected from now on", weakens: false }];
    return branchChanges(old.rules, now.rules).map((change) => ({ topic: pattern, ...change }));
  });
}

interface Kept {
  readonly rules: BranchRules;
  readonly isKept: boolean;
}

function rulesByPattern({ own }: GovernedRepository): Map<string, Kept> {
  return new Map(
    own.filter(isBranchRule).map(({ inputs, retainOnDelete }) => {
      const rules = branchRules(inputs);
      return [rules.pattern, { rules, isKept: retainOnDelete === true }];
    }),
  );
}

function isBranchRule({ type }: PlannedResource): boolean {
  return ["BranchProtection", "RepositoryRuleset"].includes(className(type)) && type.startsWith("github:");
}

function environments(before: GovernedRepository, after: GovernedRepository): Placed[] {
  const [earlier, later] = [before, after].map(environmentsByName);
  return keysOf(earlier, later).flatMap((name) => {
    const [old, now] = [earlier?.get(name), later?.get(name)];
    const topic = `environment ${name}`;
    if (now === undefined)
      return [{ topic, words: "is deleted, with its secrets and variables", weakens: true }];
    if (old === undefined) return [{ topic, words: "is made", weakens: false }];
    return environmentChanges(old, now).map((change) => ({ topic, ...change }));
  });
}

function environmentsByName({ own }: GovernedRepository): Map<string, EnvironmentRules> {
  const of = partsOf(own);
  return new Map(
    of("RepositoryEnvironment").map((environment) => {
      const rules = environmentRules(environment, of);
      return [rules.name, rules];
    }),
  );
}

function keysOf(...maps: readonly (ReadonlyMap<string, unknown> | undefined)[]): string[] {
  return [...new Set(maps.flatMap((map) => [...(map?.keys() ?? [])]))];
}

/** Secrets by where their values come from; the values themselves are never known here. */
function secrets(before: Inputs, after: Inputs): Placed[] {
  const [earlier, later] = [before, after].map((facts) => storesOf(objectOf(facts["secretSources"])));
  return keysOf(earlier, later).flatMap((topic) => {
    const [old, now] = [earlier?.get(topic) ?? {}, later?.get(topic) ?? {}];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name): Placed[] => {
      const [from, to] = [text(old, name), text(now, name)];
      if (from === to) return [];
      // A job that lacks its secret fails, or goes on without the check that needs it.
      if (to === "") return [{ topic, words: `${name} is deleted`, weakens: true }];
      if (from === "") return [{ topic, words: `${name} comes from ${to}`, weakens: false }];
      return [{ topic, words: `${name} comes from ${to} instead of ${from}`, weakens: false }];
    });
  });
}

function storesOf(sources: Inputs): Map<string, Inputs> {
  const environmentStores = Object.entries(objectOf(sources["environments"]));
  return new Map([
    ["secrets", objectOf(sources["actions"])],
    ["Dependabot secrets", objectOf(sources["dependabot"])],
    ...environmentStores.map(([name, own]) => [`secrets of environment ${name}`, objectOf(own)] as const),
  ]);
}

/** Topics that are compared as they are worded. */
const WORDED = ["repository", "Actions", "variables", "security", "files", "labels"];

/** Words that say that less is guarded, or more allowed. */
const WEAK =
  /^(public$|all actions allowed|token may write|may create and approve|no (Dependabot|secret|push))/;
const STRONG =
  /^(private$|internal$|off$|only |local only|token may only|pinned to|Dependabot|secret scanning|push protection)/;

function others(before: GovernedRepository, after: GovernedRepository): Placed[] {
  const itemsOf = ({ rows }: GovernedRepository, topic: string): readonly string[] =>
    rows.find((row) => row.topic === topic)?.items ?? [];
  return WORDED.flatMap((topic): Placed[] => {
    const [old, now] = [itemsOf(before, topic), itemsOf(after, topic)];
    const gone = old.filter((item) => !now.includes(item));
    const come = now.filter((item) => !old.includes(item));
    if (gone.length + come.length === 0) return [];
    const said = (items: readonly string[]): string => (items.length === 0 ? "(not said)" : items.join(", "));
    const guardsLess =
      come.some((item) => WEAK.test(item)) || (come.length === 0 && gone.some((item) => STRONG.test(item)));
    return [{ topic, words: `${said(gone)} → ${said(come)}`, weakens: guardsLess }];
  });
}

/** True for the component that says of a repository what no resource of it shows: where its secrets come from. */
export function saysOfSecrets(resource: PlannedResource, path: string): boolean {
  return isRepository(resource) && path.startsWith("secretSources.");
}
