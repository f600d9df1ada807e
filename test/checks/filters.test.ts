import { describeCases, type Case } from "./cases.ts";
import { workflow } from "./support.ts";

const never = (file: string) =>
  `the push that starts ${file} is for main only, and a pull request comes from a branch of any name`;

const CASES: Readonly<Record<string, Case>> = {
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
};

describeCases("checks by the events and filters of their workflow", CASES);
