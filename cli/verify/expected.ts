import type { Plan, PlannedResource } from "../../model/plan.ts";

/** Resources of one type, in the plan's order. */
export function ofType({ resources }: Pick<Plan, "resources">, type: string): PlannedResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** A text among a resource's inputs; empty where the plan has none. */
export function textOf({ inputs }: PlannedResource, key: string): string {
  const value = inputs[key];
  return typeof value === "string" ? value : "";
}

/** What only a deployment knows stands in a plan as `[RESOURCE.PROPERTY]`. */
const UNKNOWN = /\[[\w.-]+\]/g;

/** Whether a live text is the planned one, with anything in place of what the plan cannot know. */
export function fits(planned: string, live: string): boolean {
  const known = planned.split(UNKNOWN);
  const [first = "", ...others] = known;
  const last = others.at(-1);
  if (last === undefined) return planned === live;
  if (!live.startsWith(first) || !live.endsWith(last)) return false;
  let from = first.length;
  for (const part of others.slice(0, -1)) {
    // What is not known is not empty.
    const found = live.indexOf(part, from + 1);
    if (found === -1) return false;
    from = found + part.length;
  }
  return live.length - last.length > from;
}

/** The same for anything JSON holds; the order of keys is free, as AWS may change it. */
export function fitsDeep(planned: unknown, live: unknown): boolean {
  if (typeof planned === "string") return typeof live === "string" && fits(planned, live);
  if (Array.isArray(planned))
    return (
      Array.isArray(live) &&
      planned.length === live.length &&
      planned.every((item, at) => fitsDeep(item, live[at]))
    );
  if (typeof planned !== "object" || planned === null) return planned === live;
  if (typeof live !== "object" || live === null || Array.isArray(live)) return false;
  const found = new Map<string, unknown>(Object.entries(live));
  const wanted = Object.entries(planned);
  return (
    wanted.length === found.size &&
    wanted.every(([key, value]) => found.has(key) && fitsDeep(value, found.get(key)))
  );
}

/** Whether two policy documents say the same. AWS gives a list of one back as its only member, and the reverse. */
export function samePolicy(planned: string, live: string): boolean {
  return fitsDeep(singles(JSON.parse(planned)), singles(JSON.parse(live)));
}

function singles(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? singles(value[0]) : value.map(singles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, singles(item)]));
}
