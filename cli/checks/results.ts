import { isBasicExpression } from "@actions/workflow-parser";
import type { WorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type { Workflow } from "./workflow.ts";

/**
 * Those of some needs whose result a job reads nowhere: neither in its condition nor in its steps. What a step does
 * with a result is its own affair.
 */
export function unseenResults(
  needs: readonly string[],
  job: WorkflowJob,
  { written }: Pick<Workflow, "written">,
): string[] {
  if (needs.length === 0) return [];
  const body = written.get(job.id.value);
  const seen = new Set(
    [...conditions(job), ...(body === undefined ? [] : expressions(body))].flatMap(resultsIn),
  );
  return seen.has(ALL) ? [] : needs.filter((need) => !seen.has(need.toLowerCase()));
}

/** What `needs.*` and a name that only a run knows stand for. */
const ALL = "*";

/** Conditions are expressions without the marks by which those in texts are known. */
function conditions(job: WorkflowJob): string[] {
  const steps = job.type === "job" ? job.steps : [];
  return [job.if.expression, ...steps.flatMap((step) => step.if?.expression ?? [])];
}

function expressions(body: TemplateToken): string[] {
  return [...TemplateToken.traverse(body)].flatMap(([, token]) =>
    isBasicExpression(token) ? [token.expression] : [],
  );
}

/** `needs`, then the job, then its property; each by a dot or in brackets, as in `needs['test'].result`. */
const NEEDS =
  /(?<![\w.'-])needs(?![\w-])(?:\s*\.\s*([\w*-]+)|\s*\[\s*(?:'([^']*)'|[^\]]*)\s*\])?(?:\s*\.\s*([\w*-]+)|\s*\[\s*'([^']*)'\s*\])?/gi;

/** Ids, in small letters, of the jobs of which an expression reads the result, or all there is to read. */
function resultsIn(expression: string): string[] {
  return [...expression.matchAll(NEEDS)].flatMap(([, dotted, quoted, property, quotedProperty]) => {
    const read = property ?? quotedProperty ?? "result";
    return /^(?:result|\*)$/i.test(read) ? [(dotted ?? quoted ?? ALL).toLowerCase()] : [];
  });
}
