import assert from "node:assert/strict";
import { configSecretProblems, type SecretState } from "../../infra/settings/governance-secrets.ts";
import { parseSettings, SettingsError } from "../../infra/settings/parse.ts";

type Change = Readonly<Record<string, unknown>>;

const PUBLIC = { details: { visibility: "public" } };
const PRIVATE = { details: { visibility: "private" } };
const USER = { owner: "octo", ownerKind: "user" };
const ORGANIZATION = { owner: "octo", ownerKind: "organization", plan: "team" };

/** Problems of a stack that governs one repository, each as `path: message` below the repository's own path. */
function problemsOf(repository: Change, owner: Change = USER, more: Change = {}): string[] {
  const governance = { ...owner, repositories: { app: repository } };
  const document = { owner: "octo", hosts: false, governance, ...more };
  try {
    parseSettings(document, { stack: "dev", source: "test" });
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems.map(
      ({ path, message }) => `${path.replace("governance.repositories.app.", "")}: ${message}`,
    );
  }
}

type Case = readonly [title: string, repository: Change, owner: Change, problems: readonly RegExp[]];

const main = (branch: Change, repository: Change = PUBLIC): Change => ({
  ...repository,
  branches: { main: { checks: ["build"], ...branch } },
});
const prod = (environment: Change, repository: Change = PUBLIC): Change => ({
  ...repository,
  environments: { prod: { branches: ["main"], ...environment } },
});

const LACKING: readonly Case[] = [
  [
    "a plan of the other kind of owner",
    PUBLIC,
    { ...USER, plan: "team" },
    [/^governance\.plan: must be free or pro: octo is a user/],
  ],
  [
    "protection of a private repository",
    main({}, PRIVATE),
    USER,
    [/^branches\.main: needs plan: pro on a private/],
  ],
  ["environments of a private repository", prod({}, PRIVATE), USER, [/^environments\.prod: needs plan: pro/]],
  [
    "CODEOWNERS of a private repository",
    { ...PRIVATE, codeOwners: { "*": ["@octo"] } },
    USER,
    [/^codeOwners: needs plan: pro/],
  ],
  [
    "reviewers on a private repository",
    prod({ reviewers: { users: ["a"] } }, PRIVATE),
    ORGANIZATION,
    [/^environments\.prod\.reviewers: needs plan: enterprise/],
  ],
  [
    "a wait on a private repository",
    prod({ waitMinutes: 5 }, PRIVATE),
    ORGANIZATION,
    [/^environments\.prod\.waitMinutes: needs plan: enterprise/],
  ],
  [
    "secret scanning of a user's private repository",
    { ...PRIVATE, secretScanning: true },
    { ...USER, plan: "pro" },
    [/^secretScanning: needs an organization/],
  ],
  [
    "internal visibility",
    { details: { visibility: "internal" } },
    ORGANIZATION,
    [/^details\.visibility: needs an organization with plan: enterprise/],
  ],
  [
    "lists of pushers of a user",
    main({ pushers: ["/octo"] }),
    USER,
    [/^branches\.main\.pushers: is for repositories of organizations only/],
  ],
  [
    "lists of who goes round of a user",
    main({ bypass: ["/octo"] }),
    USER,
    [/^branches\.main\.bypass: is for repositories of organizations only/],
  ],
  [
    "a team of another organization",
    main({ pushers: ["other/team"] }),
    ORGANIZATION,
    [/^branches\.main\.pushers\[0\]: must be a team of octo/],
  ],
  [
    "teams that review for a user",
    prod({ reviewers: { teams: ["a"] } }),
    USER,
    [/^environments\.prod\.reviewers\.teams: are for repositories of organizations/],
  ],
  [
    "a merge queue of a user",
    main({ kind: "ruleset", mergeQueue: true }),
    USER,
    [/^branches\.main\.mergeQueue: needs a public repository of an organization/],
  ],
];

const LOCKED: readonly Case[] = [
  [
    "nobody who may push",
    main({ pushers: [] }),
    ORGANIZATION,
    [/^branches\.main\.pushers: lets nobody push or merge/],
  ],
  [
    "checks while no workflow runs",
    { ...main({}), actions: { enabled: false } },
    USER,
    [/^branches\.main\.checks: are reported by nobody/],
  ],
  [
    "one code owner, who cannot approve himself",
    { ...main({ codeOwnerReview: true, administratorsIncluded: true }), codeOwners: { "*": ["@octo"] } },
    USER,
    [
      /codeOwnerReview: .*nobody can approve what @octo changes in \*/,
      /administratorsIncluded: keeps codeOwners from being written to main/,
    ],
  ],
  [
    "one reviewer, who cannot approve himself",
    prod({ preventSelfReview: true, reviewers: { users: ["octo"] } }),
    USER,
    [/preventSelfReview: nobody could approve what octo deploys/],
  ],
];

