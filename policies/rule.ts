import { z } from "zod";
import type { PolicyLevel } from "../model/plan.ts";
import type { Waiver } from "../model/policy-settings.ts";
import type { ResourceRecord } from "../model/resource.ts";

interface RuleText {
  /** Stable id, shown in verdicts. */
  readonly name: string;
  readonly level: Extract<PolicyLevel, "advisory" | "mandatory">;
  /** The loss it prevents. */
  readonly why: string;
  /** What to do about a violation. */
  readonly fix: string;
  /** Outside rules it answers, for example `CKV_AWS_79` or `CIS AWS 5.6`. */
  readonly outside?: readonly string[];
}

/** What a check knows besides the resources. */
export interface RuleContext<Parameters> {
  readonly parameters: Parameters;
  /** Name of the stack, for example `prod`. */
  readonly stack: string;
  /** Today in UTC, `YYYY-MM-DD`. */
  readonly today: string;
  /** For the rules about waivers; absent where a rule is run by itself. */
  readonly waivers?: WaiversInForce;
}

export interface WaiversInForce {
  readonly all: readonly Waiver[];
  readonly ruleNames: readonly string[];
  /** True where the waiver covers a violation by these resources. */
  readonly isNeeded: (waiver: Waiver, resources: readonly ResourceRecord[]) => boolean;
}

type ParameterSchema = z.ZodObject;

interface Definition<Schema extends ParameterSchema> extends RuleText {
  /** Parameters with their defaults; each can be set under `policies.parameters` in the stack file. */
  readonly parameters?: Schema;
}

/** Judges one resource by itself. Yields a sentence for each fault. */
export interface ResourceRule extends Definition<ParameterSchema> {
  readonly checkResource: (resource: ResourceRecord, context: RuleContext<unknown>) => Iterable<string>;
  /** Inputs with the fault mended; undefined where there is nothing to mend. Only where that is safe. */
  readonly remediate?: (
    resource: ResourceRecord,
    context: RuleContext<unknown>,
  ) => Readonly<Record<string, unknown>> | undefined;
}

export interface Finding {
  readonly message: string;
  /** The resource at fault; absent for the whole stack. */
  readonly urn?: string;
}

/** Judges a stack as a whole. */
export interface StackRule extends Definition<ParameterSchema> {
  readonly checkStack: (
    resources: readonly ResourceRecord[],
    context: RuleContext<unknown>,
  ) => Iterable<Finding>;
}

export type Rule = ResourceRule | StackRule;

type Typed<Context, Schema extends ParameterSchema> = Context & { readonly parameters: z.output<Schema> };

/** Declares a resource rule; the check sees its parameters with their types. */
export function resourceRule<Schema extends ParameterSchema = ParameterSchema>(
  rule: Definition<Schema> & {
    readonly checkResource: (
      resource: ResourceRecord,
      context: Typed<RuleContext<unknown>, Schema>,
    ) => Iterable<string>;
    readonly remediate?: (
      resource: ResourceRecord,
      context: Typed<RuleContext<unknown>, Schema>,
    ) => Readonly<Record<string, unknown>> | undefined;
  },
): ResourceRule {
  return rule as unknown as ResourceRule;
}

/** Declares a rule on the whole stack; the check sees its parameters with their types. */
export function stackRule<Schema extends ParameterSchema = ParameterSchema>(
  rule: Definition<Schema> & {
    readonly checkStack: (
      resources: readonly ResourceRecord[],
      context: Typed<RuleContext<unknown>, Schema>,
    ) => Iterable<Finding>;
  },
): StackRule {
  return rule as unknown as StackRule;
}
