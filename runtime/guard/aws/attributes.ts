import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/** What items of the guard's table hold. Numbers are exact only as far as a double is. */
export type Value =
  string | number | boolean | null | Uint8Array | readonly Value[] | { readonly [name: string]: Value };
export type Item = Readonly<Record<string, Value>>;
export type Attributes = Record<string, AttributeValue>;

/** Rejected: `@aws-sdk/lib-dynamodb`, a package more for this half page. */
export function marshal(item: Item): Attributes {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attribute(value)]));
}

/** @throws RangeError for NaN and infinities, which DynamoDB does not know. */
function attribute(value: Value): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === "string") return { S: value };
  if (typeof value === "boolean") return { BOOL: value };
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`${String(value)} cannot be stored: it is no number.`);
    return { N: String(value) };
  }
  if (value instanceof Uint8Array) return { B: value };
  if (isList(value)) return { L: value.map(attribute) };
  return { M: marshal(value) };
}

function isList(value: readonly Value[] | Item): value is readonly Value[] {
  return Array.isArray(value);
}

export function unmarshal(attributes: Attributes): Record<string, Value> {
  return Object.fromEntries(Object.entries(attributes).map(([name, one]) => [name, valueOf(one)]));
}

/** Sets, which the guard never writes, come as lists. */
function valueOf({ S, N, BOOL, B, L, M, SS, NS }: AttributeValue): Value {
  if (S !== undefined) return S;
  if (N !== undefined) return Number(N);
  if (BOOL !== undefined) return BOOL;
  if (B !== undefined) return B;
  if (L !== undefined) return L.map(valueOf);
  if (M !== undefined) return unmarshal(M);
  return SS ?? NS?.map(Number) ?? null;
}
