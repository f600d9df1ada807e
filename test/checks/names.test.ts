import { describeCases, type Case } from "./cases.ts";

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
  "a spelling that is near": {
    jobs: { a: "name: Integration Tests" },
    said: { "Integration Test": "never: no workflow reports it; did you mean `Integration Tests`?" },
  },
  "a name that nothing is near to": {
    jobs: { a: "" },
    said: { "Licence scan": "never: no workflow reports it" },
  },
};

describeCases("names of checks", CASES);
