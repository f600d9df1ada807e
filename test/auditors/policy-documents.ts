import type { Plan } from "../../model/plan.ts";
import { plausible } from "../support/terraform-plan.ts";

export interface PolicyDocument {
  readonly stack: string;
  /** Pulumi type, name and input: `aws:iam/role:Role orchestrator-role assumeRolePolicy`. */
  readonly resource: string;
  /** Name in the plan. */
  readonly name: string;
  readonly document: string;
}

const TRUST = "assumeRolePolicy";

/**
 * Every policy document of a plan, wherever an input holds one, so that a type nobody thought of is audited too.
 * What only AWS will know is replaced by what it might be.
 */
export function policyDocuments(stack: string, { resources }: Plan): PolicyDocument[] {
  return resources.flatMap(({ type, name, inputs }) =>
    Object.entries(inputs).flatMap(([input, value]) => {
      if (typeof value !== "string" || !isPolicy(value)) return [];
      const text = plausible(value, resources);
      const document = input === TRUST ? withResource(text) : text;
      return [{ stack, resource: `${type} ${name} ${input}`, name, document }];
    }),
  );
}

function isPolicy(text: string): boolean {
  return text.trimStart().startsWith("{") && text.includes('"Statement"');
}

/** A trust policy has no `Resource`, since it speaks of the role that carries it; parliament wants one in each. */
function withResource(text: string): string {
  const { Statement, ...rest } = JSON.parse(text) as { Statement: readonly object[] };
  const Resource = "arn:aws:iam::123456789012:role/trusting";
  return JSON.stringify({ ...rest, Statement: Statement.map((statement) => ({ ...statement, Resource })) });
}
