import type { Decimal } from "decimal.js";
import type { CostLine } from "../../model/cost.ts";
import type { Plan, PlannedResource } from "../../model/plan.ts";
import { isUnpriced } from "../../pricing/unpriced.ts";
import { sum } from "./money.ts";

/**
 * A part of the plan as the reports show it: a component, or several slots of one role taken
 * together, with everything beneath.
 */
export interface Part {
  /** Labels from the top, joined: `Cluster / storage`. Unique in a plan. */
  readonly path: string;
  /** `Artifact store`, or for slots their role: `storage`. */
  readonly label: string;
  /** 1, or the number of slots taken together. */
  readonly count: number;
  readonly components: readonly PlannedResource[];
  readonly parts: readonly Part[];
  /** Resources of this part itself, those of inner parts left out; no components, no providers. */
  readonly own: readonly PlannedResource[];
  /** Resources of this part and of all parts in it. */
  readonly resourceCount: number;
  /** Cost lines of this part itself. */
  readonly lines: readonly CostLine[];
  readonly usdPerDay: Decimal;
  readonly worstCaseUsdPerDay: Decimal;
  /** True for slots of a role. */
  readonly slots: boolean;
}

export const WHOLE_STACK = "Stack";

/**
 * A component by its token: `proving-ground:infra:Network`. Provider resources carry a slash in
 * theirs (`aws:ec2/vpc:Vpc`); the engine's own and dynamic ones begin with `pulumi`.
 */
export function isComponent({ type }: PlannedResource): boolean {
  return !type.includes("/") && !type.startsWith("pulumi");
}

/** A repository on GitHub with its settings. */
export function isRepository({ type }: PlannedResource): boolean {
  return className(type) === "GovernedRepository";
}

export function isStack({ type }: PlannedResource): boolean {
  return type === "pulumi:pulumi:Stack";
}

/** True for what AWS or GitHub would be asked to make: no component, no stack, no provider. */
export function isCreated(resource: PlannedResource): boolean {
  return !isComponent(resource) && !isStack(resource) && !resource.type.startsWith("pulumi:providers:");
}

/** What is said of a resource that the program gave up and that stays where it is. */
export function forgotten(type: string): string {
  return `forgotten; stays ${type.startsWith("github:") ? "on GitHub" : "where it is"}`;
}

/** True where nothing of the plan costs money, and nothing hides what it costs. */
export function costsNothing({ cost, resources }: Plan): boolean {
  return cost.lines.length === 0 && !resources.some(({ type }) => isUnpriced(type));
}

/** Who would have to say yes to the plan: `AWS`, `GitHub`, or `AWS or GitHub`. */
export function providersAsked({ resources }: Plan): string {
  const titles = [
    ["aws:", "AWS"],
    ["github:", "GitHub"],
  ] as const;
  const asked = titles.filter(([prefix]) => resources.some(({ type }) => type.startsWith(prefix)));
  return asked.length === 0 ? "AWS" : asked.map(([, title]) => title).join(" or ");
}

/** What only shows once they are asked, as a list. */
export function unasked(plan: Plan): string {
  const first = providersAsked(plan) === "GitHub" ? "what its plan allows" : "quotas, capacity";
  return `${first}, permissions and names already taken`;
}

