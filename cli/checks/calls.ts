import { data } from "@actions/expressions";
import { isMapping } from "@actions/workflow-parser";
import type { ReusableWorkflowJob } from "@actions/workflow-parser/model/workflow-template";
import { parseFileReference } from "@actions/workflow-parser/workflows/file-reference";
import { PartlyKnown, valueIfKnown, type Scope } from "./expressions.ts";
import type { Library } from "./library.ts";
import { describeProblem, type Workflow } from "./workflow.ts";

/** The workflow that is started and those it calls, one below the other. Source: GitHub Docs, "Reusing workflow configurations", limitations. */
export const MOST_LEVELS = 10;

/** The workflow that `uses` names, or why its jobs cannot be read. */
export async function calledWorkflow(
  uses: string,
  caller: Workflow,
  library: Library,
): Promise<{ readonly workflow: Workflow } | { readonly unreadable: string }> {
  let path: string;
  try {
    const reference = parseFileReference(uses);
    path =
      "repository" in reference
        ? `${reference.owner}/${reference.repository}/${reference.path}@${reference.version}`
        : `${homeOf(caller)}${reference.path}${versionOf(caller)}`;
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
  const read = await library.read(path);
  if (read === undefined)
    return {
      unreadable: path.includes("@")
        ? `it calls ${uses}, a workflow of another repository, which cannot be read here`
        : `it calls ${uses}, and there is no such file`,
    };
  if ("problems" in read)
    return { unreadable: `it calls ${uses}: ${read.problems.map(describeProblem).join("; ")}` };
  if (!Object.hasOwn(read.workflow.events, "workflow_call"))
    return { unreadable: `it calls ${uses}, which is not started by workflow_call` };
  return read;
}

// A workflow of another repository means its own repository, at the same commit, by `./`.

function homeOf({ path }: Workflow): string {
  return path.includes("@") ? `${path.split("/").slice(0, 2).join("/")}/` : "";
}

function versionOf({ path }: Workflow): string {
  return path.includes("@") ? path.slice(path.indexOf("@")) : "";
}

/** What a called workflow finds in `inputs`: what its caller gives, its own defaults, or nothing of the type. */
export function inputsOfCall(
  { events }: Workflow,
  job: ReusableWorkflowJob,
  scope: Scope,
): data.ExpressionData {
  const given = job["input-values"];
  const defined = Object.entries(events.workflow_call?.inputs ?? {});
  const values = defined.flatMap(([name, { type, default: usual }]): [string, data.ExpressionData][] => {
    const token = given !== undefined && isMapping(given) ? given.find(name) : undefined;
    const value =
      token === undefined
        ? typeof usual === "object"
          ? valueIfKnown(usual, scope)
          : literal(usual ?? EMPTY[type] ?? "")
        : valueIfKnown(token, scope);
    return value === undefined ? [] : [[name, value]];
  });
  return new PartlyKnown("inputs", Object.fromEntries(values));
}

const EMPTY: Readonly<Record<string, string | number | boolean>> = { string: "", boolean: false, number: 0 };

function literal(value: string | number | boolean): data.ExpressionData {
  if (typeof value === "number") return new data.NumberData(value);
  return typeof value === "boolean" ? new data.BooleanData(value) : new data.StringData(value);
}
