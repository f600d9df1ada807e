/** One field: its name in the stack file, what is there, what the stack says; undefined where the stack leaves it alone. */
export type Field = readonly [name: string, live: unknown, planned: unknown];

/** Differences field by field, for example `approvals is 0, stack says 1`. Lists are sets: GitHub orders them its own way. */
export function fieldDifferences(fields: readonly Field[]): string[] {
  return fields.flatMap(([name, live, planned]) => {
    if (planned === undefined) return [];
    const [is, says] = [shown(live), shown(planned)];
    return is === says ? [] : [`${name} is ${is}, stack says ${says}`];
  });
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).sort().join(", ");
  if (value === undefined || value === null || value === "") return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Names that should be there and are not. What else is there belongs to others. */
export function missingNames(kind: string, live: readonly string[], planned: readonly string[]): string[] {
  const found = new Set(live.map((name) => name.toUpperCase()));
  return planned.filter((name) => !found.has(name.toUpperCase())).map((name) => `${kind} ${name} is missing`);
}

/** Values that differ, or are not there. */
export function valueDifferences(
  kind: string,
  live: ReadonlyMap<string, string>,
  planned: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(planned).flatMap(([name, value]) => {
    const found = live.get(name);
    if (found === undefined) return [`${kind} ${name} is missing`];
    return fieldDifferences([[`${kind} ${name}`, found, value]]);
  });
}