/** The last word of a token, `ArtifactStore` of `proving-ground:infra:ArtifactStore`. */
export function className(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** `ArtifactStore` → `Artifact store`; capitals that belong together stay: `VPCEndpoint` → `VPC endpoint`. */
export function titleOf(type: string): string {
  const words = className(type)
    .replace(/v\d+$/, "")
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return words
    .map((word, index) => (index === 0 || /^[A-Z0-9]+$/.test(word) ? word : word.toLowerCase()))
    .join(" ");
}

/** The plan as one part: the stack, its components in it. */
export function partsOf(plan: Plan): Part {
  const known = new Map(plan.resources.map((resource) => [resource.urn, resource]));
  const owners = new Map(plan.resources.map(({ urn }) => [urn, componentOf(urn, known)]));
  const children = group(plan.resources.filter(isComponent), ({ parent }) => componentOf(parent, known));
  const resources = group(plan.resources.filter(isCreated), ({ urn }) => owners.get(urn) ?? "");
  const lines = group(plan.cost.lines, ({ urn }) => owners.get(urn) ?? "");
  const context: Context = { children, resources, lines };
  const [top, ...others] = children.get("") ?? [];
  // One component that holds all others says nothing a reader does not know: it counts as the stack itself.
  const wrapper = top !== undefined && others.length === 0 && children.has(top.urn) ? [top.urn] : [];
  if (wrapper.length > 0) children.delete("");
  return build(context, {
    path: WHOLE_STACK,
    label: WHOLE_STACK,
    components: [],
    keys: ["", ...wrapper],
    slots: false,
  });
}

interface Context {
  readonly children: ReadonlyMap<string, readonly PlannedResource[]>;
  readonly resources: ReadonlyMap<string, readonly PlannedResource[]>;
  readonly lines: ReadonlyMap<string, readonly CostLine[]>;
}

interface Seed {
  readonly path: string;
  readonly label: string;
  readonly components: readonly PlannedResource[];
  /** URNs of the components; the empty text for the stack. */
  readonly keys: readonly string[];
  readonly slots: boolean;
}

function build(context: Context, { path, label, components, keys, slots }: Seed): Part {
  const inner = keys.flatMap((key) => context.children.get(key) ?? []);
  const parts = seedsOf(inner, path === WHOLE_STACK ? "" : `${path} / `, components).map((seed) =>
    build(context, seed),
  );
  const own = keys.flatMap((key) => context.resources.get(key) ?? []);
  const lines = keys.flatMap((key) => context.lines.get(key) ?? []);
  return {
    path,
    label,
    count: Math.max(1, components.length),
    components,
    parts,
    own,
    resourceCount: own.length + parts.reduce((total, part) => total + part.resourceCount, 0),
    lines,
    usdPerDay: sum([...lines.map((line) => line.usdPerDay), ...parts.map((part) => part.usdPerDay)]),
    worstCaseUsdPerDay: sum([
      ...lines.map((line) => line.worstCaseUsdPerDay),
      ...parts.map((part) => part.worstCaseUsdPerDay),
    ]),
    slots,
  };
}

/** Slots of a role become one part; other components one each, with their name where the type alone is not telling. */
function seedsOf(
  components: readonly PlannedResource[],
  prefix: string,
  above: readonly PlannedResource[],
): Seed[] {
  const seeds = [
    ...group(
      components,
      (component) => `${component.type}\n${isSlot(component) ? stem(component.name) : component.urn}`,
    ).values(),
  ].map((members): Seed => {
    const [first] = members;
    const slots = first !== undefined && isSlot(first);
    const sameType = components.filter(({ type }) => type === first?.type).length;
    const label =
      first === undefined
        ? ""
        : slots
          ? roleOf(first, above)
          : titleOf(first.type) + (sameType > 1 ? ` ${first.name}` : "");
    return {
      path: `${prefix}${label}`,
      label,
      components: members,
      keys: members.map(({ urn }) => urn),
      slots,
    };
  });
  const taken = new Map<string, number>();
  return seeds.map((seed) => {
    const uses = (taken.get(seed.path) ?? 0) + 1;
    taken.set(seed.path, uses);
    return uses === 1
      ? seed
      : { ...seed, path: `${seed.path} (${String(uses)})`, label: `${seed.label} (${String(uses)})` };
  });
}

function isSlot({ type, name }: PlannedResource): boolean {
  return className(type) === "Slot" && /-\d+$/.test(name);
}

function stem(name: string): string {
  return name.replace(/-\d+$/, "");
}

/** `storage` of `dev-storage-1`: the name without its number and what it shares with the component above (`dev-cluster`). */
function roleOf(slot: PlannedResource, above: readonly PlannedResource[]): string {
  const role = stem(slot.name);
  const prefixes = above.flatMap(({ name }) => [`${name}-`, name.slice(0, name.lastIndexOf("-") + 1)]);
  const prefix = prefixes.find(
    (candidate) => candidate.length > 1 && role.startsWith(candidate) && role.length > candidate.length,
  );
  return role.slice(prefix?.length ?? 0);
}

/** URN of the nearest component at or above; the empty text where there is none. */
function componentOf(urn: string | null, known: ReadonlyMap<string, PlannedResource>): string {
  const seen = new Set<string>();
  for (
    let at = urn === null ? undefined : known.get(urn);
    at !== undefined && !seen.has(at.urn);
    at = at.parent === null ? undefined : known.get(at.parent)
  ) {
    if (isComponent(at)) return at.urn;
    seen.add(at.urn);
  }
  return "";
}

function group<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [value]);
    else members.push(value);
  }
  return groups;
}

/** Every part, the stack first, outer before inner. */
export function allParts(root: Part): Part[] {
  return [root, ...root.parts.flatMap(allParts)];
}

/** `storage × 5`. */
export function labelOf({ label, count }: Part): string {
  return count > 1 ? `${label} × ${String(count)}` : label;
}

/** What a part runs on, as one phrase such as `i4i.2xlarge spot`; the empty text where it runs nothing. */
export function machineOf(part: Part): string {
  const types = [...new Set(part.own.flatMap(({ inputs }) => instanceTypesIn(inputs)))];
  const [first] = types;
  if (first === undefined) return "";
  const dearest = part.lines.reduce<CostLine | undefined>(
    (most, line) => (most === undefined || line.usdPerDay > most.usdPerDay ? line : most),
    undefined,
  );
  const others =
    types.length > 1 ? ` or ${String(types.length - 1)} other${types.length > 2 ? "s" : ""}` : "";
  return `${first}${others}${marketOf(dearest)}`;
}

/**
 * True where slots count by hours that only the settings state: the plan must not read as if something would
 * stop them.
 */
export function hoursAreOnlyPlanned({ resources }: Pick<Plan, "resources">): boolean {
  const has = (type: string) => resources.some((resource) => resource.type === type);
  return has("aws:autoscaling/group:Group") && !has("aws:autoscaling/schedule:Schedule");
}

/** How the machine is bought; a spot host without a spot price is still a spot host, and says what it counts at. */
function marketOf(line: CostLine | undefined): string {
  if (line?.basis === "spot") return " spot";
  if (line?.basis !== "on-demand") return "";
  return line.item.startsWith("spot") ? " spot, at the on-demand price" : " on-demand";
}

/** Values of every `instanceType` at any depth: of instances, launch templates and the overrides of groups. */
function instanceTypesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "instanceType" && typeof inner === "string" ? [inner] : instanceTypesIn(inner),
  );
}
