import { isUnknown } from "../model/resource.ts";

/**
 * Reading of provider inputs, which are of any shape in other people's programs. Each reader gives undefined for
 * what is absent or of another type; `isUnknown` tells the values that only AWS will know.
 */

export type Table = Readonly<Record<string, unknown>>;

export function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

/** The value at a path of keys. An unknown on the way is the answer: all below it is unknown too. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (isUnknown(found)) return found;
    found = tableOf(found)[key];
  }
  return found;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

/** A number, or a text that is one: launch templates write numbers either way. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** True for `true` and for `"true"`, as launch templates write it. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
