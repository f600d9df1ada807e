import assert from "node:assert/strict";
import { parseSettings } from "../../infra/settings/parse.ts";
import {
  type Change,
  PUBLIC,
  PRIVATE,
  USER,
  ORGANIZATION,
  problemsOf,
  type Case,
  main,
  prod,
  eachRefused,
} from "./governance-cases.ts";

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

describe("what the owner's GitHub plan lacks is named before anything is changed (FM-60)", () => {
  eachRefused(LACKING);
});

describe("rules that lock everybody out are named before anything is changed (FM-62)", () => {
  eachRefused(LOCKED);
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
