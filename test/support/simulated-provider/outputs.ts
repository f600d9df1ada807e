import { ACCOUNT, REGION, TYPES, type TypeTraits } from "./types.ts";
import { digits, isObject, reveal, secret, text, uuid } from "./values.ts";
import type { Properties } from "./world.ts";

/** The traits of a type; a type nobody described behaves like most of AWS: named for life. */
export function traitsOf(type: string): TypeTraits {
  return TYPES[type] ?? { immutable: ["name"] };
}

/** Fills a pattern of `TypeTraits`; an unset property leaves an empty place. */
function fill(pattern: string, seed: string, properties: Properties): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "hex") return `0${digits(`${seed}/${pattern}`, 16)}`;
    if (name === "suffix") return digits(`${seed}/${pattern}`, 6);
    if (name === "short") return digits(`${seed}/${pattern}`, 8);
    if (name === "SHORT") return digits(`${seed}/${pattern}`, 8).toUpperCase();
    if (name === "uuid") return uuid(`${seed}/${pattern}`);
    if (name === "region") return REGION;
    if (name === "account") return ACCOUNT;
    return text(properties, name) ?? "";
  });
}

/** Zone ids stand for other names in every account; in this one they are in alphabetical order. */
function zoneName(zoneId: string): string {
  return `${REGION}${"abcd".charAt(Number(zoneId.slice(-1)) - 1)}`;
}

/**
 * What AWS answers to a creation: the inputs and what it adds.
 *
 * @param seed differs for each creation, so that ids do
 */
export function createdProperties(
  type: string,
  name: string,
  inputs: Properties,
  seed: string,
): { id: string; properties: Properties } {
  const traits = traitsOf(type);
  const kind = type.slice(type.lastIndexOf(":") + 1).toLowerCase();
  const given: Properties = { region: REGION, ...computedFrom(type, inputs, seed), ...inputs };
  const preset = presets(traits, given, seed);
  const id = fill(traits.id ?? `${kind}-{hex}`, `${seed}/${name}`, preset);
  const arn = traits.arn === undefined ? {} : { arn: fill(traits.arn, seed, { ...preset, id }) };
  const properties = presets(traits, { ...given, ...arn }, seed, id);
  return { id, properties };
}

/** The further outputs of the traits that the properties at hand do not settle already. */
function presets(traits: TypeTraits, given: Properties, seed: string, id?: string): Properties {
  const known = id === undefined ? given : { ...given, id };
  const added = Object.entries(traits.computed ?? {})
    .filter(([key, pattern]) => !(key in given) && (id !== undefined || !String(pattern).includes("{id}")))
    .map(([key, pattern]) => [
      key,
      typeof pattern === "string" ? fill(pattern, `${seed}/${key}`, known) : pattern,
    ]);
  return { ...given, ...Object.fromEntries(added) } as Properties;
}

/** Outputs that a pattern cannot say. */
function computedFrom(type: string, inputs: Properties, seed: string): Properties {
  const tags = reveal(inputs["tags"]);
  const zoneId = text(inputs, "availabilityZoneId");
  const desired = inputs["minSize"];
  return {
    ...(isObject(tags) ? { tagsAll: tags } : {}),
    ...(zoneId === undefined ? {} : { availabilityZone: zoneName(zoneId) }),
    ...(type === "aws:autoscaling/group:Group" && typeof desired === "number"
      ? { desiredCapacity: desired }
      : {}),
    ...(type === "aws:route53/zone:Zone"
      ? { nameServers: [1, 2, 3, 4].map((n) => `ns-${String(n)}.example.com`) }
      : {}),
    ...(type === "random:index/randomId:RandomId" ? randomId(inputs, seed) : {}),
    ...(type === "random:index/randomBytes:RandomBytes" ? randomBytes(inputs, seed) : {}),
    ...(type === "random:index/randomPassword:RandomPassword"
      ? { result: secret(digits(seed, Number(inputs["length"] ?? 16))) }
      : {}),
  };
}

function randomId(inputs: Properties, seed: string): Properties {
  const hex = digits(seed, 2 * Number(inputs["byteLength"]));
  return { hex, dec: BigInt(`0x${hex}`).toString() };
}

function randomBytes(inputs: Properties, seed: string): Properties {
  const hex = digits(seed, 2 * Number(inputs["length"]));
  return { hex: secret(hex), base64: secret(Buffer.from(hex, "hex").toString("base64")) };
}
