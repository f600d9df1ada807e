import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { readStackFile, settingsOf } from "../../cli/stack-file.ts";
import { refuseSharedOwners } from "../../infra/settings/other-stacks.ts";
import { conflictsOf, type StackClaims } from "../../model/owners.ts";
import { ground } from "../support/plans.ts";
import { COMMITTED, ROOT } from "./stack-files.ts";

const github = (owner: string, repository: string) => `config:
  proving-ground:owner: octo
  proving-ground:hosts: false
  proving-ground:governance:
    owner: ${owner}
    ownerKind: user
    repositories:
      ${repository}: { details: { visibility: public } }
`;

const hosts = (more: string) => `config:
  owner: octo
  zones: [usw2-az2, usw2-az3]
  budget: { unbudgeted: true, reason: runs in a prepaid account }
${more}`;

describe("one owner for each singleton (FM-67)", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "owners-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(stack: string, text: string): void {
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  }

  function refusal(stack: string): string {
    const file = `Pulumi.${stack}.yaml`;
    const settings = settingsOf(readStackFile(join(folder, file)), { stack });
    try {
      refuseSharedOwners(settings, { directory: folder, file, project: "proving-ground" });
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  it("reads another stack's file as Pulumi rewrote it, texts for true and false", () => {
    write("one", hosts("  environment: octo\n"));
    const governing = github("octo", "app").replace("hosts: false", 'hosts: "false"');
    write("two", governing.replace("config:", "config:\n  environment: octo"));
    assert.equal(refusal("one"), "");
  });

  it("names a repository that two stack files govern, whatever its capitals, and both files", () => {
    write("one", github("octo", "App"));
    write("two", github("Octo", "app"));
    assert.equal(
      refusal("one"),
      "Pulumi.one.yaml: 1 problem\n  the repository octo/App: may have one owner only, and Pulumi.two.yaml owns it too; leave it in the governance of one of the two",
    );
    assert.match(refusal("two"), /^Pulumi\.two\.yaml: .*Octo\/app.*Pulumi\.one\.yaml/s);
  });

  it("lets each govern its own, and reads what else lies there without minding", () => {
    write("one", github("octo", "app"));
    write("two", github("octo", "lib"));
    write("three", "config: [not, a, stack");
    writeFileSync(join(folder, "example.yaml"), github("octo", "app"));
    assert.equal(refusal("one"), "");
  });

  it("names a secret that two stacks make in one account and region", () => {
    const secrets = "  secrets: { names: [cfs/token], create: true }\n";
    write("one", hosts(secrets));
    write("two", hosts(`${secrets}  awsAccount: "123456789012"\n`));
    write("three", hosts(secrets));
    const message = refusal("one");
    assert.match(
      message,
      /the secret cfs\/token of the account of the credentials in us-west-2.*Pulumi\.three\.yaml/,
    );
    assert.doesNotMatch(message, /Pulumi\.two\.yaml/);
    assert.equal(refusal("two"), "");
  });

  it("names an environment that two stacks would make in one account", () => {
    write("one", hosts("  environment: dev\n"));
    write("dev", hosts(""));
    assert.match(refusal("one"), /the environment dev of .* Pulumi\.dev\.yaml owns it too/);
  });

  it("is kept by the committed stacks", () => {
    for (const path of COMMITTED.filter((file) => !file.includes("/"))) {
      const file = readStackFile(join(ROOT, path));
      refuseSharedOwners(settingsOf(file, { stack: file.stack }), {
        directory: ROOT,
        file: path,
        project: "proving-ground",
      });
    }
  });

  it("stops ground plan, exit 2", async () => {
    write("one", github("octo", "app"));
    write("two", github("octo", "app"));
    const { exitCode, stderr, stdout } = await ground(["plan", "--config", join(folder, "Pulumi.one.yaml")]);
    assert.equal(exitCode, 2, stderr);
    assert.equal(stdout, "");
    assert.match(
      stderr,
      /the repository octo\/app: may have one owner only, and Pulumi\.two\.yaml owns it too/,
    );
  }).timeout(60_000);

  it("is a conflict of both or of neither", () => {
    const claims: fc.Arbitrary<StackClaims> = fc.record({
      file: fc.constantFrom("a", "b"),
      hosts: fc.boolean(),
      environment: fc.constantFrom("dev", "prod"),
      region: fc.constantFrom("us-west-2", "us-east-1"),
      awsAccount: fc.constantFrom(undefined, "123456789012"),
      repositories: fc.uniqueArray(fc.constantFrom("o/a", "O/A", "o/b")),
      secrets: fc.uniqueArray(fc.constantFrom("s", "t")),
    });
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        assert.equal(conflictsOf(one, [other]).length > 0, conflictsOf(other, [one]).length > 0);
      }),
    );
  });
});
