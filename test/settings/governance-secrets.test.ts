import assert from "node:assert/strict";
import { configSecretProblems, type SecretState } from "../../infra/settings/governance-secrets.ts";
import { parseSettings, SettingsError } from "../../infra/settings/parse.ts";
import { type Change, PUBLIC, USER, problemsOf, TOKEN } from "./governance-cases.ts";

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