const CONTRADICTORY: readonly Case[] = [
  [
    "selected actions without a selection",
    { ...PUBLIC, actions: { allowed: "selected" } },
    USER,
    [/^actions\.selected: is missing/],
  ],
  [
    "a selection that is not used",
    { ...PUBLIC, actions: { selected: {} } },
    USER,
    [/^actions\.selected: has no effect with allowed: all/],
  ],
  [
    "up to date without checks",
    main({ checks: [] }),
    USER,
    [/^branches\.main\.upToDate: has no effect without checks/],
  ],
  [
    "a ruleset adopted without its id",
    main({ kind: "ruleset", existing: true }),
    USER,
    [/^branches\.main\.existing: must be the ruleset's id/],
  ],
  [
    "protection adopted by a ruleset's id",
    main({ existing: 12 }),
    USER,
    [/^branches\.main\.existing: must be true or false/],
  ],
  [
    "a queue without a ruleset",
    main({ mergeQueue: true }),
    ORGANIZATION,
    [/^branches\.main\.mergeQueue: needs kind: ruleset/],
  ],
  [
    "pushers of a ruleset",
    main({ kind: "ruleset", pushers: ["octo/a"] }),
    ORGANIZATION,
    [/^branches\.main\.pushers: needs kind: protection/],
  ],
  [
    "a person who goes round a ruleset",
    main({ kind: "ruleset", bypass: ["/monalisa"] }),
    ORGANIZATION,
    [/^branches\.main\.bypass\[0\]: must be ORGANIZATION\/TEAM/],
  ],
  [
    "protected branches where a ruleset protects",
    { ...main({ kind: "ruleset" }), environments: { prod: {} } },
    USER,
    [/^environments\.prod\.branches: lets every branch deploy/],
  ],
  [
    "tags beside protected branches",
    { ...main({}), environments: { prod: { tags: ["v*"] } } },
    USER,
    [/^environments\.prod\.tags: has no effect with branches: protected/],
  ],
  [
    "reviewers who are nobody",
    prod({ reviewers: {} }),
    USER,
    [/^environments\.prod\.reviewers: must name 1 to 6 .* not 0/],
  ],
  [
    "seven reviewers",
    prod({ reviewers: { users: ["a", "b", "c", "d"], teams: ["e", "f", "g"] } }),
    ORGANIZATION,
    [/^environments\.prod\.reviewers: must name 1 to 6 .* not 7/],
  ],
  [
    "self-review without reviewers",
    prod({ preventSelfReview: true }),
    USER,
    [/preventSelfReview: has no effect without reviewers/],
  ],
  [
    "push protection without scanning",
    { ...PUBLIC, pushProtection: true },
    USER,
    [/^pushProtection: needs secretScanning: true/],
  ],
  [
    "updates without alerts",
    { ...PUBLIC, dependabotSecurityUpdates: true },
    USER,
    [/^dependabotSecurityUpdates: needs vulnerabilityAlerts: true/],
  ],
  [
    "one source under two names",
    { ...PUBLIC, secrets: { A: { config: "x:a" }, B: { config: "x:a" } } },
    USER,
    [/^secrets\.B: has the same source as A/],
  ],
  [
    "the mark of ownership as a variable",
    { ...PUBLIC, variables: { PROVING_GROUND_STACK: "mine" } },
    USER,
    [/^variables\.PROVING_GROUND_STACK: is the mark/],
  ],
  [
    "adopted rules of a new repository",
    { ...main({ existing: true }), create: true },
    USER,
    [/^branches\.main\.existing: cannot be there/],
  ],
  [
    "a secret's name that GitHub refuses",
    { ...PUBLIC, secrets: { github_token: { config: "x:a" } } },
    USER,
    [/^secrets\.github_token: this name must be capitals/],
  ],
  [
    "a hundred and one secrets",
    {
      ...PUBLIC,
      secrets: Object.fromEntries(
        Array.from({ length: 101 }, (_, n) => [`S${String(n)}`, { config: `x:s${String(n)}` }]),
      ),
    },
    USER,
    [/^secrets: must hold at most 100 entries, not 101/],
  ],
];

for (const [what, cases] of [
  ["what the owner's GitHub plan lacks is named before anything is changed (FM-60)", LACKING],
  ["rules that lock everybody out are named before anything is changed (FM-62)", LOCKED],
  ["governance that contradicts itself is refused (FM-40)", CONTRADICTORY],
] as const) {
  describe(what, () => {
    for (const [title, repository, owner, expected] of cases) {
      it(title, () => {
        const found = problemsOf(repository, owner);
        assert.equal(found.length, expected.length, found.join("\n"));
        for (const [index, message] of expected.entries()) assert.match(found[index] ?? "", message);
      });
    }
  });
}

describe("governance without these faults is accepted", () => {
  const enterprise = { ...ORGANIZATION, plan: "enterprise" };
  for (const [title, repository, owner] of [
    [
      "private, with reviewers, of an enterprise",
      prod({ reviewers: { teams: ["a"] }, waitMinutes: 5 }, PRIVATE),
      enterprise,
    ],
    ["private and protected, of a paying user", main({}, PRIVATE), { ...USER, plan: "pro" }],
    [
      "a merge queue of a public organization",
      main({ kind: "ruleset", mergeQueue: true }),
      { ...ORGANIZATION, plan: "free" },
    ],
    [
      "one source for Actions and Dependabot",
      { ...PUBLIC, secrets: { A: { config: "x:a" } }, dependabotSecrets: { A: { config: "x:a" } } },
      USER,
    ],
    [
      "a team as the only code owner",
      {
        ...main({ codeOwnerReview: true, administratorsIncluded: true }),
        details: { visibility: "public", defaultBranch: "trunk" },
        codeOwners: { "*": ["@octo/all"] },
      },
      ORGANIZATION,
    ],
  ] as const) {
    it(title, () => {
      assert.deepEqual(problemsOf(repository, owner), []);
    });
  }
});

describe("a stack without hosts", () => {
  it("needs no zones and no budget, and has none afterwards", () => {
    const document = { owner: "octo", hosts: false, governance: { ...USER, repositories: { app: PUBLIC } } };
    const settings = parseSettings(
      // As the engine hands over what is not set.
      { ...document, zones: [], budget: {}, network: {}, cluster: {} },
      { stack: "github", source: "test" },
    );
    assert.deepEqual(Object.keys(settings).sort(), ["environment", "governance", "hosts", "owner", "region"]);
    assert.equal(settings.environment, "github");
  });

  it("refuses every setting that is for hosts only (FM-40)", () => {
    const hosts = {
      zones: ["usw2-az2", "usw2-az3"],
      network: { mode: "private" },
      modelApi: { usdPerDay: 1 },
    };
    const found = problemsOf(PUBLIC, USER, hosts);
    assert.deepEqual(
      found,
      ["zones", "network", "modelApi"].map((key) => `${key}: has no effect with hosts: false; remove it`),
    );
  });

  it("has something to govern (FM-40)", () => {
    assert.throws(
      () => parseSettings({ owner: "octo", hosts: false }, { stack: "dev", source: "test" }),
      /governance: is missing; a stack with hosts: false has nothing else to do/,
    );
  });
});

describe("secrets from the configuration (FM-65)", () => {
  const settings = parseSettings(
    {
      owner: "octo",
      hosts: false,
      governance: { ...USER, repositories: { app: { ...PUBLIC, secrets: { A: { config: "x:a" } } } } },
    },
    { stack: "dev", source: "test" },
  );
  for (const [state, message] of [
    ["missing", /the configuration key x:a, which is not set; run: pulumi config set --secret x:a/],
    ["clear", /the configuration key x:a, which stands in clear in the stack file; run: pulumi config set/],
  ] as const satisfies readonly (readonly [SecretState, RegExp])[]) {
    it(`are refused where the key is ${state}`, () => {
      const [problem] = configSecretProblems(settings.governance, () => state);
      assert.equal(problem?.path, "governance.repositories.app.secrets.A");
      assert.match(problem.message, message);
    });
  }

  it("are accepted where it is encrypted", () => {
    assert.deepEqual(
      configSecretProblems(settings.governance, () => "encrypted"),
      [],
    );
  });
});
