import { data } from "@actions/expressions";
import { PartlyKnown, type Scope } from "./expressions.ts";
import { isPattern } from "./filters.ts";
import type { Trigger } from "./triggers.ts";

interface Place {
  readonly workflow: { readonly name: string };
  readonly trigger: Trigger | "other";
  readonly branch: string;
  readonly repository?: string;
}

/** What is known of every run that the event starts: enough for a name only where each run has the same. */
export function namingScope(place: Place): Scope {
  return { github: new PartlyKnown("github", texts(sameInEveryRun(place))), inputs: inputsOf(place) };
}

/** The same with an example of what differs in form only, such as the number in `refs/pull/1/merge`. */
export function conditionScope(place: Place): Scope {
  const known = { ...sameInEveryRun(place), ...exampleOf(place) };
  return { github: new PartlyKnown("github", texts(known)), inputs: inputsOf(place) };
}

type Texts = Readonly<Record<string, string>>;

function sameInEveryRun({ workflow, trigger, branch, repository }: Place): Texts {
  const ofPullRequest = trigger === "pull_request" || trigger === "pull_request_target";
  return {
    workflow: workflow.name,
    ...(trigger === "other" ? {} : { event_name: trigger }),
    ...(repository === undefined
      ? {}
      : { repository, repository_owner: repository.split("/")[0] ?? repository }),
    ...(ofPullRequest && !isPattern(branch) ? { base_ref: branch } : {}),
    // Source: GitHub Docs, "Contexts reference": empty for all other events.
    ...(trigger === "merge_group" || trigger === "push" ? { base_ref: "", head_ref: "" } : {}),
  };
}

/** Source: GitHub Docs, "Events that trigger workflows", GITHUB_REF of each event. */
function exampleOf({ trigger, branch }: Place): Texts {
  if (trigger === "pull_request")
    return { ref: "refs/pull/1/merge", ref_name: "1/merge", ref_type: "branch" };
  if (isPattern(branch)) return {};
  if (trigger === "pull_request_target")
    return { ref: `refs/heads/${branch}`, ref_name: branch, ref_type: "branch" };
  if (trigger !== "merge_group") return {};
  const queue = `gh-readonly-queue/${branch}/pr-1-0`;
  return { ref: `refs/heads/${queue}`, ref_name: queue, ref_type: "branch" };
}

/** Events of a pull request give no inputs; what starts other workflows may. */
function inputsOf({ trigger }: Place): data.ExpressionData {
  return trigger === "other" ? new PartlyKnown("inputs") : new data.Dictionary();
}

function texts(values: Texts): Record<string, data.ExpressionData> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, new data.StringData(value)]));
}
