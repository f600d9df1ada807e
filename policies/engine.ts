import {
  UnknownValueError,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { UNKNOWN, type ResourceRecord } from "../model/resource.ts";
import { judgeResource, judgeStack, levelOf, type Evaluation, type Judged } from "./evaluate.ts";
import { canMend, changedKeys, mend } from "./remediate.ts";
import type { Rule } from "./rule.ts";

/** A rule as CrossGuard runs it. */
export function toPolicy(
  rule: Rule,
  evaluation: Evaluation,
): ResourceValidationPolicy | StackValidationPolicy {
  const level = levelOf(rule, evaluation.settings);
  const text = { name: rule.name, description: `${rule.why} Fix: ${rule.fix}.` };
  const say = ({ message, failed }: Judged) => {
    // A report has its rule's level: only an error of the pack stops the engine where that is advisory.
    if (failed === true && level === "advisory") throw new Error(`${rule.name}: ${message}`);
    return failed === true ? message : `${message}; ${rule.fix}`;
  };
  if ("checkStack" in rule) {
    return {
      ...text,
      enforcementLevel: level,
      validateStack: ({ resources }, report) => {
        for (const finding of judgeStack(rule, resources.map(recordOf), evaluation))
          report(say(finding), finding.urn);
      },
    };
  }
  return {
    ...text,
    // A rule that can mend is run by the engine as "remediate": what is left afterwards counts as mandatory.
    enforcementLevel: canMend(rule, evaluation) ? "remediate" : level,
    ...remediation(rule, evaluation),
    validateResource: (args, report) => {
      for (const finding of judgeResource(rule, recordOfArgs(args), evaluation)) report(say(finding));
    },
  };
}

function remediation(
  rule: Rule,
  evaluation: Evaluation,
): Pick<ResourceValidationPolicy, "remediateResource"> {
  if (!canMend(rule, evaluation)) return {};
  return {
    remediateResource: (args) => {
      const resource = recordOfArgs(args);
      const mended = mend(rule, resource, evaluation);
      if (mended === undefined) return undefined;
      // In place: copying would touch the unknown values among the rest, which throws, and unwrap its secrets.
      for (const key of changedKeys(resource.inputs, mended)) args.props[key] = mended[key];
      return args.props;
    },
  };
}

type Args = Parameters<
  Extract<NonNullable<ResourceValidationPolicy["validateResource"]>, (...args: never[]) => unknown>
>[0];

function recordOfArgs({ urn, type, name, opts, props }: Args): ResourceRecord {
  return {
    urn,
    type,
    name,
    parent: opts.parent,
    dependencies: [],
    propertyDependencies: {},
    protect: opts.protect,
    inputs: known(props),
  };
}

function recordOf(resource: PolicyResource): ResourceRecord {
  return {
    urn: resource.urn,
    type: resource.type,
    name: resource.name,
    parent: resource.parent?.urn,
    dependencies: resource.dependencies.map(({ urn }) => urn),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, found]) => [key, found.map(({ urn }) => urn)]),
    ),
    protect: resource.opts.protect,
    inputs: known(resource.props),
  };
}

/**
 * Properties as plain data, unknown ones as a marker. The SDK throws `UnknownValueError` on touching
 * an unknown, and silently makes a mandatory rule advisory when that escapes: reading each property
 * under its own catch keeps the rest of the resource, and the rule's level.
 */
function known(props: Record<string, unknown>): Record<string, unknown> {
  return copy(props) as Record<string, unknown>;
}

function copy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(value, index));
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(value, key)]));
}

function read(container: object, key: PropertyKey): unknown {
  try {
    return copy((container as Record<PropertyKey, unknown>)[key]);
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}
