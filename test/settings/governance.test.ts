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
    "CODEOWNERS under a pattern that covers the default branch",
    {
      ...PUBLIC,
      codeOwners: { "*": ["@octo", "@alice"] },
      branches: {
        "**": { administratorsIncluded: true, checks: ["build"] },
        "ma*": { administratorsIncluded: true, checks: ["build"] },
        dev: { administratorsIncluded: true, checks: ["build"] },
      },
    },
    USER,
    [
      /^branches\.\*\*\.administratorsIncluded: keeps codeOwners from being written to main/,
      /^branches\.ma\*\.administratorsIncluded: keeps codeOwners from being written to main/,
    ],
  ],
  [
    "one person under two spellings, who approves nothing of his own",
    {
      ...PUBLIC,
      codeOwners: { "*": ["@alice", "@Alice"] },
      branches: { dev: { codeOwnerReview: true, administratorsIncluded: true, checks: ["build"] } },
      environments: {
        e: { branches: ["main"], reviewers: { users: ["alice", "Alice"] }, preventSelfReview: true },
      },
    },
    USER,
    [
      /reviewers\.users\[1\]: is alice once more/,
      /codeOwners\.\*\[1\]: is @alice once more/,
      /codeOwnerReview: .*nobody can approve what @Alice changes/,
      /preventSelfReview: nobody could approve what Alice deploys/,
    ],
  ],
  [
    "one reviewer, who cannot approve himself",
    prod({ preventSelfReview: true, reviewers: { users: ["octo"] } }),
    USER,
    [/preventSelfReview: nobody could approve what octo deploys/],
  ],
];

