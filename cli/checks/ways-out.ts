import type { PlacedObstacle } from "./standing.ts";

/** What is in the way, as a sentence about the check. */
export function describeObstacle(obstacle: PlacedObstacle, branch: string): string {
  const { workflow, trigger } = obstacle.check;
  const where = obstacle.queue ? "in the merge queue, " : "";
  switch (obstacle.kind) {
    case "events":
      return `only ${list(obstacle.events)} starts ${workflow}: its checks never stand on a pull request`;
    case "branches":
      return `${where}${trigger} in ${workflow} is for ${obstacle.filter}, which ${obstacle.partly ? "may leave out some of" : "leaves out"} ${branch}`;
    case "disabled":
      return `${workflow} is switched off (${obstacle.state}): nothing starts it`;
    case "paths":
      return `${workflow} runs only where a changed file passes ${obstacle.filter}: ${obstacle.patterns.join(", ")}; on all other pull requests the check stays pending for ever`;
    case "types":
      return `${where}${trigger} in ${workflow} leaves out the types ${obstacle.missing.join(", ")}`;
    case "forks":
      return `only a push starts ${workflow}: pull requests of forks never get the check`;
    case "push-branches":
      return `the push that starts ${workflow} is for ${obstacle.filter} only, and a pull request comes from a branch of any name`;
    case "condition":
      return `${where}the ${obstacle.shape === "matrix" ? "matrix" : "called workflow"} is skipped as a whole where \`if: ${obstacle.expression}\` does not hold, and then none of its names is reported`;
    case "merge-queue":
      return `${workflow} has no merge_group: in the merge queue of ${branch} the check is never reported`;
  }
}

/** The usual way out, as one sentence; {@link shapeOf} shows it. */
export function wayOut({ kind, check, ...obstacle }: PlacedObstacle, branch: string): string {
  const { workflow, job, trigger } = check;
  switch (kind) {
    case "events":
    case "forks":
    case "push-branches":
      return `add \`pull_request:\` to \`on:\` of ${workflow}`;
    case "disabled":
      return `switch it on: \`gh workflow enable ${workflow.split("/").at(-1) ?? workflow}\``;
    case "branches":
      return `add ${branch} to the branches of ${trigger} in ${workflow}, or drop the filter`;
    case "paths":
      return `drop the filter and decide in a job of its own: a job that its \`if\` skips counts as passed`;
    case "types":
      return `add ${"missing" in obstacle ? obstacle.missing.join(", ") : "them"} to the types, or drop the list`;
    case "condition":
      return `require a job that always runs and waits for ${job}, in place of its names`;
    case "merge-queue":
      return `add \`merge_group:\` to \`on:\` of ${workflow}`;
  }
}

/** The shape of the workflow that the way out asks for, as YAML; undefined where a sentence says it all. */
export function shapeOf({ kind, check }: PlacedObstacle): string | undefined {
  if (kind === "paths") return changesJob(check.job);
  return kind === "condition" ? gateJob(check.job, true) : undefined;
}

/** Shape of a workflow that always runs and skips its work where no file of interest changed. */
function changesJob(job: string): string {
  const id = job.split("/")[0] ?? job;
  return `on:
  pull_request: # without paths
jobs:
  changes:
    runs-on: ubuntu-latest
    outputs:
      wanted: \${{ steps.look.outputs.wanted }}
    steps: # check out, compare with the base, write wanted=true or wanted=false to $GITHUB_OUTPUT
  ${id}:
    needs: changes
    if: needs.changes.outputs.wanted == 'true'`;
}

/** Shape of a job that stands for others: it runs after them whatever came of them, and fails where one failed. */
export function gateJob(job: string, mayBeSkipped = false): string {
  const id = job.split("/")[0] ?? job;
  return `${id}-gate: # require this one
  if: always()
  needs: [${id}]
  runs-on: ubuntu-latest
  steps:
    - run: ${mayBeSkipped ? 'test "$RESULT" = success || test "$RESULT" = skipped' : 'test "$RESULT" = success'}
      env:
        RESULT: \${{ needs.${id}.result }}`;
}

function list(names: readonly string[]): string {
  return names.join(" or ");
}
