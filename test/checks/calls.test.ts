import { CALLED, describeCases, type Case, PR } from "./cases.ts";
import { workflow } from "./support.ts";

const CASES: Readonly<Record<string, Case>> = {
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
  "the id of a job that calls a workflow is told with what the workflow reports": {
    jobs: { lint: "uses: ./.github/workflows/lint.yml" },
    others: {
      "lint.yml": workflow("on: workflow_call", { eslint: "", types: "name: Type check" }),
      "other.yml": workflow(PR, { link: "" }),
    },
    said: {
      lint: "never: the job `lint` calls a workflow and is reported as `lint / eslint`, `lint / Type check`",
      "lint / eslint": "reported: lint/eslint in w.yml",
    },
    proposed: ["lint / eslint", "lint / Type check", "lint / eslint"],
  },
  "so is its name, and a job of the called workflow that has the caller's id": {
    jobs: { call: "name: Quality gate\nuses: ./.github/workflows/c.yml" },
    others: { "c.yml": workflow("on: workflow_call", { call: "", more: "" }) },
    said: {
      "quality gate":
        "never: it names a job that calls a workflow and is reported as `Quality gate / call`, `Quality gate / more`",
      call: "never: the job `call` calls a workflow and is reported as `Quality gate / call`, `Quality gate / more`",
    },
  },
  "the values of a calling job's matrix stand in the middle": {
    jobs: { t: "strategy: { matrix: { v: [1, 2] } }\nuses: ./.github/workflows/c.yml" },
    others: { "c.yml": CALLED },
    said: {
      "t (2)": "never: the job `t` calls a workflow and is reported as `t (2) / Test all`",
      t: "never: the job `t` calls a workflow and is reported as `t (1) / Test all`, `t (2) / Test all`",
    },
  },
  "the id or name of a call of what cannot be read is told so, not likened to another": {
    jobs: {
      lint: "uses: example/shared/.github/workflows/t.yml@v1",
      scan: "name: Scan all\nuses: example/shared/.github/workflows/s.yml@v1",
      outer: "uses: ./.github/workflows/c.yml",
      link: "",
    },
    others: {
      "c.yml": workflow("on: workflow_call", {
        inner: 'strategy: { matrix: "${{ fromJSON(vars.M) }}" }',
      }),
    },
    said: {
      lint: "unreadable: the names of lint in w.yml cannot be read: it calls example/shared/t.yml@v1, a workflow of another repository, which cannot be read here",
      "Scan all":
        "unreadable: the names of scan in w.yml cannot be read: it calls example/shared/s.yml@v1, a workflow of another repository, which cannot be read here",
      outer:
        "unreadable: the names of outer/inner in w.yml cannot be read: vars.M is known only while the workflow runs",
    },
  },
};

describeCases("checks of called workflows", CASES);