/** Each in two parts, so that no scanner takes this file for a leak. */
const TOKEN = ["ghp_", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"].join("");

const CONTRADICTORY: readonly Case[] = [
  [
    "protection of the default branch by a ruleset's name for it",
    { ...PUBLIC, branches: { "~DEFAULT_BRANCH": { checks: ["build"] }, "~ALL": { checks: ["build"] } } },
    USER,
    [
      /^branches\.~DEFAULT_BRANCH: needs kind: ruleset, or the branch by its name, such as main: protection takes/,
      /^branches\.~ALL: needs kind: ruleset/,
    ],
  ],
  [
    "a ruleset of a name that rulesets do not know",
    { ...PUBLIC, branches: { "~DEFAULT": { kind: "ruleset", checks: ["build"] } } },
    USER,
    [/^branches\.~DEFAULT: must be ~DEFAULT_BRANCH or ~ALL, or a pattern/],
  ],
  [
    "environments that differ in capitals only",
    { ...PUBLIC, environments: { prod: { branches: ["main"] }, Prod: { branches: "any" } } },
    USER,
    [/^environments\.Prod: is the same environment as prod to GitHub/],
  ],
  [
    "labels that differ in capitals only",
    { ...PUBLIC, labels: { bug: { color: "ff0000" }, Bug: { color: "00ff00" } } },
    USER,
    [/^labels\.Bug: is the same label as bug to GitHub/],
  ],
  [
    "environments whose names are no name, or two lines",
    {
      ...PUBLIC,
      environments: { ".": { branches: "any" }, "..": { branches: "any" }, "x\ny": { branches: "any" } },
    },
    USER,
    [
      /^environments\.\.: this name must not be \. or \.\./,
      /^environments\.\.\.: this name must not be \. or \.\./,
      /^environments\.x\\u\{a\}y: this name must not hold line breaks/,
    ],
  ],
  [
    "lines put into CODEOWNERS by a pattern",
    {
      ...PUBLIC,
      codeOwners: {
        "x\n* @evil": ["@octo"],
        "#secret/": ["@octo"],
        "a #b": ["@octo"],
        "a\\": ["@octo"],
        "!docs/": ["@octo"],
        "\u001b[2J": ["@octo"],
      },
    },
    USER,
    [
      /^codeOwners\.x\\u\{a\}\* @evil: this name must not hold line breaks/,
      /^codeOwners\.#secret\/: this name must not begin a comment/,
      /^codeOwners\.a #b: this name must not begin a comment/,
      /^codeOwners\.a\\: this name must not hold ! \[ \] or/,
      /^codeOwners\.!docs\/: this name must not hold !/,
      /^codeOwners\.\\u\{1b\}\[2J: this name must not hold line breaks/,
    ],
  ],
  [
    "one person twice",
    {
      ...prod({ reviewers: { users: ["alice", "Alice"] } }),
      codeOwners: { "*": ["@alice", "@Alice", "@octo"] },
    },
    USER,
    [
      /^environments\.prod\.reviewers\.users\[1\]: is alice once more to GitHub/,
      /^codeOwners\.\*\[1\]: is @alice once more to GitHub/,
    ],
  ],
  [
    "a selection that is not used",
    { ...PUBLIC, actions: { selected: {} } },
    USER,
    [/^actions\.selected: has no effect with allowed: all/],
  ],
  [
    "up to date without checks",
    main({ checks: [], upToDate: true }),
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

describe("a secret in clear is refused before anything is planned (FM-65)", () => {
  const refusals: readonly (readonly [title: string, repository: Change, problems: readonly RegExp[]])[] = [
    [
      "in variables, by form and by name",
      {
        ...PUBLIC,
        variables: { NOTE: `see ${TOKEN}`, DBPASS: "hunter2hunter2" },
        environments: { prod: { branches: "any", variables: { API_KEY: "hunter2hunter2" } } },
      },
      [
        /^variables\.NOTE: holds a GitHub token, which whoever sees/,
        /^variables\.DBPASS: holds a password/,
        /^environments\.prod\.variables\.API_KEY: holds a password/,
      ],
    ],
    [
      "in texts that everybody reads",
      {
        details: {
          visibility: "public",
          description: TOKEN,
          homepage: "https://u:hunter2pass@example.com",
        },
        actions: { allowed: "selected", selected: { patterns: [TOKEN] } },
        labels: { bug: { color: "ff0000", description: TOKEN } },
      },
      [
        /^details\.description: holds a GitHub token/,
        /^details\.homepage: holds credentials in an address/,
        /^actions\.selected\.patterns\[0\]: holds a GitHub token/,
        /^labels\.bug\.description: holds a GitHub token/,
      ],
    ],
    [
      "in a name",
      { ...PUBLIC, labels: { [TOKEN]: { color: "ff0000" } } },
      [/^labels\.\[secret\]: is a name that holds a GitHub token/],
    ],
    [
      "in place of its source",
      { ...PUBLIC, secrets: { A: { secretsManager: TOKEN } } },
      [/^secrets\.A\.secretsManager: holds a GitHub token/],
    ],
  ];
  for (const [title, repository, expected] of refusals)
    it(title, () => {
      const found = problemsOf(repository);
      assert.equal(found.length, expected.length, found.join("\n"));
      for (const [index, message] of expected.entries()) assert.match(found[index] ?? "", message);
    });

  it("leaves variables alone that only sound like one", () => {
    const variables = {
      TOKEN_URL: "https://example.com/token",
      SECRET_NAME: "prod/database",
      CACHE_KEY: "v1-modules",
    };
    assert.deepEqual(problemsOf({ ...PUBLIC, variables }), []);
  });
});

describe("the refusal of a secret does not show it (FM-65)", () => {
  const PLAIN = "hunter2-plain-password";
  const long = `${"x".repeat(60)} ${TOKEN}`;
  for (const [title, repository] of [
    ["in place of a source", { secrets: { TOKEN } }],
    ["that has no form", { environments: { prod: { branches: "any", secrets: { X: PLAIN } } } }],
    ["under value", { secrets: { X: { value: PLAIN } } }],
    ["as a configuration key", { secrets: { X: { config: PLAIN } } }],
    ["as a name in Secrets Manager", { dependabotSecrets: { X: { secretsManager: `${PLAIN} !` } } }],
    ["as a list", { secrets: [PLAIN] }],
    ["as the secrets themselves", { secrets: PLAIN }],
    ["in an object that is wrong as a whole", { environments: [{ prod: { secrets: { X: PLAIN } } }] }],
    ["under a misspelt key", { secerts: { X: PLAIN }, dependabotSecret: PLAIN }],
    ["under an unknown key", { password: PLAIN, note: TOKEN }],
    ["as an unknown key", { [TOKEN]: true }],
    ["cut off by the end of the line", { note: long }],
    ["in a variable of the wrong name", { variables: { "db-password": PLAIN } }],
    ["in a variable that is no text", { variables: { DB: [TOKEN], DB_PASSWORD: [PLAIN] } }],
  ] as const)
    it(title, () => {
      const document = {
        owner: "octo",
        hosts: false,
        governance: { ...USER, repositories: { app: { ...PUBLIC, ...repository } } },
      };
      assert.throws(
        () => parseSettings(document, { stack: "dev", source: "test" }),
        (error) => {
          assert.ok(error instanceof SettingsError);
          for (const text of [error.message, JSON.stringify(error.problems)])
            assert.doesNotMatch(text, /hunter2|ghp_/);
          return true;
        },
      );
    });
});

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
    ["a branch without checks, of which upToDate was never said", main({ checks: [] }), USER],
    ["selected actions without a selection", { ...PUBLIC, actions: { allowed: "selected" } }, USER],
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

describe("actions that are selected", () => {
  const selectedOf = (actions: Change): unknown => {
    const governance = { ...USER, repositories: { app: { ...PUBLIC, actions } } };
    const document = { owner: "octo", hosts: false, governance };
    return parseSettings(document, { stack: "dev", source: "test" }).governance?.repositories["app"]?.actions
      ?.selected;
  };

  it("are GitHub's own unless the settings name others", () => {
    const own = { githubOwned: true, verified: false, patterns: [] };
    assert.deepEqual(selectedOf({ allowed: "selected" }), own);
    assert.deepEqual(selectedOf({ allowed: "selected", selected: {} }), own);
    assert.deepEqual(selectedOf({ allowed: "selected", selected: { verified: true } }), {
      ...own,
      verified: true,
    });
  });

  it("are nobody's business where all are allowed", () => {
    assert.equal(selectedOf({}), undefined);
  });
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

  it("is one as Pulumi rewrites it too, with texts for true and false", () => {
    const document = {
      owner: "octo",
      hosts: "false",
      governance: { ...USER, repositories: { app: PUBLIC } },
    };
    assert.equal(parseSettings(document, { stack: "github", source: "test" }).hosts, false);
    assert.throws(
      () => parseSettings({ ...document, hosts: "no" }, { stack: "github", source: "test" }),
      /hosts = "no": must be true or false/,
    );
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
