import { SECRET, UNKNOWN } from "../../model/resource.ts";
import type { PlannedResource } from "../../model/plan.ts";
import { hasNoTerraformType, terraformName, terraformType, type TerraformType } from "./terraform-types.ts";

/**
 * Turns a plan into Terraform's plan JSON (format 1.2), for auditors that read nothing else. Source of the format:
 * "JSON Output Format" of Terraform's documentation.
 *
 * It keeps more than Terraform would: a policy document with an ARN that AWS has yet to give is unknown to
 * Terraform as a whole, and its auditors pass it unread; here the ARN becomes a plausible one, and the document is read.
 */
export interface TerraformPlan {
  readonly format_version: "1.2";
  readonly terraform_version: string;
  readonly planned_values: { readonly root_module: { readonly resources: readonly TerraformResource[] } };
  readonly resource_changes: readonly TerraformChange[];
  readonly configuration: { readonly root_module: { readonly resources: readonly TerraformConfiguration[] } };
}

interface TerraformAddress {
  readonly address: string;
  readonly mode: "managed";
  readonly type: string;
  readonly name: string;
}

interface TerraformResource extends TerraformAddress {
  readonly values: Values;
}

interface TerraformChange extends TerraformAddress {
  readonly change: {
    readonly actions: readonly ["create"];
    readonly before: null;
    readonly after: Values;
    readonly after_unknown: Readonly<Record<string, true>>;
  };
}

interface TerraformConfiguration extends TerraformAddress {
  readonly expressions: Readonly<Record<string, { readonly references: readonly string[] }>>;
}

type Values = Readonly<Record<string, unknown>>;

/** What a plan says of its resources, and all that is read here. */
export type Audited = Pick<PlannedResource, "type" | "name" | "inputs">;

const MARKER = /\[([A-Za-z0-9][\w./-]*)\.([A-Za-z]\w*)\]/g;
const WHOLE_MARKER = new RegExp(`^${MARKER.source}$`);
const PLAUSIBLE_ACCOUNT = "123456789012";

/**
 * @param scope goes before every name: several plans may lie in one folder, where an auditor would otherwise take
 *   the access block of one stack's bucket for that of another's.
 * @throws Error for a type, a nested input or a marker that cannot be translated: nothing is left out in silence.
 */
export function terraformPlan(scope: string, planned: readonly Audited[]): TerraformPlan {
  const resources = planned.filter(({ type }) => !hasNoTerraformType(type));
  const markers = new Markers(scope, planned);
  const converted = resources.map((resource) => convert(resource, markers));
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: {
      root_module: { resources: converted.map(({ address, values }) => ({ ...address, values })) },
    },
    resource_changes: converted.map(({ address, values, unknown }) => ({
      ...address,
      change: { actions: ["create"], before: null, after: values, after_unknown: unknown },
    })),
    configuration: {
      root_module: {
        resources: converted.map(({ address, references }) => ({ ...address, expressions: references })),
      },
    },
  };
}

/** A text with every marker replaced by what AWS might give: a document an auditor can read. */
export function plausible(text: string, planned: readonly Audited[]): string {
  return new Markers("", planned).plausible(text);
}

function convert(resource: Audited, markers: Markers) {
  const type = terraformType(resource.type);
  const address = markers.address(resource);
  const unknown: Record<string, true> = {};
  const references: Record<string, { references: readonly string[] }> = {};
  const values: Record<string, unknown> = {};
  for (const [input, value] of Object.entries(resource.inputs)) {
    const name = terraformName(type, input);
    const referred = markers.referencesIn(JSON.stringify(value));
    if (referred.length > 0) references[name] = { references: referred };
    if (value === UNKNOWN) unknown[name] = true;
    else values[name] = valueOf(value, { type, markers, at: resource }, [input]);
  }
  return { address, values, unknown, references };
}

interface Place {
  readonly type: TerraformType;
  readonly markers: Markers;
  readonly at: Audited;
}

