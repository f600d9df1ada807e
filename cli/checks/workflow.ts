import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { ErrorPolicy } from "@actions/workflow-parser/model/convert";
import type { EventsConfig, WorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import { tooLarge } from "./size.ts";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

/** A workflow's text and where it stands in its repository, for example `.github/workflows/test.yml`. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
  /** GitHub's word for a workflow that is switched off, such as `disabled_manually`; absent where it is on, or unknown. */
  readonly disabled?: string;
}

/** A fault for which GitHub does not run the file. */
export interface WorkflowProblem {
  readonly path: string;
  /** From 1; absent where the parser names no place. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export interface Workflow {
  readonly path: string;
  /** `name:` of the file, or its path, as GitHub shows it where there is none. */
  readonly name: string;
  readonly events: EventsConfig;
  readonly jobs: readonly WorkflowJob[];
  readonly concurrency: TemplateToken | undefined;
  /** Jobs by id as they were written, with what the parser's own form of a job leaves out, such as `with`. */
  readonly written: ReadonlyMap<string, TemplateToken>;
}

/** Reads a workflow with GitHub's own parser: the workflow, or everything that is wrong with it. */
export async function readWorkflow(
  file: WorkflowFile,
): Promise<{ readonly workflow: Workflow } | { readonly problems: readonly WorkflowProblem[] }> {
  const large = tooLarge(file.text);
  if (large !== undefined) return { problems: [{ path: file.path, message: large }] };
  const { context, value } = parseWorkflow(
    { name: file.path, content: file.text },
    new NoOperationTraceWriter(),
  );
  if (value !== undefined) {
    const template = await convertWorkflowTemplate(context, value, undefined, {
      errorPolicy: ErrorPolicy.TryConversion,
    });
    if (context.errors.count === 0) return { workflow: workflowOf(file.path, value, template) };
  }
  // One fault of YAML brings a dozen others behind it; the first is the one to mend.
  const errors = context.errors.getErrors().slice(0, value === undefined ? 1 : undefined);
  return {
    problems: errors.map(({ rawMessage, range }) => ({
      path: file.path,
      ...(range === undefined ? {} : { line: range.start.line, column: range.start.column }),
      message: withoutPlace(rawMessage),
    })),
  };
}

/** The parser of YAML repeats the place, and quotes the line below it. */
function withoutPlace(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:$/, "");
}

function workflowOf(
  path: string,
  root: TemplateToken,
  template: Awaited<ReturnType<typeof convertWorkflowTemplate>>,
): Workflow {
  const mapping = root.assertMapping("root");
  const name = mapping.find("name");
  const jobs = mapping.find("jobs");
  return {
    path,
    name: name === undefined ? path : name.assertScalar("name").toString(),
    events: template.events,
    jobs: template.jobs,
    // The parser's types promise what a file need not have.
    concurrency: (template as Partial<typeof template>).concurrency,
    written: new Map(
      jobs === undefined
        ? []
        : [...jobs.assertMapping("jobs")].map(({ key, value }) => [key.toString(), value] as const),
    ),
  };
}

/** `file:line:column: message`, as compilers write it. */
export function describeProblem({ path, line, column, message }: WorkflowProblem): string {
  const place = [path, line, column].filter((part) => part !== undefined).join(":");
  return `${place}: ${message}`;
}
