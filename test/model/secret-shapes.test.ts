import assert from "node:assert/strict";
import fc from "fast-check";
import { maskSecrets, secretsIn } from "../../model/secret-shapes.ts";
import { redact } from "../../runtime/host/redact.ts";

// Each in two parts, so that no scanner takes this file for a leak.
const CERTAIN: readonly (readonly [what: string, parts: readonly string[]])[] = [
  ["an AWS access key id", ["AKIA", "IOSFODNN7EXAMPLE"]],
  ["a GitHub token", ["ghp_", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"]],
  ["a GitHub token", ["github_pat_", "0123456789abcdefghijABCD"]],
  ["a Fireworks key", ["fw_", "AAAABBBBCCCCDDDDEEEE"]],
  ["an npm token", ["npm_", "abcdefghijklmnopqrstuvwxyz0123456789"]],
  ["a GitLab token", ["glpat-", "abcdefghij1234567890"]],
  ["an Anthropic key", ["sk-ant-", "api03-abcdefghijklmnop"]],
  ["an OpenAI key", ["sk-proj-", "abcdefghijklmnopqrstuvwx"]],
  ["a Slack token", ["xoxb", "-1234567890-abcdef"]],
  ["a JSON web token", ["eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxIn0.c2lnbmF0dXJl"]],
  [
    "a private key",
    ["-----BEGIN PGP PRIVATE", " KEY BLOCK-----\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----"],
  ],
  ["a private key", ["-----BEGIN RSA PRIVATE", " KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"]],
];

/** What must be gone, and what may stay. */
const HIDDEN: readonly (readonly [text: string, clean: string])[] = [
  ["postgres://app:hunter2@db:5432/x", "postgres://[secret]@db:5432/x"],
  ["redis+tls://:hunter2@cache", "redis+tls://[secret]@cache"],
  ["https://user:hun@ter2@example.com/x", "https://[secret]@example.com/x"],
  ["https://user:$ecret1@example.com/x", "https://[secret]@example.com/x"],
  ["Authorization: Basic dXNlcjpodW50ZXIy", "Authorization: Basic [secret]"],
  ['{"authorization":"Basic dXNlcjpodW50ZXIy"}', '{"authorization":"Basic [secret]"}'],
  ["curl said Basic dXNlcjpodW50ZXIy", "curl said Basic [secret]"],
  ["Authorization: token 0123456789abcdef", "Authorization: token [secret]"],
  ["hooks.slack.com/services/T0/B0/abcdef now", "hooks.slack.com/services/[secret] now"],
  ['password="hunter two three" next', 'password="[secret]" next'],
  ["password='hunter \"two\" three' next", "password='[secret]' next"],
  ['password="hunter two', 'password="[secret]'],
  ['{"password":"hun\\"ter two","a":1}', '{"password":"[secret]","a":1}'],
  [
    '{"body":"{\\"password\\":\\"hunter two\\",\\"a\\":1}"}',
    '{"body":"{\\"password\\":\\"[secret]\\",\\"a\\":1}"}',
  ],
  ['\\"password\\":\\"hun\\\\\\"ter two\\" next', '\\"password\\":\\"[secret]\\" next'],
  ['{"secret":{"value":"hunter two","deep":{"a":"hunter"}},"a":1}', '{"secret":[secret],"a":1}'],
  ['{"tokens":["hunter two","hunter"],"a":1}', '{"tokens":[secret],"a":1}'],
  [`key ${"wJalrXUtnFEMI/K7MDENG/".concat("bPxRfiCYEXAMPLEKEY")} of AWS`, "key [secret] of AWS"],
];

describe("shapes of secrets (FM-65)", () => {
  for (const [what, parts] of CERTAIN) {
    const text = parts.join("");
    it(`names ${what}, ${text.slice(0, 8)}…, and takes it out whole`, () => {
      assert.deepEqual(secretsIn(`before ${text} after`), [what]);
      for (const doubtful of [true, false])
        assert.equal(maskSecrets(`before ${text} after`, doubtful), "before [secret] after");
    });
  }

  for (const [text, clean] of HIDDEN)
    it(`leaves of ${text.slice(0, 60)} only what is no secret`, () => {
      assert.equal(redact(text), clean);
    });

  it("names credentials in an address of any scheme, and not the variable that stands for them", () => {
    assert.deepEqual(secretsIn("postgres://app:hunter2@db/x"), ["credentials in an address"]);
    for (const text of ["https://x:$TOKEN@github.com", "https://x:${TOKEN}@github.com", "http://host:80/a@b"])
      assert.deepEqual(secretsIn(text), [], text);
  });

  it("knows a bare value by the name it has", () => {
    for (const name of ["DBPASS", "NPM_TOKEN", "CLIENT_SECRET", "DEPLOY_KEY", "apiKey", "db/password"])
      assert.deepEqual(secretsIn("hunter2hunter2", name), ["a password"], name);
    for (const name of ["BYPASS", "SSH_PUBLIC_KEY", "CACHE_KEY", "MONKEY", "TOKEN_URL", "SECRET_NAME"])
      assert.deepEqual(secretsIn("hunter2hunter2", name), [], name);
    for (const text of [
      "prod/database",
      "arn:aws:secretsmanager:x",
      "$TOKEN",
      "[unknown]",
      "short",
      "[secret]",
    ])
      assert.deepEqual(secretsIn(text, "DB_PASSWORD"), [], text);
  });

  it("leaves what is no secret readable", () => {
    for (const text of [
      "commit 0123456789abcdef0123456789abcdef01234567 is not on main",
      "PUT http://169.254.169.254/latest/api/token answered 403",
      "Basic authentication is off, as the Basic plan has it",
      "urn:pulumi:dev::proving-ground::aws:s3/bucketServerSideEncryptionConfiguration:X::store",
      "ssh://git@example.com:22/x and mailto:oncall@example.com",
      "desk-ant-hill, fw_rules, npm_config, glpat-",
    ]) {
      assert.equal(redact(text), text);
      assert.deepEqual(secretsIn(text), []);
    }
  });

  it("takes them out of any text they stand in", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom("password=", '"', '\\"', "{", "[", "://u:p@", "Bearer ", "secret:", " ", "\n"),
      fc.constantFrom(...CERTAIN.map(([, parts]) => parts.join(""))),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const clean = redact(pieces.join(" "));
        assert.deepEqual(
          CERTAIN.filter(([, parts]) => clean.includes(parts.join(""))),
          [],
        );
      }),
    );
  });

  it("needs no more than a glance at long hostile texts", function () {
    this.timeout(10_000);
    for (const part of [
      "secret",
      "password=",
      "password={",
      "a.",
      "://a:",
      "{[",
      '\\"',
      "-----BEGIN PRIVATE KEY-----",
      "eyJ",
    ])
      redact(part.repeat(20_000));
  });
});
