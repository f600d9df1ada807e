import assert from "node:assert/strict";
import { isRefused } from "../../cli/checks/verdicts.ts";
import type { ReportedContext } from "../../cli/checks/reported.ts";
import { files, judged, lines, MAIN, names, workflow } from "./support.ts";
import { reportedChecks } from "../../cli/checks/reported.ts";

interface Case {
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
}

const PR = "on: pull_request";
const never = (file: string) =>
  `the push that starts ${file} is for main only, and a pull request comes from a branch of any name`;

const CALLED = workflow("on: { workflow_call: { inputs: { who: { type: string, default: all } } } }", {
  inner: "name: Test ${{ inputs.who }}",
});

const CASES: Readonly<Record<string, Case>> = {
  "a job without a name is reported under its id": { jobs: { build: "" }, names: ["build"] },
  "an empty name counts as none": { jobs: { build: 'name: ""' }, names: ["build"] },
  "a name takes the place of the id": {
    jobs: { build: "name: Build it" },
    names: ["Build it"],
    said: { build: "never: the job `build` is reported as `Build it`" },
  },
  "capitals count": {
    jobs: { a: "name: Build" },
    said: { build: "never: capitals count: it is reported as `Build`" },
  },
  "a matrix puts its values behind the name": {
    jobs: { a: "name: Unit\nstrategy: { matrix: { os: [linux, mac], v: [1, 2] } }" },
    names: ["Unit (linux, 1)", "Unit (linux, 2)", "Unit (mac, 1)", "Unit (mac, 2)"],
    said: {
      Unit: "never: the job has a matrix and is reported as `Unit (linux, 1)`, `Unit (linux, 2)`, `Unit (mac, 1)`, `Unit (mac, 2)`",
    },
  },
  "a name with a matrix value gets nothing behind it": {
    jobs: { a: 'name: "Test on ${{ matrix.os }}"\nstrategy: { matrix: { os: [linux, mac], v: [1] } }' },
    names: ["Test on linux", "Test on mac"],
  },
  "a name with an expression that gives nothing falls back to the id and the values": {
    jobs: { a: 'name: "${{ matrix.absent }}"\nstrategy: { matrix: { os: [linux] } }' },
    names: ["a (linux)"],
  },
  "exclude takes out what agrees with all it says": {
    jobs: {
      a: "strategy: { matrix: { os: [linux, mac], v: [1, 2], exclude: [{ os: mac, v: 1 }, { v: 2, os: LINUX }] } }",
    },
    names: ["a (linux, 1)", "a (mac, 2)"],
  },
  "include adds to a combination without showing it": {
    jobs: { a: "strategy: { matrix: { os: [linux, mac], include: [{ os: mac, extra: yes }] } }" },
    names: ["a (linux)", "a (mac)"],
  },
  "include that fits no combination is one of its own, its matrix keys first": {
    jobs: { a: "strategy: { matrix: { os: [linux], include: [{ extra: fast, os: bsd }] } }" },
    names: ["a (linux)", "a (bsd, fast)"],
  },
  "include without a key of the matrix adds to every combination": {
    jobs: { a: "strategy: { matrix: { os: [linux, mac], include: [{ extra: 1 }] } }" },
    names: ["a (linux)", "a (mac)"],
  },
  "a matrix of include alone shows all its values": {
    jobs: { a: "strategy: { matrix: { include: [{ os: linux, v: 1 }, { os: mac }] } }" },
    names: ["a (linux, 1)", "a (mac)"],
  },
  "objects show their values, empty texts and nulls nothing": {
    jobs: {
      a: 'strategy: { matrix: { db: [{ kind: pg, versions: [15, 16] }, { kind: "", versions: null }] } }',
    },
    names: ["a (pg, 15, 16)", "a"],
  },
  "numbers and truth values show as GitHub writes them: 3.10 is 3.1": {
    jobs: { a: "strategy: { matrix: { v: [3.10, 1e3, true, false, 0x10] } }" },
    names: ["a (3.1)", "a (1000)", "a (true)", "a (false)", "a (16)"],
    said: {
      "a (3.10)":
        "never: the job `a` is reported as `a (3.1)`, `a (1000)`, `a (true)`, `a (false)`, `a (16)`",
    },
  },
  "a matrix of a constant fromJSON is known": {
    jobs: { a: "strategy: { matrix: { v: \"${{ fromJSON('[1, 2]') }}\" } }" },
    names: ["a (1)", "a (2)"],
  },
  "a matrix from another job's output is known only to a run": {
    jobs: { list: "", a: 'needs: list\nstrategy: { matrix: "${{ fromJSON(needs.list.outputs.m) }}" }' },
    names: ["list"],
    said: {
      "a (1)":
        "unreadable: the names of a in w.yml cannot be read: needs.list is known only while the workflow runs",
    },
  },
  "a matrix with an empty vector fails": {
    jobs: { a: "strategy: { matrix: { v: [] } }", b: "" },
    names: ["b"],
    said: {
      a: "never: no workflow reports it, and GitHub does not run w.yml:3:3: job a: the matrix vector v does not contain any values",
    },
  },
  "a matrix without a vector fails": {
    jobs: { a: "strategy: { matrix: { include: [] } }", b: "" },
    names: ["b"],
    said: {
      a: "never: no workflow reports it, and GitHub does not run w.yml:3:3: job a: the matrix must define at least one vector",
    },
  },
  "a strategy without a matrix is one job, which reports where it is skipped": {
    jobs: { a: "if: github.event.pull_request.draft == false\nstrategy: { fail-fast: false }" },
    names: ["a"],
    said: { a: "reported: a in w.yml" },
    warnings: [],
  },
  "a matrix that is too large is no matrix": {
    jobs: {
      a: `strategy: { matrix: { v: [${[...Array(17).keys()].join(", ")}], w: [${[...Array(16).keys()].join(", ")}] } }`,
      b: "",
    },
    names: ["b"],
    said: {
      "a (0, 0)":
        "never: no workflow reports it, and GitHub does not run w.yml:3:3: job a: the matrix makes 272 jobs; GitHub makes at most 256",
    },
  },
  "a long name is cut at 100 characters": {
    jobs: { a: `name: ${"x".repeat(120)}` },
    names: [`${"x".repeat(97)}...`],
  },
  "a name holds any letters": { jobs: { a: 'name: "Größe · 測試 🚀"' }, names: ["Größe · 測試 🚀"] },
  "a name may use the github context": {
    jobs: { a: "name: ${{ github.event_name }} to ${{ github.base_ref }} of ${{ github.repository }}" },
    context: { repository: "example/one" },
    names: ["pull_request to main of example/one"],
  },
  "a name by the branch of the pull request is known only to a run": {
    jobs: { a: "name: Test ${{ github.head_ref }}" },
    names: [],
    said: {
      "Test main":
        "unreadable: the names of a in w.yml cannot be read: github.head_ref is known only while the workflow runs",
    },
  },
  "a called workflow's checks carry the names of both jobs": {
    jobs: { call: "uses: ./.github/workflows/c.yml\nwith: { who: me }" },
    others: { "c.yml": CALLED },
    names: ["call / Test me"],
    said: { inner: "never: the job `inner` is reported as `call / Test me`" },
  },
  "a called workflow uses its own defaults, and the matrix of its caller shows": {
    jobs: { call: "name: Call\nstrategy: { matrix: { v: [1, 2] } }\nuses: ./.github/workflows/c.yml" },
    others: { "c.yml": CALLED },
    names: ["Call (1) / Test all", "Call (2) / Test all"],
  },
  "calls nest": {
    jobs: { a: "uses: ./.github/workflows/b.yml" },
    others: {
      "b.yml": workflow("on: workflow_call", { b: "name: B\nuses: ./.github/workflows/c.yml" }),
      "c.yml": CALLED,
    },
    names: ["a / B / Test all"],
  },
  "a workflow that calls itself is not run": {
    jobs: { a: "uses: ./.github/workflows/b.yml" },
    others: { "b.yml": workflow("on: workflow_call", { b: "uses: ./.github/workflows/b.yml" }) },
    names: [],
    said: {
      "a / b":
        "never: no workflow reports it, and GitHub does not run b.yml:3:3: job b: ./b.yml is called from itself, and loops are not permitted",
    },
  },
  "a workflow of another repository cannot be read": {
    jobs: { call: "uses: example/shared/.github/workflows/t.yml@v1" },
    names: [],
    said: {
      "call / test":
        "unreadable: the names of call in w.yml cannot be read: it calls example/shared/t.yml@v1, a workflow of another repository, which cannot be read here",
    },
  },
  "a workflow of another repository that was given is read, with what it calls": {
    jobs: { call: "uses: example/shared/.github/workflows/t.yml@v1" },
    context: {
      remote: new Map([
        [
          "example/shared/.github/workflows/t.yml@v1",
          workflow("on: workflow_call", { t: "uses: ./.github/workflows/c.yml" }),
        ],
        ["example/shared/.github/workflows/c.yml@v1", CALLED],
      ]),
    },
    names: ["call / t / Test all"],
  },
  "a call of a file that is not there": {
    jobs: { call: "uses: ./.github/workflows/gone.yml" },
    said: {
      "call / x":
        "unreadable: the names of call in w.yml cannot be read: it calls ./gone.yml, and there is no such file",
    },
  },
  "a job that is always skipped counts as passed, and is warned of": {
    jobs: { a: "if: false" },
    said: { a: "reported: a in w.yml" },
    warnings: ["the job is skipped on every pull request, which counts as passed: this check can never fail"],
  },
  "a job for pushes to main alone is skipped on pull requests": {
    jobs: { a: "if: github.event_name == 'push' && github.ref == 'refs/heads/main'" },
    said: { a: "reported: a in w.yml" },
    warnings: ["the job is skipped on every pull request, which counts as passed: this check can never fail"],
  },
  "what needs a skipped job is skipped with it, unless it always runs": {
    jobs: {
      a: "if: false",
      b: "needs: a\nstrategy: { matrix: { v: [1] } }",
      c: "needs: a\nif: always()\nstrategy: { matrix: { v: [1] } }",
    },
    names: ["a", "b", "c (1)"],
  },
  "a job that is skipped at times still reports": {
    jobs: { a: "if: github.event.pull_request.draft == false" },
    said: { a: "reported: a in w.yml" },
    warnings: [],
  },
  "a matrix that is skipped at times reports none of its names": {
    jobs: { a: "if: github.actor != 'bot'\nstrategy: { matrix: { v: [1] } }" },
    said: {
      "a (1)":
        "sometimes: the matrix is skipped as a whole where `if: github.actor != 'bot'` does not hold, and then none of its names is reported",
    },
  },
  "a call that is skipped at times reports none of its names": {
    jobs: {
      changes: "",
      call: "needs: changes\nif: needs.changes.outputs.rust == 'true'\nuses: ./.github/workflows/c.yml",
    },
    others: { "c.yml": CALLED },
    said: {
      "call / Test all":
        "sometimes: the called workflow is skipped as a whole where `if: needs.changes.outputs.rust == 'true'` does not hold, and then none of its names is reported",
    },
  },
  "paths keep a check from some pull requests": {
    on: "on: { pull_request: { paths: [src/**, '!src/docs/**'] } }",
    jobs: { a: "" },
    said: {
      a: "sometimes: w.yml runs only where a changed file passes paths: src/**, !src/docs/**; on all other pull requests the check stays pending for ever",
    },
  },
  "paths of everything are no filter": {
    on: "on: { pull_request: { paths: ['**'] } }",
    jobs: { a: "" },
    said: { a: "reported: a in w.yml" },
  },
  "paths of everything, written in another way, are no filter": {
    on: "on: { pull_request: { paths: [src/**, '!docs/**', '**/*'] } }",
    jobs: { a: "" },
    others: {
      "x.yml": workflow("on: { pull_request: { paths: ['**/*', '!docs/**'] } }", { b: "" }),
      "y.yml": workflow("on: { pull_request: { paths: ['*'] } }", { c: "" }),
    },
    said: {
      a: "reported: a in w.yml",
      b: "sometimes: x.yml runs only where a changed file passes paths: **/*, !docs/**; on all other pull requests the check stays pending for ever",
      c: "sometimes: y.yml runs only where a changed file passes paths: *; on all other pull requests the check stays pending for ever",
    },
  },
  "paths that take out again are nobody's complement": {
    on: "on: { pull_request: { paths: [src/**, '!src/docs/**'] } }",
    jobs: { a: "" },
    others: {
      "b.yml": workflow("on: { pull_request: { paths-ignore: ['!src/docs/**', src/**] } }", { a: "" }),
    },
    said: {
      a: "sometimes: w.yml runs only where a changed file passes paths: src/**, !src/docs/**; on all other pull requests the check stays pending for ever",
    },
  },
  "a second workflow for the paths left out completes a check": {
    on: "on: { pull_request: { paths: [src/**, lib/**] } }",
    jobs: { a: "" },
    others: { "skip.yml": workflow("on: { pull_request: { paths-ignore: [lib/**, src/**] } }", { a: "" }) },
    said: { a: "reported: a in w.yml; a in skip.yml" },
    warnings: [],
  },
  "a branch filter that leaves out the branch": {
    on: "on: { pull_request: { branches: [develop, 'release/**'] } }",
    jobs: { a: "" },
    said: { a: "never: pull_request in w.yml is for develop, release/**, which leaves out main" },
  },
  "a branch filter by wildcard, and its exception": {
    on: "on: { pull_request: { branches: ['ma*', '!main'] } }",
    jobs: { a: "" },
    said: { a: "never: pull_request in w.yml is for ma*, !main, which leaves out main" },
  },
  "branches-ignore that names the branch": {
    on: "on: { pull_request: { branches-ignore: [main] } }",
    jobs: { a: "" },
    said: { a: "never: pull_request in w.yml is for all branches but main, which leaves out main" },
  },
  "a protected pattern passes a filter of the same pattern and a wider one, not a narrower one": {
    on: "on: { pull_request: { branches: ['release/v*'] } }",
    jobs: { a: "" },
    others: { "x.yml": workflow("on: { pull_request: { branches: ['release/**'] } }", { b: "" }) },
    context: { branch: "release/*" },
    said: {
      a: "never: pull_request in w.yml is for release/v*, which leaves out release/*",
      b: "reported: b in x.yml",
    },
  },
  "a protected pattern of which a filter may leave out some": {
    on: "on: { pull_request: { branches-ignore: ['release/1.*'] } }",
    jobs: { a: "" },
    others: {
      "b.yml": workflow("on: { pull_request: { branches: ['release/[a-z]*'] } }", { b: "" }),
      "c.yml": workflow("on: { pull_request: { branches: ['release/*', '!release/1.0'] } }", { c: "" }),
    },
    context: { branch: "release/*" },
    said: {
      a: "sometimes: pull_request in w.yml is for all branches but release/1.*, which may leave out some of release/*",
      b: "sometimes: pull_request in b.yml is for release/[a-z]*, which may leave out some of release/*",
      c: "sometimes: pull_request in c.yml is for release/*, !release/1.0, which may leave out some of release/*",
    },
  },
  "a protected pattern that a filter lets through whole": {
    on: "on: { pull_request: { branches-ignore: [gh-pages, 'dependabot/**', release] } }",
    jobs: { a: "" },
    others: {
      "b.yml": workflow("on: { pull_request: { branches: [main, 'release/*', '!gh-pages'] } }", { b: "" }),
      "c.yml": workflow("on: { pull_request: { branches: ['!release/v1', 'rel**'] } }", { c: "" }),
      "d.yml": workflow("on: { pull_request: { branches: ['**/*'] } }", { d: "" }),
    },
    context: { branch: "release/*" },
    said: {
      a: "reported: a in w.yml",
      b: "reported: b in b.yml",
      c: "reported: c in c.yml",
      d: "reported: d in d.yml",
    },
  },
  "a question mark means one character in protection and the one before it in a filter": {
    on: "on: { pull_request: { branches: ['v?'] } }",
    jobs: { a: "" },
    others: { "b.yml": workflow("on: { pull_request: { branches: ['v*'] } }", { b: "" }) },
    context: { branch: "v?" },
    said: {
      a: "sometimes: pull_request in w.yml is for v?, which may leave out some of v?",
      b: "reported: b in b.yml",
    },
  },
  "types that leave out new commits": {
    on: "on: { pull_request: { types: [opened, labeled] } }",
    jobs: { a: "" },
    said: { a: "sometimes: pull_request in w.yml leaves out the types synchronize, reopened" },
  },
  "pull_request_target counts as well": {
    on: "on: pull_request_target",
    jobs: { a: "" },
    said: { a: "reported: a in w.yml" },
  },
  "a push of any branch is not a fork's": {
    on: "on: push",
    jobs: { a: "" },
    said: { a: "sometimes: only a push starts w.yml: pull requests of forks never get the check" },
  },
  "a push to main never stands on a pull request": {
    on: "on: { push: { branches: [main] } }",
    jobs: { a: "" },
    said: {
      a: `never: only a push starts w.yml: pull requests of forks never get the check; ${never("w.yml")}`,
    },
  },
  "schedules and other workflows never stand on a pull request": {
    on: "on: { schedule: [{ cron: '0 0 * * *' }], workflow_run: { workflows: [CI] } }",
    jobs: { a: "" },
    said: {
      a: "never: only schedule or workflow_run starts w.yml: its checks never stand on a pull request",
    },
  },
  "a merge queue needs merge_group": {
    jobs: { a: "" },
    context: { mergeQueue: true },
    said: {
      a: "sometimes: w.yml has no merge_group: in the merge queue of main the check is never reported",
    },
  },
  "a merge queue is served, also by another workflow": {
    jobs: { a: "" },
    others: { "queue.yml": workflow("on: merge_group", { a: "" }) },
    context: { mergeQueue: true },
    said: { a: "reported: a in w.yml" },
  },
  "merge_group alone is no pull request": {
    on: "on: merge_group",
    jobs: { a: "" },
    context: { mergeQueue: true },
    said: { a: "never: only merge_group starts w.yml: its checks never stand on a pull request" },
  },
  "a gate that is skipped with what it waits for passes where that fails": {
    jobs: {
      test: "strategy: { matrix: { n: [1, 2] } }",
      "all-green": "needs: [test]",
      "one-result": "needs: [test]\nif: always() && needs.test.result == 'success'",
    },
    said: { "all-green": "reported: all-green in w.yml", "one-result": "reported: one-result in w.yml" },
    warnings: ["all-green", "one-result"].map(
      (job) =>
        `${job} in .github/workflows/w.yml is skipped where test fails, which counts as passed: give it \`if: always()\` and a step that fails on the result of test, or require test (1) and test (2) as well`,
    ),
  },
  "a gate whose needs are required, or that looks at them, is one": {
    jobs: {
      test: "strategy: { matrix: { n: [1, 2] } }",
      after: "needs: [test]",
      always: "needs: [test]\nif: always()",
      "not-cancelled": "needs: [test]\nif: ${{ !cancelled() }}",
      failure: "needs: [test]\nif: failure()",
      contains: "needs: [test]\nif: always() && contains(needs.*.result, 'failure')",
    },
    said: Object.fromEntries([
      ...["test (1)", "test (2)"].map((name) => [name, "reported: test in w.yml"]),
      ...["after", "always", "not-cancelled", "failure", "contains"].map((name) => [
        name,
        `reported: ${name} in w.yml`,
      ]),
    ]) as Readonly<Record<string, string>>,
    warnings: [],
  },
  "a job that waits for a failure which cannot be never runs": {
    jobs: { off: "if: false", a: "needs: off\nif: failure()", b: "if: failure()" },
    said: { a: "reported: a in w.yml", b: "reported: b in w.yml" },
    warnings: Array<string>(2).fill(
      "the job is skipped on every pull request, which counts as passed: this check can never fail",
    ),
  },
  "two jobs of one name cannot be told apart": {
    jobs: { a: "name: Test" },
    others: { "x.yml": workflow(PR, { b: "name: Test" }) },
    said: { Test: "reported: a in w.yml; b in x.yml" },
    warnings: ["2 jobs report this name (a in w.yml; b in x.yml): GitHub cannot tell them apart"],
  },
  "a concurrency group that all pull requests share": {
    on: `${PR}\nconcurrency: { group: "\${{ github.workflow }}", cancel-in-progress: true }`,
    jobs: { a: "" },
    said: { a: "reported: a in w.yml" },
    warnings: [
      'all pull requests share the concurrency group ".github/workflows/w.yml": one cancels the check of another; put github.ref into the group\'s name',
    ],
  },
  "a concurrency group of each pull request": {
    on: `${PR}\nconcurrency: "x-\${{ github.ref }}"`,
    jobs: { a: "" },
    said: { a: "reported: a in w.yml" },
    warnings: [],
  },
  "a spelling that is near": {
    jobs: { a: "name: Integration Tests" },
    said: { "Integration Test": "never: no workflow reports it; did you mean `Integration Tests`?" },
  },
  "a name that nothing is near to": {
    jobs: { a: "" },
    said: { "Licence scan": "never: no workflow reports it" },
  },
};

