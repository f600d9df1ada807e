import { isRecord, show, type Problem } from "./describe.ts";

/** Settings that a stack with hosts cannot do without, and what each must be. */
const REQUIRED = {
  zones: "must be a list",
  budget:
    "must be an object with usdPerDay, worstCaseUsdPerDay and emails, or with unbudgeted: true and a reason",
} as const;

/** Settings of hosts and what they spend: without hosts they say nothing. */
export const HOST_SETTINGS = [
  "permissionsBoundary",
  "zones",
  "network",
  "orchestrator",
  "cluster",
  "artifacts",
  "budget",
  "guard",
  "modelApi",
  "secrets",
] as const;

/**
 * What `hosts` asks for and rules out. Such rules would belong to the schema, but a union of two whole
 * configurations would describe every mistake twice, once for each.
 *
 * @param given settings as written, without the engine's stand-ins
 */
export function* hostProblems(given: Readonly<Record<string, unknown>>): Generator<Problem> {
  if (given["hosts"] !== false) {
    for (const [path, message] of Object.entries(REQUIRED))
      if (given[path] === undefined) yield { path, value: undefined, message: `is missing; ${message}` };
    return;
  }
  for (const path of HOST_SETTINGS) {
    const value = given[path];
    if (value === undefined || isEmpty(value)) continue;
    yield { path, value: show(value, path), message: "has no effect with hosts: false; remove it" };
  }
  if (given["governance"] === undefined)
    yield {
      path: "governance",
      value: undefined,
      message: "is missing; a stack with hosts: false has nothing else to do",
    };
}

/** What the engine puts in the place of a setting that is not given. */
function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0;
}
