import assert from "node:assert/strict";
import { requiredChecksReported } from "../../../policies/rules/safety/required-checks-reported.ts";
import { record } from "../../pricing/records.ts";
import { faults, judge } from "./support.ts";

const facts = {
  repository: "example/octollm",
  requiredChecks: { main: ["Lint Python Code"], develop: [] },
  defaultBranch: "main",
  mergeQueues: [],
  reportedChecks: {
    main: { mergeQueue: false, checks: ["Lint Python Code", "Python Unit Tests (3.11)"] },
    develop: { mergeQueue: false, checks: ["Build"] },
  },
  checksFromApps: { "codecov/patch": "Codecov" },
};

judge({
  rule: requiredChecksReported,
  type: "proving-ground:infra:GovernedRepository",
  bad: {
    "a check that no workflow reports (FM-61)": [
      { ...facts, requiredChecks: { main: ["Lint Python Code", "lint python"] } },
      'example/octollm: main requires "lint python", which no workflow reports on every pull request; did you mean Lint Python Code?',
    ],
    "checks that nobody verified (FM-62)": [
      { ...facts, reportedChecks: undefined, requiredChecks: { main: ["Lint", "codecov/patch"] } },
      "example/octollm: whether its workflows report what main requires was never verified (Lint)",
    ],
    "a list that is empty": [
      { ...facts, reportedChecks: { main: { mergeQueue: false, checks: [] } }, checksFromApps: {} },
      'example/octollm: main requires "Lint Python Code", which no workflow reports on every pull request',
    ],
    "each branch by itself": [
      { ...facts, requiredChecks: { main: ["first of all"], develop: ["second of all"] } },
      'example/octollm: main requires "first of all", which no workflow reports on every pull request',
      'example/octollm: develop requires "second of all", which no workflow reports on every pull request',
    ],
    "a check that only another branch gets (FM-61)": [
      { ...facts, requiredChecks: { main: ["Lint Python Code"], develop: ["Lint Python Code"] } },
      'example/octollm: develop requires "Lint Python Code", which no workflow reports on every pull request; those to main get it',
    ],
    "a branch that was not there when the others were verified": [
      { ...facts, requiredChecks: { ...facts.requiredChecks, "release/*": ["Build"] } },
      "example/octollm: whether its workflows report what release/* requires was never verified (Build)",
    ],
    "a merge queue that came after the verification (FM-61)": [
      { ...facts, mergeQueues: ["main"] },
      "example/octollm: what main requires was verified without the merge queue it has now (Lint Python Code)",
    ],
    "a merge queue that is gone since": [
      {
        ...facts,
        reportedChecks: { main: { mergeQueue: true, checks: ["Lint Python Code"] } },
      },
      "example/octollm: what main requires was verified with a merge queue, which it has no more (Lint Python Code)",
    ],
    "another default branch": [
      {
        ...facts,
        requiredChecks: { "~DEFAULT_BRANCH": ["Build"] },
        reportedChecks: {
          "~DEFAULT_BRANCH": { mergeQueue: false, defaultBranch: "trunk", checks: ["Build"] },
        },
      },
      "example/octollm: what ~DEFAULT_BRANCH requires was verified for trunk, and the default branch is main now (Build)",
    ],
    "the flat list of an older stack file": [
      { ...facts, reportedChecks: ["Lint Python Code"] },
      "example/octollm: whether its workflows report what main requires was never verified (Lint Python Code)",
    ],
  },
  good: {
    "checks that are reported": facts,
    "a queue that was verified": {
      ...facts,
      mergeQueues: ["main"],
      reportedChecks: { main: { mergeQueue: true, checks: ["Lint Python Code"] } },
    },
    "the default branch that was verified": {
      ...facts,
      requiredChecks: { "~DEFAULT_BRANCH": ["Build"] },
      reportedChecks: { "~DEFAULT_BRANCH": { mergeQueue: false, defaultBranch: "main", checks: ["Build"] } },
    },
    "checks of Apps, even where nobody looked at workflows": {
      ...facts,
      reportedChecks: undefined,
      requiredChecks: { main: ["codecov/patch"] },
    },
    "a repository without required checks": { ...facts, reportedChecks: undefined, requiredChecks: {} },
  },
});

describe("policy required-checks-reported beside the settings", () => {
  const governed = record("proving-ground:infra:GovernedRepository", "octollm", facts);
  const said = (type: string, inputs: Readonly<Record<string, unknown>>, parent?: string) =>
    faults(requiredChecksReported, [governed, { ...record(type, "by-hand", inputs), parent }]);
  const WRONG = [
    'example/octollm: by-hand requires "by hand", which no workflow reports on every pull request',
  ];

  it("finds what a protection inside the component requires", () => {
    const inputs = {
      pattern: "main",
      requiredStatusChecks: [{ contexts: ["Lint Python Code", "by hand"] }],
    };
    assert.deepEqual(said("github:index/branchProtection:BranchProtection", inputs, governed.urn), WRONG);
    assert.deepEqual(said("github:index/branchProtection:BranchProtection", inputs), []);
  });

  it("finds what a ruleset or a protection of the repository's name requires", () => {
    const rules = {
      requiredStatusChecks: { requiredChecks: [{ context: "by hand" }, { context: "codecov/patch" }] },
    };
    const ruleset = "github:index/repositoryRuleset:RepositoryRuleset";
    const conditions = { refName: { includes: ["refs/heads/main"], excludes: [] } };
    assert.deepEqual(said(ruleset, { repository: "octollm", conditions, rules }), WRONG);
    assert.deepEqual(said(ruleset, { repository: "other", conditions, rules }), []);
    const older = {
      repository: "octollm",
      branch: "main",
      requiredStatusChecks: { checks: ["by hand:-1", "Lint Python Code:15368"] },
    };
    assert.deepEqual(said("github:index/branchProtectionV3:BranchProtectionV3", older), WRONG);
  });

  it("judges a branch by what was verified of it, or of the pattern that takes it in", () => {
    const ruleset = "github:index/repositoryRuleset:RepositoryRuleset";
    const of = (...includes: readonly string[]) => ({
      repository: "octollm",
      conditions: { refName: { includes, excludes: [] } },
      rules: { requiredStatusChecks: { requiredChecks: [{ context: "Lint Python Code" }] } },
    });
    assert.deepEqual(said(ruleset, of("~DEFAULT_BRANCH")), []);
    assert.deepEqual(said(ruleset, of("refs/heads/main", "refs/heads/develop")), [
      'example/octollm: by-hand requires "Lint Python Code", which no workflow reports on every pull request; those to main get it',
    ]);
    assert.deepEqual(said(ruleset, of("refs/heads/release/1.0")), [
      "example/octollm: whether its workflows report what by-hand requires was never verified (Lint Python Code); the settings have no branch release/1.0, so that `ground checks` cannot",
    ]);
  });
});
