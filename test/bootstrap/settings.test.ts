import assert from "node:assert/strict";
import { parseSettings } from "../../infra/bootstrap/settings/parse.ts";
import type { SettingsInput } from "../../infra/bootstrap/settings/schema.ts";
import { SECRET } from "../../model/resource.ts";
import { recordBootstrap } from "./support.ts";

const SOUND = {
  owner: "platform",
  awsAccount: "123456789012",
  github: { repository: "octo-org/proving-ground" },
  administrators: ["arn:aws:iam::123456789012:role/Administrator"],
} as const satisfies SettingsInput;

/** Every line of the refusal below its first. */
function problems(changes: Readonly<Record<string, unknown>>): string[] {
  try {
    parseSettings({ ...SOUND, ...changes }, "Pulumi.example.yaml");
  } catch (error) {
    assert.ok(error instanceof Error);
    const [first, ...lines] = error.message.split("\n");
    assert.match(String(first), /^Pulumi\.example\.yaml: \d+ problems?$/);
    return lines.map((line) => line.trim());
  }
  return [];
}

describe("settings of the bootstrap project", () => {
  it("fill in what most accounts need", () => {
    const settings = parseSettings(SOUND, "Pulumi.example.yaml");
    assert.deepEqual(
      settings.environments.map(({ name }) => name),
      ["dev", "staging", "prod"],
    );
    assert.equal(settings.region, "us-west-2");
    assert.equal(settings.pullRequests, "dev");
    assert.equal(settings.stateVersionsKeptDays, 365);
    assert.deepEqual(settings.oidcProvider, { existing: false });
    assert.deepEqual(settings.hosts, {
      callModels: true,
      imageOwners: ["amazon"],
    });
  });

  it("take the engine's stand-ins for what is not set", () => {
    const standIns = { stateBucket: "", environments: [], oidcProvider: {}, hosts: {} };
    assert.deepEqual(parseSettings({ ...SOUND, ...standIns }, ""), parseSettings(SOUND, ""));
  });

  it("do not show a secret that they refuse (FM-65)", () => {
    // In two parts, so that no scanner takes this file for a leak.
    const token = ["ghp_", "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"].join("");
    for (const wrong of [
      { region: token },
      { note: `${"x".repeat(60)} ${token}` },
      { password: "hunter2-plain" },
      { github: { repository: `https://octo:${token}@github.com/octo-org/x` } },
      { [token]: true },
      { environments: [{ name: "dev", readsSecrets: ["hunter2 plain"] }] },
      { environments: [{ name: "dev", readsSecrets: "hunter2 plain", other: token }] },
    ]) {
      const found = problems(wrong);
      assert.ok(found.length > 0);
      assert.doesNotMatch(found.join("\n"), /ghp_|hunter2/);
    }
  });

  it("name every problem at once, with value and what is allowed (FM-40)", () => {
    const wrong = {
      awsAccount: "1234",
      region: "us-west-9",
      regoin: "us-west-2",
      stateVersionsKeptDays: 7,
      github: { repository: "https://github.com/octo-org/x", id: 1 },
      administrators: ["arn:aws:sts::123456789012:assumed-role/Administrator/me"],
    };
    assert.deepEqual(problems(wrong).sort(), [
      'administrators[0] = "arn:aws:sts::123456789012:assumed-role/Administrator/me": must be the role itself, not a session of it: arn:aws:iam::ACCOUNT:role/NAME',
      'awsAccount = "1234": must be 12 digits, in quotes',
      'github.id = 1: is not a setting; did you mean "ids"? allowed here: repository, ids, trustNames',
      'github.repository = "https://github.com/octo-org/x": must be OWNER/NAME as GitHub spells it, for example octo-org/proving-ground',
      'region = "us-west-9": must be one of af-south-1, ap-east-1, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-1, ap-southeast-2, ap-southeast-3, ap-southeast-4, ca-central-1, ca-west-1, eu-central-1, eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, il-central-1, me-central-1, me-south-1, sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2; did you mean "us-west-1"?',
      'regoin = "us-west-2": is not a setting; did you mean "region"? allowed here: owner, awsAccount, region, stateBucket, stateVersionsKeptDays, environments, pullRequests, github, oidcProvider, hosts, administrators',
      "stateVersionsKeptDays = 7: must be at least 90 days: a broken state may be noticed late",
    ]);
  });

  it("name what is missing", () => {
    const missing = { owner: undefined, awsAccount: undefined, github: undefined, administrators: undefined };
    assert.deepEqual(problems(missing).sort(), [
      "administrators: is missing; must be a list",
      "awsAccount: is missing; must be a text",
      "github: is missing; must be an object",
      "owner: is missing; must be a text",
    ]);
  });

  const refused: Readonly<Record<string, readonly [changes: Record<string, unknown>, problem: RegExp]>> = {
    "secrets of the environment whose previews unreviewed code runs in": [
      { environments: [{ name: "dev", readsSecrets: ["cfs/codecov-token"] }] },
      /^environments\[0\]\.readsSecrets = \[secret\]: must be empty: pull requests preview dev/,
    ],
    "an environment whose names another's role would reach": [
      { environments: [{ name: "dev" }, { name: "dev-2" }] },
      /^environments\[1\]\.name = "dev-2": must not begin with dev-: the roles of dev would reach/,
    ],
    "an environment named as this project's own resources": [
      { environments: [{ name: "dev" }, { name: "bootstrap" }] },
      /^environments\[1\]\.name = "bootstrap": is the name of this project's own resources/,
    ],
    "an environment twice": [
      { environments: [{ name: "dev" }, { name: "dev" }] },
      /^environments\[1\]\.name = "dev": must not be named twice/,
    ],
    "pull requests of no environment": [
      { pullRequests: "test" },
      /^pullRequests = "test": must be one of the environments: dev, staging, prod/,
    ],
    "a state bucket that a deploy role administers": [
      { stateBucket: "proving-ground-dev-state" },
      /^stateBucket = "proving-ground-dev-state": must not begin with proving-ground-dev-/,
    ],
    "an administrator of another account": [
      { administrators: ["arn:aws:iam::210987654321:role/Administrator"] },
      /^administrators\[0\] = .*: must be of the account 123456789012/,
    ],
    "an administrator by pattern": [
      { administrators: ["arn:aws:iam::123456789012:role/*"] },
      /^administrators\[0\] = .*: must be the whole ARN of a role or user/,
    ],
    "no subject at all": [
      { github: { repository: "octo-org/x", trustNames: false } },
      /^github\.trustNames = false: leaves no subject to trust: give github\.ids too/,
    ],
  };
  for (const [what, [changes, problem]] of Object.entries(refused))
    it(`refuse ${what}`, () => {
      const found = problems(changes);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(String(found[0]), problem);
    });

  for (const name of [
    "octo-org/*",
    "octo-org/x?",
    "*/x",
    "octo-org/x:environment",
    "octo-org@1/x@2",
    "octo-org",
  ])
    it(`refuse a repository written ${name}, which a subject would carry`, () => {
      assert.match(problems({ github: { repository: name } }).join("\n"), /must be OWNER\/NAME/);
    });

  it("never show an encrypted value", () => {
    assert.match(
      problems({ owner: 1, awsAccount: SECRET }).join("\n"),
      /awsAccount = \[secret\]: must be 12 digits/,
    );
  });

  it("reach the engine as one error without a stack trace", async () => {
    await assert.rejects(recordBootstrap({ awsAccount: "12", pullRequests: "test" }), (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^Pulumi\.example\.yaml: 2 problems\n/);
      return error.constructor.name === "RunError";
    });
  });
});
