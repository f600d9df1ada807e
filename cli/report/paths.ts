/** One property that differs. `undefined` stands for "not there". */
export interface PathChange {
  /** A path as Pulumi writes it: `tags["proving-ground:role"]`, `overrides[0].instanceType`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every leaf that differs between two values, in the order of the paths. A list grown or shrunk differs at its end. */
export function changedPaths(before: unknown, after: unknown, path = ""): PathChange[] {
  if (Object.is(before, after)) return [];
  const [left, right] = [childrenOf(before), childrenOf(after)];
  if (left === undefined || right === undefined || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const list = Array.isArray(before);
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  const ordered = list ? keys : keys.sort();
  return ordered.flatMap((key) =>
    changedPaths(left.get(key), right.get(key), list ? `${path}[${key}]` : join(path, key)),
  );
}

function childrenOf(value: unknown): Map<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function join(path: string, key: string): string {
  if (path === "" && key.startsWith("(")) return key;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
