import { data } from "@actions/expressions";
import { isBasicExpression } from "@actions/workflow-parser";
import type { WorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import { valueOf, type Scope } from "./expressions.ts";
import type { Combination } from "./matrix.ts";

/** GitHub cuts a name that it makes up at this many characters. Source: `JobNameBuilder` in actions/runner. */
const LONGEST_NAME = 100;

/**
 * The name under which a job's check is reported. A name without an expression, or the id where there is none, gets
 * the values of the matrix in brackets; a name with an expression gets nothing added.
 *
 * Source: `JobNameBuilder` and `EvaluateJobName` in the public source of actions/runner.
 *
 * @param scope with the contexts `matrix` and `strategy` of the job
 * @throws UnknownValue where the name depends on what only a run knows.
 */
export function jobName(job: WorkflowJob, combination: Combination | undefined, scope: Scope): string {
  const usual = withValues(baseName(job), combination?.shown ?? []);
  if (job.name === undefined || !isBasicExpression(job.name)) return usual;
  const value = valueOf(job.name, scope);
  const text = value instanceof data.Null ? "" : value.coerceString();
  return text === "" ? usual : text;
}

/** The name without a matrix: `name:` where it is a plain text, else the id. */
export function baseName({ id, name }: WorkflowJob): string {
  const text = name === undefined || isBasicExpression(name) ? "" : name.toString();
  return text === "" ? id.value : text;
}

function withValues(base: string, shown: readonly string[]): string {
  const name = shown.length === 0 ? base : `${base} (${shown.join(", ")})`;
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 3)}...` : name;
}
