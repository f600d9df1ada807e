import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Properties } from "./world.ts";

/**
 * How the provider protocol marks values that are more than JSON. The SDK's server hands property
 * bags over as they travel, so the marks are seen here. Source: Pulumi's provider protocol,
 * "signature" keys of `pulumirpc` property values.
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: unknown): boolean {
  return isObject(value) && value[SIGNATURE] === SECRET_SIGNATURE;
}

export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

/** The same value without the marks of secrets, at any depth. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  if (isSecret(value)) return reveal(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

export function same(first: unknown, second: unknown): boolean {
  return isDeepStrictEqual(reveal(first), reveal(second));
}

/** Text of a property, or undefined where it is absent or not a text. */
export function text(properties: Properties, name: string): string | undefined {
  const value = reveal(properties[name]);
  return typeof value === "string" ? value : undefined;
}

/** `length` hexadecimal digits that are the same for the same seed. */
export function digits(seed: string, length: number): string {
  return createHash("sha512").update(seed).digest("hex").slice(0, length);
}

export function uuid(seed: string): string {
  return digits(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export { parseUrn } from "../../../cli/delivery/urn.ts";