function valueOf(value: unknown, place: Place, path: readonly string[]): unknown {
  if (typeof value === "string") return place.markers.text(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => elementOf(element, place, path));
  const object = value as Values;
  if (isAsset(object)) return String(Object.values(object)[0]);
  const own = path.join(".");
  if (own === "tags" || (place.type.maps ?? []).includes(own))
    return entriesOf(object, place, path, (key) => key);
  return [elementOf(object, place, path)];
}

/** A text of a list, or the one object of a block. */
function elementOf(value: unknown, place: Place, path: readonly string[]): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return valueOf(value, place, path);
  const own = path.join(".");
  if (!(place.type.blocks ?? []).includes(own)) {
    throw new Error(
      `${place.at.type} ${place.at.name}: input ${own} is an object, and test/support/terraform-types.ts names it neither a block nor a map.`,
    );
  }
  return entriesOf(value as Values, place, path, (key) => terraformName(place.type, key));
}

function entriesOf(
  value: Values,
  place: Place,
  path: readonly string[],
  nameOf: (key: string) => string,
): Values {
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => [nameOf(key), valueOf(below, place, [...path, key])]),
  );
}

/** A file as the plan shows it: `{"asset": path}`, `{"archive": path}`. */
function isAsset(value: Values): boolean {
  const [only, ...more] = Object.keys(value);
  return more.length === 0 && (only === "asset" || only === "archive");
}

/** Reads the plan's markers, `[name.property]`, of outputs that only AWS will know. */
class Markers {
  readonly #scope: string;
  readonly #planned: readonly Audited[];
  readonly #byName: ReadonlyMap<string, Audited>;

  constructor(scope: string, planned: readonly Audited[]) {
    this.#scope = scope;
    this.#planned = planned;
    this.#byName = new Map(
      planned.filter(({ type }) => !hasNoTerraformType(type)).map((resource) => [resource.name, resource]),
    );
  }

  address(resource: Audited): TerraformAddress {
    const { name: type } = terraformType(resource.type);
    const name = `${this.#scope}--${resource.name}`;
    return { address: `${type}.${name}`, mode: "managed", type, name };
  }

  /** A wholly unknown text becomes the reference itself, as a Terraform program has it; any other is made plausible. */
  text(text: string): string {
    const [, name, property] = WHOLE_MARKER.exec(text) ?? [];
    const target = name === undefined ? undefined : this.#target(name);
    if (target === undefined) return this.plausible(text);
    return `${this.address(target).address}.${terraformName(terraformType(target.type), property ?? "id")}`;
  }

  plausible(text: string): string {
    if (text === SECRET) return "secret";
    if (text.includes(UNKNOWN)) throw new Error(`A text is half unknown and names no resource: ${text}`);
    return text.replace(MARKER, (marker: string, name: string, property: string) =>
      this.#valueOf(marker, name, property),
    );
  }

  /** As Terraform lists them: the attribute, then the resource. */
  referencesIn(text: string): string[] {
    const found = [...text.matchAll(MARKER)].flatMap(([, name = "", property = ""]) => {
      const target = this.#target(name);
      if (target === undefined) return [];
      const { address } = this.address(target);
      return [`${address}.${terraformName(terraformType(target.type), property)}`, address];
    });
    return [...new Set(found)];
  }

  /** The resource a marker names; undefined for data of the account and for random names. */
  #target(name: string): Audited | undefined {
    return this.#byName.get(name);
  }

  #valueOf(marker: string, name: string, property: string): string {
    if (name === "aws" && property === "account") return PLAUSIBLE_ACCOUNT;
    const target = this.#target(name);
    if (target === undefined) {
      if (name === "aws" || this.#planned.some((resource) => resource.name === name))
        return `${name}-${property}`;
      throw new Error(`${marker} names no resource of the plan.`);
    }
    if (property !== "arn") return `${name}-${property}`;
    const { arn } = terraformType(target.type);
    if (arn === undefined) {
      throw new Error(`${marker}: test/support/terraform-types.ts has no \`arn\` for ${target.type}.`);
    }
    return arn.replace("NAME", name);
  }
}
