import type { ResourceRecord } from "../../model/resource.ts";
import { Answers } from "../bootstrap/support.ts";
import type { Condition } from "./iam-conditions.ts";

/** A statement of a policy document that holds only where its condition does. */
export interface ConditionalStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition: Condition;
}

export interface Conditional {
  /** Plan, resource and statement. */
  readonly where: string;
  readonly statement: ConditionalStatement;
}

type Recorded = Pick<ResourceRecord, "type" | "name" | "inputs">;

/**
 * Every statement with a condition in any input of any resource, however deep it lies and whether it is text or an
 * object, so that a type nobody thought of is found too. Each once, however many plans and roles have it.
 *
 * @throws Error for a condition outside of a statement: nobody would evaluate it.
 */
export function conditionalStatements(
  plans: Iterable<readonly [plan: string, resources: readonly Recorded[]]>,
): ReadonlyMap<string, Conditional> {
  const found = new Map<string, Conditional>();
  for (const [plan, resources] of plans) {
    const answers = new Answers(resources);
    for (const { type, name, inputs } of resources)
      for (const candidate of conditionsIn(inputs)) {
        const statement: unknown = JSON.parse(answers.in(JSON.stringify(candidate)));
        if (!isStatement(statement))
          throw new Error(`${plan} ${type} ${name}: a condition that is in no statement with a Sid`);
        found.set(JSON.stringify(statement), { where: `${plan} ${name} ${statement.Sid}`, statement });
      }
  }
  return found;
}

/** Everything below a value that carries a condition. */
function* conditionsIn(value: unknown): Generator<object> {
  if (typeof value === "string") {
    if (value.includes('"Condition"')) yield* conditionsIn(parsed(value));
  } else if (typeof value === "object" && value !== null) {
    if ("Condition" in value) yield value;
    for (const inner of Object.values(value)) yield* conditionsIn(inner);
  }
}

/** A text that only speaks of conditions, a host's script for example, is no document. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isStatement(value: unknown): value is ConditionalStatement {
  return (
    typeof value === "object" &&
    value !== null &&
    "Sid" in value &&
    typeof value.Sid === "string" &&
    "Effect" in value &&
    "Action" in value &&
    "Condition" in value
  );
}
