import { CALLED, describeCases, type Case, PR } from "./cases.ts";
import { workflow } from "./support.ts";

/** Bodies of jobs that read the result of `test`. */
const LOOKS = {
  env: "env: { RESULT: '${{ needs.test.result }}' }",
  star: "env: { RESULTS: \"${{ join(needs.*.result, ' ') }}\" }",
  index: "env: { RESULT: \"${{ needs['test'].result }}\" }",
  whole: "env: { NEEDS: '${{ toJSON(needs) }}' }",
  input: "runs-on: x\nsteps: [{ uses: a/b@v1, with: { jobs: '${{ toJSON(needs) }}' } }]",
  step: "runs-on: x\nsteps: [{ uses: a/b@v1, if: needs.test.result != 'success' }]",
  capitals: "env: { RESULT: '${{ Needs.TEST.Result }}' }",
  matrix:
    "strategy: { matrix: { of: [test] } }\nname: matrix ${{ matrix.of }}\nenv: { R: '${{ needs[matrix.of].result }}' }",
};

const CASES: Readonly<Record<string, Case>> = {
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
  "a gate that runs after a failure and does not look at the result passes": {
    jobs: {
      test: "strategy: { matrix: { n: [1, 2] } }",
      lint: "",
      gate: "needs: [test, lint]\nif: always()",
      half: "needs: [test, lint]\nif: ${{ !cancelled() }}\nenv: { RESULT: '${{ needs.lint.result }}' }",
      outputs: "needs: lint\nif: success() || failure()\nenv: { FOUND: '${{ needs.lint.outputs.result }}' }",
    },
    said: Object.fromEntries(["gate", "half", "outputs"].map((name) => [name, `reported: ${name} in w.yml`])),
    warnings: [
      ["gate", "test", "test (1) and test (2)"],
      ["gate", "lint", "lint"],
      ["half", "test", "test (1) and test (2)"],
      ["outputs", "lint", "lint"],
    ].map(
      ([job = "", need = "", names = ""]) =>
        `${job} in .github/workflows/w.yml runs where ${need} fails and does not look at the result, so that it passes: give it a step that fails on needs.${need}.result, or require ${names} as well`,
    ),
  },
  "a gate that looks at the results, in whatever way, is one": {
    jobs: Object.fromEntries([
      ["test", ""],
      ...Object.entries(LOOKS).map(([id, body]) => [id, `needs: [test]\nif: always()\n${body}`]),
      ["condition", "needs: [test]\nif: always() && contains(needs.*.result, 'failure')"],
    ]) as Readonly<Record<string, string>>,
    said: Object.fromEntries(
      [...Object.keys(LOOKS), "condition"].map((id) => [
        id === "matrix" ? "matrix test" : id,
        `reported: ${id} in w.yml`,
      ]),
    ),
    warnings: [],
  },
  "a gate of a job that never runs, or is required itself, need not look": {
    jobs: {
      off: "if: false",
      test: "",
      a: "needs: off\nif: always()",
      b: "needs: test\nif: always()",
    },
    said: { test: "reported: test in w.yml", a: "reported: a in w.yml", b: "reported: b in w.yml" },
    warnings: [],
  },
};

describeCases("checks by the conditions of their jobs", CASES);
