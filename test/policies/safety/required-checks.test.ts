import assert from "node:assert/strict";
import { requiredChecksReported } from "../../../policies/rules/safety/required-checks-reported.ts";
import { record } from "../../pricing/records.ts";
import { faults, judge } from "./support.ts";

const facts = {
  repository: "example/octollm",
  requiredChecks: { main: ["Lint Python Code"], develop: [] },
  reportedChecks: ["Lint Python Code", "Python Unit Tests (3.11)"],
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
      { ...facts, reportedChecks: [], checksFromApps: {} },
      'example/octollm: main requires "Lint Python Code", which no workflow reports on every pull request',
    ],
    "each branch by itself": [
      { ...facts, requiredChecks: { main: ["first of all"], "release/*": ["second of all"] } },
      'example/octollm: main requires "first of all", which no workflow reports on every pull request',
      'example/octollm: release/* requires "second of all", which no workflow reports on every pull request',
    ],
  },
  good: {
    "checks that are reported": facts,
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
    const inputs = { requiredStatusChecks: [{ contexts: ["Lint Python Code", "by hand"] }] };
    assert.deepEqual(said("github:index/branchProtection:BranchProtection", inputs, governed.urn), WRONG);
    assert.deepEqual(said("github:index/branchProtection:BranchProtection", inputs), []);
  });

  it("finds what a ruleset or a protection of the repository's name requires", () => {
    const rules = {
      requiredStatusChecks: { requiredChecks: [{ context: "by hand" }, { context: "codecov/patch" }] },
    };
    const ruleset = "github:index/repositoryRuleset:RepositoryRuleset";
    assert.deepEqual(said(ruleset, { repository: "octollm", rules }), WRONG);
    assert.deepEqual(said(ruleset, { repository: "other", rules }), []);
    const older = {
      repository: "octollm",
      requiredStatusChecks: { checks: ["by hand:-1", "Lint Python Code:15368"] },
    };
    assert.deepEqual(said("github:index/branchProtectionV3:BranchProtectionV3", older), WRONG);
  });
});
