import assert from "node:assert/strict";
import { parse } from "yaml";
import { withReported } from "../../cli/checks/write-reported.ts";

const HEAD = `# A team's stack.
config:
  aws:region:   us-west-2   # spaces stay
  proving-ground:governance:
    owner: example
    ownerKind: user
    repositories:
      one: # the first
        details: {visibility: private}
`;
const TAIL = `
      two:
        details: { visibility: public }   # kept
  # the end
  proving-ground:owner: 'example'
`;

const VERIFIED = {
  main: { mergeQueue: false, checks: ["Lint: Python", "Unit Tests (3.11)"] },
  "release/*": { mergeQueue: true, checks: [] },
};
const LIST = `          reported:
            main:
              mergeQueue: false
              checks:
                - "Lint: Python"
                - Unit Tests (3.11)
            release/*:
              mergeQueue: true
              checks: []
`;

describe("the verified list in a stack file", () => {
  const cases: Readonly<Record<string, readonly [before: string, after: string]>> = {
    "a repository without checks": [`${HEAD}${TAIL}`, `${HEAD}        checks:\n${LIST}${TAIL}`],
    "checks without a list": [
      `${HEAD}        checks: # what must be green\n          fromApps:\n            codecov/patch: Codecov # an App\n${TAIL}`,
      `${HEAD}        checks: # what must be green\n          fromApps:\n            codecov/patch: Codecov # an App\n${LIST}${TAIL}`,
    ],
    "an older list by branch": [
      `${HEAD}        checks:\n          reported:\n            main:\n              mergeQueue: true # then\n              checks: [old]\n\n          fromApps: {}\n${TAIL}`,
      `${HEAD}        checks:\n${LIST}\n          fromApps: {}\n${TAIL}`,
    ],
    "an older list by branch, in braces": [
      `${HEAD}        checks:\n          reported: { main: { mergeQueue: true, checks: [] } } # then\n          fromApps: {}\n${TAIL}`,
      `${HEAD}        checks:\n${LIST.trimEnd()} # then\n          fromApps: {}\n${TAIL}`,
    ],
    "an older list": [
      `${HEAD}        checks:\n          reported:\n            - old\n            - older\n          fromApps: {}\n${TAIL}`,
      `${HEAD}        checks:\n${LIST}          fromApps: {}\n${TAIL}`,
    ],
    "an older list on one line": [
      `${HEAD}        checks:\n          reported: [old]\n${TAIL}`,
      `${HEAD}        checks:\n${LIST}${TAIL}`,
    ],
    "an older list at the end of the file": [
      `${HEAD}        checks:\n          reported:\n            - old\n`,
      `${HEAD}        checks:\n${LIST}`,
    ],
    "no line break at the end of the file": [
      `${HEAD}        labels: {}`,
      `${HEAD}        labels: {}\n        checks:\n${LIST}`,
    ],
  };
  for (const [what, [before, after]] of Object.entries(cases))
    it(`goes into ${what}, and every other byte stays`, () => {
      assert.equal(withReported(before, "one", VERIFIED), after);
      assert.equal(withReported(after, "one", VERIFIED), after, "a second time changes nothing");
    });

  it("goes into a repository written on one line", () => {
    const before = `config:\n  governance:\n    repositories: { one: { details: {} } } # short\n`;
    const after = withReported(before, "one", VERIFIED);
    const { config } = parse(after) as { config: { governance: { repositories: { one: unknown } } } };
    assert.deepEqual(config.governance.repositories.one, { details: {}, checks: { reported: VERIFIED } });
    assert.match(after, /# short/);
  });

  it("no protected branch is written as none", () => {
    assert.match(withReported(`${HEAD}${TAIL}`, "one", {}), /checks:\n {10}reported: \{\}\n/);
  });

  it("says what to paste where the repository is not in the file", () => {
    assert.throws(
      () => withReported(HEAD, "three", VERIFIED),
      /paste it under the repository:\nchecks:\n {2}reported:/,
    );
  });
});
