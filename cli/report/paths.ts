/** One property that differs. `undefined` stands for "not there". */
export interface PathChange {
  /** A path as Pulumi writes it: `tags["proving-ground:role"]`, `overrides[0].instanceType`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Lists of which the provider knows no order: a plan may write them in any. */
const SETS = new Set([
  "bypassActors",
  "contexts",
  "mergeQueues",
  "patternsAlloweds",
  "pullRequestBypassers",
  "pushAllowances",
  "reportedChecks",
  "requiredChecks",
  "teams",
  "topics",
  "users",
]);

/**
 * Every leaf that differs between two values, in the order of the paths. Items that both lists hold are no
 * difference, wherever they stand; of the others, the first is compared with the first.
 */
export function changedPaths(before: unknown, after: unknown, path = "", isSet = false): PathChange[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return changedItems(before, after, path, isSet);
  const [left, right] = [childrenOf(before), childrenOf(after)];
  if (left === undefined || right === undefined || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort();
  return keys.flatMap((key) =>
    changedPaths(left.get(key), right.get(key), join(path, key), isSet || SETS.has(key)),
  );
}

function changedItems(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  isSet: boolean,
): PathChange[] {
  const [gone, come] = [itemsWithout(before, after), itemsWithout(after, before)];
  if (gone.length + come.length === 0)
    return isSet || textOf(before) === textOf(after) ? [] : [{ path, before, after }];
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, at) => at).flatMap((at) => {
    const [left, right] = [gone[at], come[at]];
    const index = right?.index ?? left?.index ?? at;
    return changedPaths(left?.item, right?.item, `${path}[${String(index)}]`, isSet);
  });
}

interface Item {
  readonly index: number;
  readonly item: unknown;
}

/** The items that the other list does not hold, or holds less often. */
function itemsWithout(list: readonly unknown[], other: readonly unknown[]): Item[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(textOf(item), (left.get(textOf(item)) ?? 0) + 1);
  return list.flatMap((item, index) => {
    const count = left.get(textOf(item)) ?? 0;
    left.set(textOf(item), count - 1);
    return count > 0 ? [] : [{ index, item }];
  });
}

/** One text for equal items, whatever the order of their keys. */
function textOf(item: unknown): string {
  return JSON.stringify([item], (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
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
