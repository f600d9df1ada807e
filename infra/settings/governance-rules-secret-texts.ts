import { secretsIn } from "../../model/secret-shapes.ts";
import { isRecord } from "./describe.ts";
import type { GovernanceSettings } from "./governance.ts";
import type { Broken } from "./rules.ts";

const MESSAGE =
  "which whoever sees the plan or the repository reads: put it under secrets by its source, and replace the one that was written here";

/**
 * Texts of governance that hold a secret in clear (FM-65). The policy `no-secret-text` would say so as well, but of a
 * plan that already shows them, in the engine's own output too.
 */
export function* secretTextProblems(governance: GovernanceSettings): Generator<Broken> {
  yield* textProblems("governance", governance, undefined);
}

/** @param name of the variable that the value is of: elsewhere a key says nothing about its value */
function* textProblems(path: string, value: unknown, name: string | undefined): Generator<Broken> {
  if (typeof value === "string") {
    const found = secretsIn(value, name);
    if (found.length > 0) yield [path, value, `holds ${found.join(" and ")}, ${MESSAGE}`];
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* textProblems(`${path}[${String(index)}]`, item, name);
    return;
  }
  if (!isRecord(value)) return;
  const isVariables = path.endsWith(".variables");
  for (const [key, item] of Object.entries(value)) {
    const at = `${path}.${key}`;
    const found = secretsIn(key);
    if (found.length > 0) yield [at, undefined, `is a name that holds ${found.join(" and ")}, ${MESSAGE}`];
    yield* textProblems(at, item, isVariables ? key : undefined);
  }
}
