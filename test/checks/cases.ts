import assert from "node:assert/strict";
import { isRefused } from "../../cli/checks/verdicts.ts";
import { reportedChecks, type ReportedContext } from "../../cli/checks/reported.ts";
import { files, judged, lines, MAIN, names, workflow } from "./support.ts";

export interface Case {
  readonly on?: string;
  readonly jobs: Readonly<Record<string, string>>;
  /** Further files, by name. */
  readonly others?: Readonly<Record<string, string>>;
  readonly context?: Partial<ReportedContext>;
  /** Every name the file reports on pull requests, in order. */
  readonly names?: readonly string[];
  /** What is said of required checks, by name. */
  readonly said?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
  /** Names to require instead, those of all required checks one after another. */
  readonly proposed?: readonly string[];
}

/** What starts a workflow where a case says nothing. */
export const PR = "on: pull_request";

/** A workflow to be called, with one job that is named by an input. */
export const CALLED = workflow("on: { workflow_call: { inputs: { who: { type: string, default: all } } } }", {
  inner: "name: Test ${{ inputs.who }}",
});

/** One test a case: names, verdicts, warnings, and that whatever is refused has a way out. */
export function describeCases(title: string, cases: Readonly<Record<string, Case>>): void {
  describe(title, () => {
    for (const [what, { on = PR, jobs, others = {}, context = {}, ...expected }] of Object.entries(cases))
      it(what, async () => {
        const texts = files({ "w.yml": workflow(on, jobs), ...others });
        if (expected.names !== undefined) {
          const reported = await reportedChecks(texts, { ...MAIN, ...context });
          assert.deepEqual(names(reported), expected.names);
        }
        const required = Object.keys(expected.said ?? {});
        const said = await judged(texts, required, context);
        const shown = lines(said).map((line, index) => line.replace(` ${required[index] ?? ""}: `, ": "));
        assert.deepEqual(shown, Object.values(expected.said ?? {}));
        if (expected.warnings !== undefined)
          assert.deepEqual(
            said.flatMap(({ warnings }) =>
              warnings.map((text) =>
                text.includes("jobs report") ? text.replaceAll(".github/workflows/", "") : text,
              ),
            ),
            expected.warnings,
          );
        if (expected.proposed !== undefined)
          assert.deepEqual(
            said.flatMap(({ proposed }) => proposed),
            expected.proposed,
          );
        for (const verdict of said)
          assert.ok(!isRefused(verdict) || (verdict.fix ?? "") !== "", `no way out for ${verdict.required}`);
      });
  });
}