describe("checks that workflows report", () => {
  for (const [what, { on = PR, jobs, others = {}, context = {}, ...expected }] of Object.entries(CASES))
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
      for (const verdict of said)
        assert.ok(!isRefused(verdict) || (verdict.fix ?? "") !== "", `no way out for ${verdict.required}`);
    });

  it("refuses what a workflow reports that is switched off, unless another reports it", async () => {
    const [on, off] = files({ "on.yml": workflow(PR, { a: "" }), "off.yml": workflow(PR, { a: "", b: "" }) });
    assert.ok(on !== undefined && off !== undefined);
    const said = await judged([on, { ...off, disabled: "disabled_inactivity" }], ["a", "b"]);
    assert.deepEqual(lines(said), [
      "reported a: a in on.yml",
      "never b: off.yml is switched off (disabled_inactivity): nothing starts it",
    ]);
    assert.equal(said[1]?.fix, "switch it on: `gh workflow enable off.yml`");
  });

  it("names the line and column of what GitHub would not run, and judges the other files", async () => {
    const texts = files({
      "yaml.yml": "on: [push\njobs: {}\n",
      "schema.yml": "on: pull_request\njobs:\n  a:\n    runs-on: x\n    stepz: []\n",
      "needs.yml": workflow(PR, { a: "needs: gone" }),
      "good.yml": workflow(PR, { b: "" }),
    });
    const { problems, checks } = await reportedChecks(texts, MAIN);
    assert.deepEqual(
      problems.map(({ path, line, column, message }) => [path.split("/").at(-1), line, column, message]),
      [
        [
          "yaml.yml",
          2,
          1,
          "Flow sequence in block collection must be sufficiently indented and end with a ]",
        ],
        ["schema.yml", 5, 5, "Unexpected value 'stepz'"],
        ["needs.yml", 3, 3, "The workflow must contain at least one job with no dependencies."],
      ],
    );
    assert.deepEqual(
      checks.map(({ name }) => name),
      ["b"],
    );
    const [verdict] = await judged(texts, ["a"]);
    assert.match(
      verdict?.message ?? "",
      /^no workflow reports it, and GitHub does not run .*yaml\.yml:2:1: Flow/,
    );
  });
});
