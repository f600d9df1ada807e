import type { Audited } from "../support/terraform-plan.ts";

/** A resource that is wrong on purpose, and its cure: what makes exactly this check content. */
export interface BadResource {
  /** checkov's id of the check that has to report it. */
  readonly check: string;
  readonly wrong: string;
  readonly resource: Audited;
  /** What stands beside it in both cases. */
  readonly beside?: readonly Audited[];
  /** Inputs laid over the wrong ones. */
  readonly cure?: Readonly<Record<string, unknown>>;
  /** Resources that have to stand beside it. */
  readonly cureBeside?: readonly Audited[];
}

export function resource(
  type: string,
  name: string,
  inputs: Readonly<Record<string, unknown>> = {},
): Audited {
  return { type, name, inputs };
}

export const KEY = resource("aws:kms/key:Key", "key", { enableKeyRotation: true });

/** A policy document of one statement. */
export function policy(statement: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

/** Has the form of an access key's id; put together here, so that no search for lost keys stops at this file. */
export const KEY_ID = `AKIA${"A1".repeat(8)}`;
