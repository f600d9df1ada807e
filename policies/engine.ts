import {
  UnknownValueError,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { UNKNOWN, type ResourceRecord } from "../model/resource.ts";
import { guarded, type Judged } from "./evaluate.ts";
import type { Rule } from "./rule.ts";

/** A rule as CrossGuard runs it. */
export function toPolicy(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const text = {
    name: rule.name,
    description: `${rule.why} Fix: ${rule.fix}.`,
    enforcementLevel: rule.level,
  };
  if ("checkStack" in rule) {
    return {
      ...text,
      validateStack: ({ resources }, report) => {
        reportAll(
          rule,
          guarded(() => [...rule.checkStack(resources.map(recordOf))]),
          report,
        );
      },
    };
  }
  return {
    ...text,
    validateResource: (args, report) => {
      reportAll(
        rule,
        guarded(() => [...rule.checkResource(recordOfOne(args))].map((message) => ({ message }))),
        report,
      );
    },
  };
}

/** Reports what a check found. One that could not be carried out denies, whatever its rule's level. */
function reportAll(rule: Rule, findings: readonly Judged[], report: ReportViolation): void {
  for (const { message, urn, failed } of findings) {
    // A report cannot raise the level of its rule; an error of the pack stops preview and update alike.
    if (failed === true && rule.level !== "mandatory") throw new Error(`${rule.name}: ${message}`);
    report(failed === true ? message : `${message}; ${rule.fix}`, urn);
  }
}

function recordOfOne({ urn, type, name, opts, props }: ResourceValidationArgs): ResourceRecord {
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
