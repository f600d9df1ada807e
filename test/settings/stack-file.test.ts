import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GroundError, StackFileError, UnknownStackError } from "../../cli/errors.ts";
import { knownStacks, readStackFile, settingsOf, stackFileOf, stackNameOf } from "../../cli/stack-file.ts";
import { withHosts } from "../support/components.ts";

describe("stack files", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stack-file-"));
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.dev.yaml.orig"]) {
      writeFileSync(join(folder, name), "config: {}\n");
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("are found by the stack's name, with or without its organization and project", () => {
    assert.deepEqual(knownStacks(folder), ["dev", "prod"]);
    assert.equal(stackFileOf("dev", folder), join(folder, "Pulumi.dev.yaml"));
    assert.equal(stackFileOf("organization/proving-ground/prod", folder), join(folder, "Pulumi.prod.yaml"));
    assert.deepEqual(["dev", "a/b/dev"].map(stackNameOf), ["dev", "dev"]);
  });

  it("FM-40: an unknown stack names the known ones and the nearest, exit code 6", () => {
    assert.throws(
      () => stackFileOf("prud", folder),
      (error) => {
        assert(error instanceof UnknownStackError && error instanceof GroundError);
        assert.equal(error.exitCode, 6);
        assert.equal(error.message, 'Unknown stack "prud"; did you mean "prod"? Known stacks: dev, prod.');
        return true;
      },
    );
  });

  it("FM-40: an unknown stack in an empty folder says how to make one, and no name leaves the folder", () => {
    mkdirSync(join(folder, "empty"));
    assert.throws(() => stackFileOf("dev", join(folder, "empty")), /No stack file .* `ground init`/);
    assert.throws(() => stackFileOf("../dev/..", join(folder, "empty")), UnknownStackError);
  });

  it("FM-40: a missing file names the stack files beside it, exit code 2", () => {
    assert.throws(
      () => readStackFile(join(folder, "Pulumi.staging.yaml")),
      (error) => {
        assert(error instanceof StackFileError);
        assert.equal(error.exitCode, 2);
        assert.match(
          error.message,
          /Pulumi\.staging\.yaml: there is no such file; stack files there: Pulumi\.dev\.yaml, Pulumi\.prod\.yaml\./,
        );
        return true;
      },
    );
    assert.throws(() => readStackFile(join(folder, "none", "x.yaml")), /no stack file stands beside it/);
    assert.throws(() => readStackFile(folder), /cannot be read as a file/);
  });

  it("give the stack its name", () => {
    writeFileSync(join(folder, "claudefs.yaml"), "config: {}\n");
    assert.equal(readStackFile(join(folder, "Pulumi.dev.yaml")).stack, "dev");
    assert.equal(readStackFile(join(folder, "claudefs.yaml")).stack, "claudefs");
  });

  it("may use the older form of keys, and leave a value empty", () => {
    const path = join(folder, "Pulumi.dev.yaml");
    writeFileSync(path, "config:\n  proving-ground:config:owner: claudefs\n  environment:\n");
    assert.deepEqual(readStackFile(path).settings, { owner: "claudefs", environment: "" });
  });

  it("may start with a byte order mark and use anchors and merge keys, as Pulumi's reader allows", () => {
    const path = join(folder, "Pulumi.dev.yaml");
    writeFileSync(
      path,
      [
        "\uFEFFconfig:",
        "  owner: claudefs",
        "  zones: [usw2-az2, usw2-az3]",
        "  budget: { unbudgeted: true, reason: runs in a prepaid account }",
        "  cluster:",
        "    size: medium",
        "    roles:",
        "      storage: &two { count: 2 }",
        "      jepsen: { <<: *two, zones: [usw2-az3] }",
      ].join("\n"),
    );
    const { cluster } = withHosts(settingsOf(readStackFile(path), { stack: "dev" }));
    assert.deepEqual(cluster?.roles, { storage: { count: 2 }, jepsen: { count: 2, zones: ["usw2-az3"] } });
  });

  it("FM-40: refuse aliases that multiply the file", () => {
    const path = join(folder, "Pulumi.dev.yaml");
    const levels = Array.from({ length: 9 }, (_, level) => {
      const alias = level === 0 ? "x" : `*a${String(level - 1)}`;
      return `  a${String(level)}: &a${String(level)} [${Array(9).fill(alias).join(", ")}]`;
    });
    writeFileSync(path, ["config:", ...levels].join("\n"));
    assert.throws(() => readStackFile(path), /is not usable YAML: Excessive alias count/);
  });
});
