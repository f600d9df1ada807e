import { PUBLIC, USER, ORGANIZATION, type Case, main, prod, eachRefused } from "./governance-cases.ts";

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

describe("governance that contradicts itself is refused (FM-40)", () => {
  eachRefused(CONTRADICTORY);
});
