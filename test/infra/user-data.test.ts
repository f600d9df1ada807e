import fc from "fast-check";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { BOOT_REPORTED_EXIT, BOOT_UNIT, shellQuote } from "../../infra/lib/boot-script.ts";
import {
  HOST_PATHS,
  MAX_USER_DATA_BYTES,
  renderUserData,
  type UserDataArgs,
} from "../../infra/lib/user-data.ts";
import { parseHostConfig } from "../../runtime/host/config.ts";
import { BOOT_REPORTED_EXIT as RUNTIME_REPORTED_EXIT } from "../../runtime/host/exit.ts";
import { needTool } from "../support/tools.ts";
import { filesOf, GUARDED_ARGS, parseCloudConfig, USER_DATA_ARGS } from "./support/user-data.ts";

/** The longest values that settings and AWS allow. */
const EXTREME: UserDataArgs = {
  environment: "e".repeat(21),
  slot: "nfs-smb-client-500",
  role: "nfs-smb-client",
  region: "ap-northeast-3",
  bucket: "b".repeat(63),
  bundleKey: "k".repeat(1024),
  bundleSha256: "0".repeat(64),
  zoneId: "Z".repeat(32),
  domain: `${"e".repeat(21)}.internal`,
  statusParameter: `/${"p".repeat(1010)}`,
  deadMan: {
    table: `proving-ground-${"e".repeat(21)}-guard`,
    group: `proving-ground-${"e".repeat(21)}-nfs-smb-client-500`,
    limitSeconds: 43_200,
  },
};

/** Values that shells, YAML, JSON or templates could take for more than text. */
const hostile = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 120,
  }),
  fc.constantFrom(
    "'; touch /tmp/owned; '",
    "$(reboot)",
    "`reboot`",
    "${HOME}",
    "\\",
    "'",
    '"',
    "''\\'''",
    "a: b",
    "- a",
    "# a",
    "%s%n",
    "*",
    "~",
    "| a",
    "!!python/object:os.system",
    "{{ ds.meta_data }}",
    "EOF",
    " leading and trailing ",
    "yes",
    "0644",
    "[artifacts-bucket.bucket]",
  ),
);

const HOSTILE_FIELDS = ["bucket", "bundleKey", "zoneId"] as const;

function base64Length(text: string): number {
  return Buffer.from(text).toString("base64").length;
}

/** Every variable of the script's head, as bash itself reads it. */
function readByBash(script: string): Map<string, string> {
  const head = script.slice(0, script.indexOf("export AWS_REGION"));
  const names = ["slot", "bucket", "bundle_key", "bundle_sha256", "status_parameter"];
  const print = names.map((name) => `printf '%s\\0' "$${name}"`).join("\n");
  const { stdout, status, stderr } = spawnSync("/bin/bash", ["-c", `${head}\n${print}`], {
    encoding: "utf8",
    env: { PATH: "" },
  });
  assert.equal(status, 0, stderr);
  const values = stdout.split("\0");
  return new Map(names.map((name, index) => [name, values[index] ?? ""]));
}

