import { z } from "zod";
import { valueAt } from "../../../model/inputs.ts";
import type { ResourceRecord } from "../../../model/resource.ts";
import { TAGS } from "../../../model/tags.ts";
import { tagOf } from "../../../pricing/resource-index.ts";
import { companionsOf } from "../../companions.ts";
import { stackRule } from "../../rule.ts";

const FUNCTION = "aws:lambda/function:Function";

export const functionFailuresSeen = stackRule({
  name: "function-failures-seen",
  level: "mandatory",
  why: "Lambda drops an event after two retries without a word: a guard that fails so lets the money run.",
  fix: "set deadLetterConfig or an on-failure destination, and add a metric alarm on the function",
  outside: ["CKV_AWS_116", "AWS Lambda Developer Guide: Capturing records of asynchronous invocations"],
  parameters: z.strictObject({
    /** Values of the role tag whose functions must not fail unseen; `*` for every function. */
    roles: z.array(z.string().min(1)).default(["guard"]),
  }),
  *checkStack(resources, { parameters }) {
    const matters = ({ type, inputs }: ResourceRecord) =>
      type === FUNCTION && parameters.roles.some((role) => role === "*" || role === tagOf(inputs, TAGS.role));
    for (const resource of resources.filter(matters)) {
      if (!keepsFailures(resource, resources))
        yield { urn: resource.urn, message: "failed events of the function are dropped" };
      if (!hasAlarm(resource, resources))
        yield { urn: resource.urn, message: "no alarm watches the function" };
    }
  },
});

/** An unknown target is the ARN of a queue or topic of the program. */
function keepsFailures(resource: ResourceRecord, resources: readonly ResourceRecord[]): boolean {
  const destination = companionsOf(resources, resource, {
    types: ["aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"],
    property: "functionName",
    targetName: "name",
  }).some(({ inputs }) => valueAt(inputs["destinationConfig"], "onFailure", "destination") !== undefined);
  return destination || valueAt(resource.inputs["deadLetterConfig"], "targetArn") !== undefined;
}

function hasAlarm({ urn, inputs: { name } }: ResourceRecord, resources: readonly ResourceRecord[]): boolean {
  return resources.some(
    ({ type, dependencies, inputs }) =>
      type === "aws:cloudwatch/metricAlarm:MetricAlarm" &&
      (dependencies.includes(urn) ||
        (name !== undefined && valueAt(inputs["dimensions"], "FunctionName") === name)),
  );
}
