import type { Context } from "./iam-simulate.ts";

/** Operator → condition key → one value or several, as a policy document has it. */
export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A request to which a condition applies, and those next to it to which it does not. */
export interface ConditionCases {
  readonly met: Context;
  readonly unmet: readonly { readonly what: string; readonly context: Context }[];
}

/**
 * Requests on either side of each key of a condition: for every key the value is changed and, where the operator
 * demands it, left out.
 *
 * @throws Error for an operator that has no cases yet.
 */
export function conditionCases(condition: Condition): ConditionCases {
  const keys = Object.entries(condition).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([key, value]) => ({ operator, key, values: [value].flat() })),
  );
  // `Null` first: what another operator says of the same key is the value it is present with.
  const sides = [...keys]
    .sort((a, b) => Number(b.operator === "Null") - Number(a.operator === "Null"))
    .map(({ operator, key, values }) => ({ key, ...valuesOf(operator, values) }));
  const met: Record<string, string | string[]> = {};
  for (const { key, met: value } of sides) if (value !== undefined) met[key] = value;
  return {
    met,
    unmet: sides.flatMap(({ key, unmet }) =>
      unmet.map((value) => {
        const others = Object.fromEntries(Object.entries(met).filter(([other]) => other !== key));
        return value === undefined
          ? { what: `without ${key}`, context: others }
          : { what: `${key} = ${String(value)}`, context: { ...others, [key]: value } };
      }),
    ),
  };
}

type Value = string | string[] | undefined;

function valuesOf(operator: string, values: readonly string[]): { met: Value; unmet: readonly Value[] } {
  const first = (values[0] ?? "").replaceAll("*", "x").replaceAll("?", "a");
  switch (operator) {
    case "StringLike":
      return { met: first, unmet: [`else-${first}`, undefined] };
    case "StringEquals":
      return { met: first, unmet: [`${first}-else`, `else-${first}`, undefined] };
    case "ArnEquals":
    case "ArnLike":
      return { met: first, unmet: ["arn:aws:iam::123456789012:role/else", undefined] };
    case "Bool":
      return { met: first, unmet: [first === "true" ? "false" : "true"] };
    case "StringNotEquals":
    case "ArnNotEquals":
      return { met: `${first}-else`, unmet: [...values] };
    case "ForAllValues:StringEquals":
    case "ForAllValues:StringLike":
      return { met: [first], unmet: [["else"], [first, "else"]] };
    case "Null":
      return values[0] === "true" ? { met: undefined, unmet: ["x"] } : { met: "x", unmet: [undefined] };
    default:
      throw new Error(`test/auditors/iam-conditions.ts has no cases for ${operator}`);
  }
}