describe("user data", () => {
  it("writes configuration, script and unit, and runs the script's installation", () => {
    const text = renderUserData(USER_DATA_ARGS);
    const document = parseCloudConfig(text);
    assert.ok(text.startsWith("#cloud-config\n"));
    assert.deepEqual(Object.keys(document), ["write_files", "runcmd"]);
    assert.deepEqual(
      document.write_files.map(({ path, permissions }) => [path, permissions]),
      [
        [HOST_PATHS.config, "0644"],
        [HOST_PATHS.script, "0755"],
        [HOST_PATHS.unit, "0644"],
      ],
    );
    assert.deepEqual(document.runcmd, [[HOST_PATHS.script, "install"]]);
    assert.ok(HOST_PATHS.unit.endsWith(`/${BOOT_UNIT}`));
  });

  it("gives the same text for the same arguments, in whatever order", () => {
    const reversed = Object.fromEntries(Object.entries(USER_DATA_ARGS).reverse()) as unknown as UserDataArgs;
    assert.equal(renderUserData(reversed), renderUserData(USER_DATA_ARGS));
  });

  it("writes a configuration that the boot program accepts, and nothing else into it", () => {
    const { config } = filesOf(renderUserData(USER_DATA_ARGS));
    assert.deepEqual(parseHostConfig(config.path, config.content), USER_DATA_ARGS);
    const withMore = { ...USER_DATA_ARGS, githubToken: "canary-value" };
    assert.ok(
      !renderUserData(withMore).includes("canary-value"),
      "FM-65: an argument nobody asked for reached the host",
    );
  });

  it("tells a guarded slot what its dead man's switch watches and ends, and refuses what that cannot be (FM-15)", () => {
    const { config } = filesOf(renderUserData(GUARDED_ARGS));
    assert.deepEqual(parseHostConfig(config.path, config.content), GUARDED_ARGS);
    assert.throws(
      () =>
        renderUserData({
          ...USER_DATA_ARGS,
          deadMan: { table: "a\nb", group: "", limitSeconds: Number.NaN },
        }),
      /deadMan\.table is "a\\nb".*deadMan\.group is "".*deadMan\.limitSeconds is NaN, and must be a whole number above 0/,
    );
  });

  it("knows the exit code of the boot program", () => {
    assert.equal(BOOT_REPORTED_EXIT, RUNTIME_REPORTED_EXIT);
  });

  it("means the same as YAML 1.1 and 1.2", () => {
    const text = renderUserData(USER_DATA_ARGS);
    assert.deepEqual(parse(text, { version: "1.2" }), parse(text, { version: "1.1" }));
  });

  it("FM-28 stays a tenth below the limit of EC2 with the longest names", () => {
    assert.ok(
      base64Length(renderUserData(EXTREME)) < 0.9 * MAX_USER_DATA_BYTES,
      String(base64Length(renderUserData(EXTREME))),
    );
  });

  it("FM-28 refuses a document above the limit, with its size", () => {
    assert.equal(MAX_USER_DATA_BYTES, 16_384);
    const long = { ...EXTREME, bucket: "'".repeat(1024), bundleKey: "'".repeat(1024) };
    assert.throws(
      () => renderUserData(long),
      /user data of nfs-smb-client-500 has \d{5} bytes as base64, and EC2 allows 16384/,
    );
  });

  describe("hostile values", () => {
    it("reach the host unchanged or not at all", () => {
      fc.assert(
        fc.property(hostile, hostile, hostile, hostile, (bucket, bundleKey, zoneId, path) => {
          const statusParameter = `/${path}`;
          const args = { ...USER_DATA_ARGS, bucket, bundleKey, zoneId, statusParameter };
          const { config, script, unit } = filesOf(renderUserData(args));
          assert.deepEqual(JSON.parse(config.content), args);
          assert.equal(unit.content, filesOf(renderUserData(USER_DATA_ARGS)).unit.content);
          const values = readByBash(script.content);
          assert.equal(values.get("bucket"), bucket);
          assert.equal(values.get("bundle_key"), bundleKey);
          assert.equal(values.get("status_parameter"), statusParameter);
          assert.equal(values.get("slot"), "storage-1");
        }),
        { numRuns: 60 },
      );
    });

    it("are one word to a shell", () => {
      fc.assert(
        fc.property(
          fc.array(
            fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
            { minLength: 1, maxLength: 8 },
          ),
          (words) => {
            const line = `printf '%s\\0' ${words.map(shellQuote).join(" ")}`;
            const { stdout } = spawnSync("bash", ["-c", line], { encoding: "buffer" });
            assert.deepEqual(stdout, Buffer.from(words.map((word) => `${word}\0`).join("")));
          },
        ),
        { numRuns: 60 },
      );
    });

    it("with control characters are refused, wherever they stand", () => {
      for (const field of Object.keys(USER_DATA_ARGS)) {
        for (const bad of ["a\nb", "a\0b", "a\rb", "\u001b[0m", "ä", "\u2028", ""]) {
          assert.throws(
            () => renderUserData({ ...USER_DATA_ARGS, [field]: bad }),
            new RegExp(`user data cannot be written: ${field} is `),
          );
        }
      }
    });

    it("are refused where only a name is allowed", () => {
      fc.assert(
        fc.property(
          hostile,
          fc.constantFrom("environment", "slot", "role", "region", "domain", "bundleSha256"),
          (value, field) => {
            fc.pre(!/^[a-z0-9.-]+$/.test(value));
            assert.throws(() => renderUserData({ ...USER_DATA_ARGS, [field]: value }), RangeError);
          },
        ),
      );
    });

    it("are named all at once", () => {
      assert.throws(
        () =>
          renderUserData({
            ...USER_DATA_ARGS,
            slot: "Storage 1",
            bundleSha256: "short",
            statusParameter: "x",
          }),
        (error: Error) =>
          ['slot is "Storage 1"', 'bundleSha256 is "short"', 'statusParameter is "x"'].every((words) =>
            error.message.includes(words),
          ),
      );
    });

    it("covers every field that is quoted rather than matched against a name", () => {
      const quoted = Object.keys(USER_DATA_ARGS).filter((field) => {
        try {
          renderUserData({ ...USER_DATA_ARGS, [field]: "/'$(x)'" });
          return true;
        } catch {
          return false;
        }
      });
      assert.deepEqual(quoted.sort(), [...HOSTILE_FIELDS, "statusParameter"].sort());
    });
  });

  describe("by the tools that read it", () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "user-data-"));
    });

    afterEach(() => rm(folder, { recursive: true, force: true }));

    async function check(name: string, content: string, command: string, ...args: string[]): Promise<string> {
      const file = join(folder, name);
      await writeFile(file, content);
      const { status, stdout, stderr } = spawnSync(command, [...args, file], { encoding: "utf8" });
      assert.equal(status, 0, stdout + stderr);
      return stdout + stderr;
    }

    const documents: readonly (readonly [string, UserDataArgs])[] = [
      ["an ordinary slot", USER_DATA_ARGS],
      ["the longest names", EXTREME],
      [
        "awkward values",
        { ...USER_DATA_ARGS, bucket: "it's $(x) `y`", bundleKey: 'a: "b" # c', zoneId: "{{ z }}" },
      ],
    ];
    for (const [title, args] of documents) {
      it(`cloud-init finds ${title} valid`, async function () {
        needTool(this, "cloud-init");
        await check("user-data.yaml", renderUserData(args), "cloud-init", "schema", "--config-file");
      });

      it(`shellcheck finds nothing in the script of ${title}`, async function () {
        needTool(this, "shellcheck");
        // SC2016 is about single quotes that keep a dollar from the shell, which is what the quoting of values is for.
        await check(
          "script.sh",
          filesOf(renderUserData(args)).script.content,
          "shellcheck",
          "--exclude=SC2016",
        );
      });
    }

    it("systemd finds the unit valid", async function () {
      needTool(this, "systemd-analyze");
      const script = join(folder, "script");
      await writeFile(script, "#!/bin/sh\n", { mode: 0o755 });
      const { unit } = filesOf(renderUserData(USER_DATA_ARGS, { ...HOST_PATHS, script }));
      assert.doesNotMatch(
        await check(BOOT_UNIT, unit.content, "systemd-analyze", "verify"),
        new RegExp(BOOT_UNIT),
      );
    });
  });
});
